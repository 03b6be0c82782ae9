// What one change gathers inside its transaction: its revision, the layer rows it touched, its audit record.
import { entryCount, type PackedEntries, type TimeBase } from '../../../common/entries/packed.ts';
import { joinEntries } from '../../../common/entries/rows.ts';
import { withoutTimes } from '../../../common/entries/times.ts';
import { failpoint } from '../../../common/failpoint.ts';
import type { Revision } from '../../../common/revision.ts';
import { formatSelector, type Selector } from '../../../common/text/selector.ts';
import type { LayerTx } from '../../claims/claim-tx.ts';
import type { LayerChange, LayerKey } from '../../claims/layers.ts';
import type { StoreEvent } from '../port/revisions.ts';
import type { AuditEntry } from '../port/transaction.ts';
import type { HostRecord } from '../records.ts';
import { appendAudit } from './audit/audit-chain.ts';
import { encodeColumns } from './file/columns-blob.ts';
import type { Connection } from './file/connection.ts';
import { bigint, integer } from './file/rows.ts';

/** A revision that touched more rows keeps no keys: sending them all would be no less than a snapshot. */
const MAX_TOUCHED_ROWS = 131_072;

/** Lives for one change, which may share its commit with others. `finish` comes last. */
export class Transaction implements LayerTx {
  readonly db: Connection;
  /** Unix milliseconds, one time for the whole change. */
  readonly nowMs: number;
  readonly #layers: LayerChange[] = [];
  readonly #hosts: HostRecord[] = [];
  readonly #records: AuditEntry[] = [];
  #revision: Revision | undefined;
  #historyRows = 0;

  constructor(db: Connection, nowMs: number) {
    this.db = db;
    this.nowMs = nowMs;
  }

  /** The revision that this change makes; taken on the first call. */
  revise(): Revision {
    if (this.#revision !== undefined) return this.#revision;
    const row = this.db.prepare('UPDATE meta SET head = head + 1 RETURNING head').get();
    this.#revision = row ? bigint(row, 'head') : 0n;
    return this.#revision;
  }

  /** The head without a change of its own: what an unchanged answer reports. */
  head(): Revision {
    if (this.#revision !== undefined) return this.#revision;
    const row = this.db.prepare('SELECT head FROM meta').get();
    return row ? bigint(row, 'head') : 0n;
  }

  /** Rows of a layer that are set or gone. */
  touch(layer: LayerKey, sets: PackedEntries<'unix'>, deletes: PackedEntries): void {
    this.#layers.push({ layer, sets, deletes });
  }

  hostChanged(host: HostRecord): void {
    this.#hosts.push(host);
  }

  /** `about`: the revision that the record is about; default the one that this change makes. */
  audit(entry: AuditEntry, about = this.#revision ?? 0n): void {
    const { actor, verb, subject, reason, from = '' } = entry;
    this.#records.push(entry);
    appendAudit(this.db, { actor, verb, subject, reason, from, atMs: this.nowMs, revision: about });
  }

  /** Rows whose keys history keeps, once it is written. */
  get historyRows(): number {
    return this.#historyRows;
  }

  /** Writes history. @returns the event for those who follow, or undefined when there is nothing to follow. */
  finish(): StoreEvent | undefined {
    if (this.#revision === undefined) return undefined;
    this.#writeHistory(this.#revision);
    return { revision: this.#revision, layers: this.#layers, hosts: this.#hosts, records: this.#records };
  }

  #writeHistory(revision: Revision): void {
    const pieces = Map.groupBy(this.#layers, (change) => change.layer.id);
    for (const [id, changes] of pieces) {
      const [first] = changes;
      if (!first) continue;
      const rows = changes.reduce((sum, change) => sum + entryCount(change.sets) + entryCount(change.deletes), 0);
      this.#saveLayer(id, first.layer.selector, revision);
      const keys = rows > MAX_TOUCHED_ROWS ? null : encodeColumns(joinKeys(changes));
      if (keys) this.#historyRows += rows;
      this.db
        .prepare('INSERT INTO touched (revision, layer, rows, keys) VALUES (?, ?, ?, ?)')
        .run(revision, id, rows, keys);
    }
  }

  #saveLayer(id: string, selector: Selector, revision: Revision): void {
    this.db.save('layer', 'id', { id, selector: formatSelector(selector), revision });
  }
}

/** Prefixes and actions of all rows, without times. */
function joinKeys(changes: readonly LayerChange[]): PackedEntries<'unix'> {
  return withoutTimes(joinEntries<TimeBase>(changes.flatMap((change) => [change.sets, change.deletes])));
}

/** As often as this part of the revisions that are kept is new, which is how many more than those there are at most. */
const COMPACT_PARTS = 10n;
/** Rows of history that are kept at most. */
const MAX_HISTORY_ROWS = 2_000_000;

/** Decides when history is forgotten: after a number of revisions or of rows, whichever comes first. */
export class HistoryBounds {
  readonly #keepRevisions: bigint;
  #rows = 0;

  constructor(keepRevisions: bigint) {
    this.#keepRevisions = keepRevisions;
  }

  /** A change touches `rows` at revision `head`: forgets history past its bounds. Cheap when there is nothing to do. */
  apply(db: Connection, head: Revision, rows: number): void {
    this.#rows += rows;
    const every = this.#keepRevisions / COMPACT_PARTS || 1n;
    if (head % every !== 0n && this.#rows * Number(COMPACT_PARTS) < MAX_HISTORY_ROWS) return;
    this.#rows = 0;
    compactHistory(db, head, this.#keepRevisions);
  }
}

function compactHistory(db: Connection, head: Revision, keepRevisions: bigint): void {
  let floor = head > keepRevisions ? head - keepRevisions : 0n;
  const recent = db.prepare(
    'SELECT revision, rows FROM touched WHERE revision > ? AND keys IS NOT NULL ORDER BY revision DESC',
  );
  let kept = 0;
  for (const row of recent.iterate(floor)) {
    kept += integer(row, 'rows');
    if (kept <= MAX_HISTORY_ROWS) continue;
    floor = bigint(row, 'revision');
    break;
  }
  failpoint('store.compact');
  db.prepare('DELETE FROM touched WHERE revision <= ?').run(floor);
  db.prepare('UPDATE meta SET history_floor = max(history_floor, ?)').run(floor);
}
