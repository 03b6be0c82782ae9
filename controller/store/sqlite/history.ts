// Which rows changed since a revision, layer by layer, as far back as history reaches.
import { NO_ENTRIES } from '../../../common/entries/packed.ts';
import type { Revision } from '../../../common/revision.ts';
import { parseSelector } from '../../../common/text/selector.ts';
import type { LayerChange } from '../../claims/layers.ts';
import type { StoreEvent, Touched } from '../port/revisions.ts';
import { decodeColumns } from './file/columns-blob.ts';
import { type Connection, readBigint } from './file/connection.ts';
import { bigint, blob, integer, text } from './file/rows.ts';

/** A host that missed more is better served by all that there is: reading it here would hold the event loop. */
const MAX_CATCH_UP_ROWS = 262_144;

/** Tells a host that comes back what it missed; when that is too much or too long ago, it gets a snapshot. */
export class History {
  readonly #reader: Connection;
  /** Last revision that touched each layer. */
  readonly #layerRevisions = new Map<string, Revision>();

  constructor(reader: Connection) {
    this.#reader = reader;
    const layers = reader.prepare('SELECT id, revision FROM layer');
    for (const row of layers.iterate()) this.#layerRevisions.set(text(row, 'id'), bigint(row, 'revision'));
  }

  /** Every layer that ever had rows, without them. */
  layers(): LayerChange[] {
    const rows = this.#reader.prepare('SELECT id, selector FROM layer').all();
    return rows.map((row) => {
      const layer = { id: text(row, 'id'), selector: parseSelector(text(row, 'selector')) };
      return { layer, sets: NO_ENTRIES, deletes: NO_ENTRIES };
    });
  }

  /** A revision was committed. */
  note(event: StoreEvent): void {
    for (const { layer } of event.layers) this.#layerRevisions.set(layer.id, event.revision);
  }

  /** As Store.touchedSince. */
  touchedSince(since: Revision, layerIds: ReadonlySet<string>): readonly Touched[] | undefined {
    const changed = [...layerIds].filter((id) => (this.#layerRevisions.get(id) ?? 0n) > since);
    if (changed.length === 0) return [];
    if (since < readBigint(this.#reader, 'SELECT history_floor AS value FROM meta')) return undefined;
    if (this.#rowsSince(since, changed) > MAX_CATCH_UP_ROWS) return undefined;
    const result: Touched[] = [];
    const wanted = new Set(changed);
    const rows = this.#reader.prepare('SELECT layer, keys FROM touched WHERE revision > ? ORDER BY revision');
    for (const row of rows.iterate(since)) {
      const layerId = text(row, 'layer');
      if (!wanted.has(layerId)) continue;
      if (row.keys === null) return undefined;
      result.push({ layerId, keys: decodeColumns(blob(row, 'keys')) });
    }
    return result;
  }

  #rowsSince(since: Revision, layerIds: readonly string[]): number {
    const sum = this.#reader.prepare(
      'SELECT coalesce(sum(rows), 0) AS rows FROM touched WHERE revision > ? AND layer IN (SELECT value FROM json_each(?))',
    );
    const row = sum.get(since, JSON.stringify(layerIds));
    return row ? integer(row, 'rows') : 0;
  }
}
