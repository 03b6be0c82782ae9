// What changed for every host since readers were first served, kept in memory: the store keeps no keys of a large change, since for a host a
// snapshot is no more than those. A reader that cannot compare needs them: nothing else says what ended.
import { entryCount, type PackedEntries } from '../../../common/entries/packed.ts';
import { withoutTimes } from '../../../common/entries/times.ts';
import type { Revision } from '../../../common/revision.ts';
import { selectorMatches } from '../../../common/text/selector.ts';
import type { StoreEvent } from '../../store/port/revisions.ts';
import type { Store } from '../../store/store.ts';
import { NO_HOST } from './standing.ts';

/** Rows that are kept at most, all together: two lists of two million, each for the other; 24 MB of IPv4. */
const MAX_ROWS = 4_194_304;
/** The same of pieces, which are small when changes are: as many revisions as the store keeps. */
const MAX_PIECES = 10_000;

interface Piece {
  readonly revision: Revision;
  readonly keys: PackedEntries;
  readonly rows: number;
}

/** The oldest are forgotten first. */
export class RecentChanges {
  readonly #pieces: Piece[] = [];
  readonly #maxRows: number;
  #rows = 0;
  /** The last revision of which something may be missing. */
  #floor: Revision;

  /** Follows from here on. */
  constructor(store: Pick<Store, 'head' | 'follow'>, maxRows = MAX_ROWS) {
    this.#floor = store.head;
    this.#maxRows = maxRows;
    store.follow((event) => this.#note(event));
  }

  /** @returns rows that were set or went after that revision; undefined: what is kept does not reach back that far */
  since(revision: Revision): readonly PackedEntries[] | undefined {
    if (revision < this.#floor) return undefined;
    return this.#pieces.filter((piece) => piece.revision > revision).map(({ keys }) => keys);
  }

  #note({ revision, layers }: StoreEvent): void {
    for (const { layer, sets, deletes } of layers) {
      if (!selectorMatches(layer.selector, NO_HOST)) continue;
      for (const rows of [sets, deletes]) {
        if (entryCount(rows) === 0) continue;
        this.#pieces.push({ revision, keys: withoutTimes(rows), rows: entryCount(rows) });
        this.#rows += entryCount(rows);
      }
    }
    while (this.#rows > this.#maxRows || this.#pieces.length > MAX_PIECES) {
      const oldest = this.#pieces.shift();
      if (!oldest) break;
      this.#rows -= oldest.rows;
      this.#floor = oldest.revision;
    }
  }
}
