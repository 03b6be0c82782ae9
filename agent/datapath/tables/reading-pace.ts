// How often all rows of a map are read: nearly all of that is the kernel's own work, half a second of a processor for a million rows. Between
// two readings the memory that the kernel charges the map for says whether rows have come or gone.
import type { KernelMap } from '../kernel-map.ts';

/** What reading takes of a processor, milliseconds. As reckoned, not as measured: a busy machine says nothing of the map. */
const MS_PER_ROW = 0.0005;
/** The pause after a reading, in multiples of its duration: readings take a fiftieth of a processor. */
const REST = 50;
/** It is not asked more often, milliseconds. */
const ASKED_EVERY_MS = 2000;
/** The longest pause of a map whose rows are counted, and of one whose rows are not, milliseconds. */
const LONGEST_COUNTED_MS = 30_000;
const LONGEST_MS = 4000;

/** Large maps are read less often: the pause grows with the rows, unless the memory they take points to a change. */
export class ReadingPace {
  readonly #map: Pick<KernelMap, 'memoryBytes' | 'rowBytes'>;
  readonly #now: () => number;
  /** The last reading that found what it should: when it was, how many rows there were, and what memory they took. */
  #last: { readonly atMs: number; readonly rows: number; readonly bytes: number } | undefined;

  /** `now`: monotonic milliseconds. */
  constructor(map: Pick<KernelMap, 'memoryBytes' | 'rowBytes'>, now = () => performance.now()) {
    this.#map = map;
    this.#now = now;
  }

  /** Whether to read it again. `rows`: that it should hold. */
  isDue(rows: number): boolean {
    const last = this.#last;
    const pauseMs = rows * MS_PER_ROW * REST - ASKED_EVERY_MS;
    if (!last || pauseMs <= 0) return true;
    const rowBytes = this.#map.rowBytes();
    if (this.#now() - last.atMs >= Math.min(pauseMs, rowBytes > 0 ? LONGEST_COUNTED_MS : LONGEST_MS)) return true;
    return rowBytes > 0 && this.#map.memoryBytes() !== last.bytes + (rows - last.rows) * rowBytes;
  }

  /** It has been read and held the `rows` rows that it should; undefined: something else. */
  read(rows: number | undefined): void {
    this.#last = rows === undefined ? undefined : { atMs: this.#now(), rows, bytes: this.#map.memoryBytes() };
  }
}
