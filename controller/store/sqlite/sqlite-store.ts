// The embedded store: SQLite in WAL mode with synchronous=FULL behind the Store interface.
import type { Clock } from '../../../common/clock.ts';
import { failpoint } from '../../../common/failpoint.ts';
import { NO_ENTRIES, type PackedEntries } from '../../../common/packed.ts';
import type { Revision } from '../../../common/revision.ts';
import { steadyClock } from '../../steady-clock.ts';
import {
  type Attribution,
  type AuditRecord,
  type AuditVerdict,
  type Claim,
  type Confirmation,
  type HostRecord,
  type LayerChange,
  type ListRecord,
  listLayer,
  type OperatorRecord,
  type OperatorTokenRecord,
  type TokenRecord,
  type Undone,
} from '../records.ts';
import type {
  AddClaims,
  AuditFilter,
  ChangeResult,
  ClaimFilter,
  ConfirmResult,
  Enrollment,
  ListResult,
  NewOperator,
  NewOperatorToken,
  NewToken,
  RemoveClaims,
  ReplaceList,
  Store,
  StoreEvent,
  Touched,
} from '../store.ts';
import { verifyAudit } from './audit-chain.ts';
import { readAudit } from './audit-rows.ts';
import { addClaims, endClaims, removeClaims } from './claim-changes.ts';
import { readClaimLayers, readClaims } from './claim-reads.ts';
import { decodeColumns } from './columns-blob.ts';
import { readConfirmations } from './confirmation-rows.ts';
import { confirmChange, undoUnconfirmed } from './confirmations.ts';
import { type Connection, Database } from './database.ts';
import * as hosts from './host-rows.ts';
import { endListRows, readListRows, readLists, removeList, replaceList } from './list-changes.ts';
import { markClean, type OpenedFile, openStoreFile } from './open.ts';
import * as operatorTokens from './operator-tokens.ts';
import { bigint, blob, integer, text } from './rows.ts';
import { compactHistory, Transaction } from './transaction.ts';

export interface SqliteStoreOptions {
  /** Where store.db is. Made when missing, with `create`. */
  readonly directory: string;
  /** Make an empty store when there is none. Default: refuse. */
  readonly create?: boolean;
  readonly clock: Clock;
  /** Revisions of history that are kept at least. Default 10,000. */
  readonly historyRevisions?: number;
}

/** Claims that one call of expireClaims removes at most. */
const EXPIRE_BATCH = 1000;
const EXPIRE_CHUNKS = 32;
/** Unconfirmed changes that one call undoes at most. */
const UNDO_BATCH = 16;

const FIRST_ENDS = [
  'SELECT min(expires_ms) AS value FROM claim WHERE expires_ms > 0',
  'SELECT min(expires_ms) AS value FROM list_chunk WHERE expires_ms > 0',
  "SELECT min(deadline_ms) AS value FROM confirmation WHERE state = 'waiting'",
];

/** @throws FleetblockError NOT_FOUND, FAILED_PRECONDITION (in use by another process), DATA_LOSS (damaged). */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const file = openStoreFile(options.directory, options.create ?? false);
  try {
    return new SqliteStore(file, options);
  } catch (error) {
    file.unlock();
    throw error;
  }
}

class SqliteStore implements Store {
  readonly epoch: string;
  head: Revision;
  readonly #file: OpenedFile;
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #keepRevisions: bigint;
  readonly #followers = new Set<(event: StoreEvent) => void>();
  /** Last revision that touched each layer. */
  readonly #layerRevisions = new Map<string, Revision>();
  #closed = false;

  constructor(file: OpenedFile, options: SqliteStoreOptions) {
    this.epoch = file.epoch;
    this.#file = file;
    this.#clock = steadyClock(options.clock);
    this.#keepRevisions = BigInt(options.historyRevisions ?? 10_000);
    this.#db = new Database(file.path);
    file.handOver();
    this.head = this.#readBigint('SELECT head AS value FROM meta');
    const layers = this.#db.reader.prepare('SELECT id, revision FROM layer');
    layers.setReadBigInts(true);
    for (const row of layers.iterate()) this.#layerRevisions.set(text(row, 'id'), bigint(row, 'revision'));
  }

  addClaims(request: AddClaims): Promise<ChangeResult> {
    return this.#revised(
      this.#change((tx) => addClaims(tx, request), request.dryRun),
      request.dryRun,
    );
  }

  removeClaims(request: RemoveClaims): Promise<ChangeResult> {
    return this.#revised(
      this.#change((tx) => removeClaims(tx, request), request.dryRun),
      request.dryRun,
    );
  }

  confirm(id: string, by: Attribution & { readonly mayForce: boolean }): Promise<ConfirmResult> {
    return this.#change((tx) => confirmChange(tx, id, by));
  }

  async confirmations(): Promise<readonly Confirmation[]> {
    return readConfirmations(this.#db.reader);
  }

  async expireClaims(nowMs: number): Promise<{ removed: number; revision: Revision; undone: readonly Undone[] }> {
    const { undone, ended } = await this.#change((tx) => {
      const undone = undoUnconfirmed(tx, nowMs, UNDO_BATCH);
      // Claims that wait end at their deadline too: what is undone must not count as ended.
      const ended =
        undone.length < UNDO_BATCH ? endClaims(tx, nowMs, EXPIRE_BATCH) + endListRows(tx, nowMs, EXPIRE_CHUNKS) : 0;
      return { undone, ended };
    });
    return { removed: undone.length + ended, revision: this.head, undone };
  }

  nextExpiryMs(): number {
    const firsts = FIRST_ENDS.flatMap((sql) => {
      const row = this.#db.reader.prepare(sql).get();
      return row && row.value !== null ? [integer(row, 'value')] : [];
    });
    return firsts.length > 0 ? Math.min(...firsts) : 0;
  }

  claims(filter: ClaimFilter): AsyncIterable<readonly Claim[]> {
    return readClaims(this.#db.reader, filter, this.#clock.wallMs());
  }

  replaceList(request: ReplaceList): Promise<ListResult> {
    return this.#revised(
      this.#changeLong((tx) => replaceList(tx, request, breather()), request.dryRun),
      request.dryRun,
    );
  }

  removeList(name: string, by: Attribution, dryRun: boolean): Promise<ListResult> {
    return this.#revised(
      this.#changeLong((tx) => removeList(tx, name, by, breather()), dryRun),
      dryRun,
    );
  }

  async lists(): Promise<readonly ListRecord[]> {
    return readLists(this.#db.reader);
  }

  async *listRows(name: string): AsyncGenerator<PackedEntries> {
    const pause = breather();
    for (const rows of readListRows(this.#db.reader, name)) {
      yield rows;
      await pause();
    }
  }

  async *readLayers(): AsyncGenerator<LayerChange> {
    yield* readClaimLayers(this.#db.reader, this.#clock.wallMs());
    for (const list of readLists(this.#db.reader))
      for await (const sets of this.listRows(list.name))
        yield { layer: listLayer(list.name, list.selector), sets, deletes: NO_ENTRIES };
  }

  follow(listener: (event: StoreEvent) => void): () => void {
    this.#followers.add(listener);
    return () => this.#followers.delete(listener);
  }

  touchedSince(since: Revision, layerIds: ReadonlySet<string>): readonly Touched[] | undefined {
    const changed = [...layerIds].filter((id) => (this.#layerRevisions.get(id) ?? 0n) > since);
    if (changed.length === 0) return [];
    if (since < this.#readBigint('SELECT history_floor AS value FROM meta')) return undefined;
    const result: Touched[] = [];
    const wanted = new Set(changed);
    const rows = this.#db.reader.prepare('SELECT layer, keys FROM touched WHERE revision > ? ORDER BY revision');
    for (const row of rows.iterate(since)) {
      const layerId = text(row, 'layer');
      if (!wanted.has(layerId)) continue;
      if (row.keys === null) return undefined;
      result.push({ layerId, keys: decodeColumns(blob(row, 'keys')) });
    }
    return result;
  }

  createToken(token: NewToken, by: Attribution): Promise<TokenRecord> {
    return this.#change((tx) => hosts.createToken(tx, token, by));
  }

  async listTokens(): Promise<readonly TokenRecord[]> {
    return hosts.readTokens(this.#db.reader);
  }

  revokeToken(id: string, by: Attribution): Promise<TokenRecord> {
    return this.#change((tx) => hosts.revokeToken(tx, id, by));
  }

  enroll(enrollment: Enrollment): Promise<HostRecord> {
    return this.#change((tx) => hosts.enroll(tx, enrollment));
  }

  async hosts(): Promise<readonly HostRecord[]> {
    return hosts.readHosts(this.#db.reader);
  }

  async findHost(id: string): Promise<HostRecord | undefined> {
    return hosts.readHost(this.#db.reader, id);
  }

  labelHost(
    name: string,
    labels: Readonly<Record<string, string | undefined>>,
    by: Attribution,
  ): Promise<{ host: HostRecord; revision: Revision }> {
    return this.#change((tx) => ({ host: hosts.relabelHost(tx, name, labels, by), revision: tx.head() }));
  }

  revokeHost(name: string, by: Attribution): Promise<HostRecord> {
    return this.#change((tx) => hosts.revokeHost(tx, name, by));
  }

  addOperator(operator: NewOperator, by: Attribution): Promise<OperatorRecord> {
    return this.#change((tx) => hosts.addOperator(tx, operator, by));
  }

  async operators(): Promise<readonly OperatorRecord[]> {
    return hosts.readOperators(this.#db.reader);
  }

  revokeOperator(serial: string, by: Attribution): Promise<OperatorRecord> {
    return this.#change((tx) => hosts.revokeOperator(tx, serial, by));
  }

  createOperatorToken(token: NewOperatorToken, by: Attribution): Promise<void> {
    return this.#change((tx) => operatorTokens.create(tx, token, by));
  }

  useOperatorToken(use: { id: string; secretHash: Uint8Array; keyHash: Uint8Array }): Promise<OperatorTokenRecord> {
    return this.#change((tx) => operatorTokens.use(tx, use));
  }

  async recordAudit(record: Attribution & { verb: string; subject: string; revision?: Revision }): Promise<void> {
    await this.#change((tx) => tx.audit(record, record.revision));
  }

  audit(filter: AuditFilter): AsyncIterable<readonly AuditRecord[]> {
    return readAudit(this.#db.reader, filter);
  }

  verifyAudit(): Promise<AuditVerdict> {
    return verifyAudit(this.#db.reader);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#followers.clear();
    try {
      this.#db.close(markClean);
    } finally {
      this.#file.unlock();
    }
  }

  /** One change, one savepoint, one revision at most. A dry run does everything and is then rolled back. */
  async #change<T>(work: (tx: Transaction) => T, dryRun = false): Promise<T> {
    const { result } = await this.#db.write(
      (writer) => (dryRun ? this.#rehearse(writer, work) : this.#perform(writer, work)),
      ({ event }) => this.#publish(event),
    );
    return result;
  }

  /** The same for what takes many turns of the event loop. */
  async #changeLong<T>(work: (tx: Transaction) => Promise<T>, dryRun: boolean): Promise<T> {
    const rehearsed: T[] = [];
    try {
      const { result } = await this.#db.writeLong(
        async (writer): Promise<Performed<T>> => {
          const tx = new Transaction(writer, this.#clock.wallMs());
          const done = await work(tx);
          if (dryRun) {
            rehearsed.push(done);
            throw REHEARSED;
          }
          const event = tx.finish();
          if (event) compactHistory(writer, event.revision, this.#keepRevisions);
          return { result: done, event };
        },
        ({ event }) => this.#publish(event),
      );
      return result;
    } catch (error) {
      const [answer] = rehearsed;
      if (error === REHEARSED && answer !== undefined) return answer;
      throw error;
    }
  }

  /** A dry run makes no revision: it reports the head. */
  async #revised<T extends { readonly revision: Revision }>(change: Promise<T>, dryRun: boolean): Promise<T> {
    const result = await change;
    return dryRun ? { ...result, revision: this.head } : result;
  }

  #perform<T>(writer: Connection, work: (tx: Transaction) => T): Performed<T> {
    const tx = new Transaction(writer, this.#clock.wallMs());
    const result = work(tx);
    const event = tx.finish();
    if (event) compactHistory(writer, event.revision, this.#keepRevisions);
    return { result, event };
  }

  #rehearse<T>(writer: Connection, work: (tx: Transaction) => T): Performed<T> {
    writer.exec('SAVEPOINT rehearsal');
    try {
      return { result: this.#perform(writer, work).result, event: undefined };
    } finally {
      if (writer.inTransaction) {
        writer.exec('ROLLBACK TO rehearsal');
        writer.exec('RELEASE rehearsal');
      }
    }
  }

  #publish(event: StoreEvent | undefined): void {
    if (!event) return;
    this.head = event.revision;
    for (const { layer } of event.layers) this.#layerRevisions.set(layer.id, event.revision);
    for (const follower of this.#followers) follower(event);
    failpoint('store.notify.after');
  }

  #readBigint(sql: string): bigint {
    const statement = this.#db.reader.prepare(sql);
    statement.setReadBigInts(true);
    const row = statement.get();
    return row ? bigint(row, 'value') : 0n;
  }
}

/** Rolls a dry run back. */
const REHEARSED = new Error('dry run');

/** Longest time that a long change holds the event loop, milliseconds. */
const TURN_MS = 10;

function breather(): () => Promise<void> {
  let until = performance.now() + TURN_MS;
  return async () => {
    if (performance.now() < until) return;
    await new Promise((resolve) => setImmediate(resolve));
    until = performance.now() + TURN_MS;
  };
}

interface Performed<T> {
  readonly result: T;
  readonly event: StoreEvent | undefined;
}
