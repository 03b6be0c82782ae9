// The embedded store: SQLite in WAL mode with synchronous=FULL behind the Store interface.

import { failpoint } from '../../../common/failpoint.ts';
import type { Revision } from '../../../common/revision.ts';
import type { Clock } from '../../../common/time/clock.ts';
import { steadyClock } from '../../../common/time/steady-clock.ts';
import type { Claim } from '../../claims/claim.ts';
import type { ClaimTx } from '../../claims/claim-tx.ts';
import type { Confirmation } from '../../claims/confirmation.ts';
import type { LayerChange } from '../../claims/layers.ts';
import type { ListRecord } from '../../claims/lists/list.ts';
import type { ListReads, ListTx } from '../../claims/lists/list-tx.ts';
import type { Steps } from '../../claims/steps.ts';
import { type IdentityTx, sameHash } from '../../identity/changes/identity-tx.ts';
import type { AuditFilter } from '../port/audit.ts';
import type { ClaimFilter } from '../port/claims.ts';
import type { StoreEvent, Touched } from '../port/revisions.ts';
import type { Setting } from '../port/settings.ts';
import type {
  ApiKeyRecord,
  AuditRecord,
  AuditVerdict,
  HostNote,
  HostRecord,
  OperatorRecord,
  OperatorTokenRecord,
  TokenRecord,
} from '../records.ts';
import { RuledStore } from '../ruled-store.ts';
import type { Store } from '../store.ts';
import { Aside } from './aside/aside.ts';
import { lastLink } from './audit/audit-chain.ts';
import { readClaimLayers, readClaims } from './claims/claim-reads.ts';
import { claimTx } from './claims/claim-tx.ts';
import { readConfirmations } from './claims/confirmation-rows.ts';
import { countReportedClaims } from './claims/reported-claims.ts';
import type { Commits } from './file/commits.ts';
import { readBigint, readEpoch } from './file/connection.ts';
import { Database } from './file/database.ts';
import { markClean, type OpenedFile, openStoreFile } from './file/open.ts';
import { firstEndMs } from './first-end.ts';
import { History } from './history.ts';
import { readApiKeys, saveApiKeyUses } from './identity/api-key-rows.ts';
import { readHostNotes, saveHostNote } from './identity/host-notes.ts';
import { readHost, readHosts, readToken, readTokens } from './identity/host-rows.ts';
import { identityTx } from './identity/identity-tx.ts';
import { readLoginToken, readLoginTokens, readOperators } from './identity/operator-rows.ts';
import { listReads, listTx, readLists } from './lists/list-tx.ts';
import { readSettings } from './setting-rows.ts';
import { Writing } from './writing.ts';

/** Where the store is, and how much of the past and of the log it keeps. */
export interface SqliteStoreOptions {
  /** Where store.db is. Made when missing, with `create`. */
  readonly directory: string;
  /** Make an empty store when there is none. Default: refuse. */
  readonly create?: boolean;
  readonly clock: Clock;
  /** Revisions of history that are kept at least. Default 10,000. */
  readonly historyRevisions?: number;
  /** Length of the write-ahead log from which it is moved to the main file, bytes. Default 4 MB. */
  readonly walBytes?: number;
  /** See Followers. */
  readonly onFollowerError?: (error: unknown) => void;
}

/** Notes from which saving them has a commit of its own, with pauses. */
const MANY_NOTES = 128;

/** @throws FleetblockError NOT_FOUND, FAILED_PRECONDITION (in use by another process), DATA_LOSS (damaged). */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const file = openStoreFile(options.directory, options.create ?? false);
  try {
    return new SqliteStore(file, options, new Database(file.path, { ...options, prepareWriter: countReportedClaims }));
  } catch (error) {
    file.unlock();
    throw error;
  }
}

/** A store in an SQLite file, whoever commits to it. */
export class SqliteStore extends RuledStore implements Store {
  readonly epoch: string;
  readonly aliveMs: number;
  head: Revision;
  readonly aside: Aside;
  protected readonly listReads: ListReads;
  readonly #file: OpenedFile;
  readonly #db: Commits;
  readonly #clock: Clock;
  readonly #history: History;
  readonly #writing: Writing;
  #closed = false;

  constructor(file: OpenedFile, options: SqliteStoreOptions, db: Commits) {
    super(options.onFollowerError);
    this.#file = file;
    this.#clock = steadyClock(options.clock);
    this.#db = db;
    this.listReads = listReads(this.#db.reader);
    this.aside = new Aside(file.path, () => this.#clock.wallMs());
    file.handOver();
    this.epoch = readEpoch(this.#db.reader);
    this.aliveMs = Number(readBigint(this.#db.reader, 'SELECT alive_ms AS value FROM meta'));
    this.head = readBigint(this.#db.reader, 'SELECT head AS value FROM meta');
    this.#history = new History(this.#db.reader);
    this.#writing = new Writing({
      db: this.#db,
      wallMs: () => this.#clock.wallMs(),
      keepRevisions: BigInt(options.historyRevisions ?? 10_000),
      publish: (event) => this.#publish(event),
    });
    this.#db.onOthers((event) => this.#publish(event));
  }

  async confirmations(): Promise<readonly Confirmation[]> {
    return readConfirmations(this.#db.reader);
  }

  async nextExpiryMs(): Promise<number> {
    return firstEndMs(this.#db.reader);
  }

  claims(filter: ClaimFilter): AsyncIterable<readonly Claim[]> {
    return readClaims(this.#db.reader, filter, this.#clock.wallMs());
  }

  async lists(): Promise<readonly ListRecord[]> {
    return readLists(this.#db.reader);
  }

  async *readLayers(): AsyncGenerator<LayerChange> {
    yield* this.#history.layers();
    // What ended since the last sign of life is removed by a revision, as soon as the time is beyond doubt.
    const now = this.#clock.wallMs();
    yield* readClaimLayers(this.#db.reader, this.aliveMs === 0 ? now : Math.min(now, this.aliveMs));
    yield* this.listLayers();
  }

  async touchedSince(since: Revision, layerIds: ReadonlySet<string>): Promise<readonly Touched[] | undefined> {
    return this.#history.touchedSince(since, layerIds);
  }

  async listTokens(): Promise<readonly TokenRecord[]> {
    return readTokens(this.#db.reader);
  }

  async knowsSecret(tokenId: string, secretHash: Uint8Array): Promise<boolean> {
    const { reader } = this.#db;
    const hashes = [readToken(reader, tokenId), readLoginToken(reader, tokenId)].map((token) => token?.secretHash);
    return hashes.some((hash) => hash !== undefined && sameHash(hash, secretHash));
  }

  async hosts(): Promise<readonly HostRecord[]> {
    return readHosts(this.#db.reader);
  }

  async findHost(id: string): Promise<HostRecord | undefined> {
    return readHost(this.#db.reader, id);
  }

  async beat(nowMs: number): Promise<void> {
    await this.#db.writeLocal((writer) => writer.prepare('UPDATE meta SET alive_ms = ?').run(nowMs));
  }

  async hostNotes(): Promise<ReadonlyMap<string, HostNote>> {
    return readHostNotes(this.#db.reader);
  }

  saveHostNotes(notes: readonly (readonly [hostId: string, note: HostNote])[]): Promise<void> {
    return this.#writing.changeInSteps(function* (tx) {
      for (const [hostId, note] of notes) {
        saveHostNote(tx.db, hostId, note);
        yield;
      }
    }, notes.length > MANY_NOTES);
  }

  async operators(): Promise<readonly OperatorRecord[]> {
    return readOperators(this.#db.reader);
  }

  async operatorTokens(): Promise<readonly OperatorTokenRecord[]> {
    return readLoginTokens(this.#db.reader);
  }

  async apiKeys(): Promise<readonly ApiKeyRecord[]> {
    return readApiKeys(this.#db.reader);
  }

  saveApiKeyUses(uses: ReadonlyMap<string, number>): Promise<void> {
    return this.#writing.change((tx) => saveApiKeyUses(tx.db, uses));
  }

  async settings(kind: string): Promise<readonly Setting[]> {
    return readSettings(this.#db.reader, kind);
  }

  audit(filter: AuditFilter): AsyncIterable<readonly AuditRecord[]> {
    return this.aside.audit(filter);
  }

  async auditHead(): Promise<{ sequence: number; hash: Uint8Array }> {
    return lastLink(this.#db.reader);
  }

  verifyAudit(): Promise<AuditVerdict> {
    return this.aside.verifyAudit();
  }

  protected changeClaims<T>(work: (tx: ClaimTx) => Steps<T>, many: boolean, dryRun = false): Promise<T> {
    return this.#writing.changeInSteps((tx) => work(claimTx(tx)), many, dryRun);
  }

  protected changeLists<T>(work: (tx: ListTx) => Steps<T>, dryRun = false): Promise<T> {
    return this.#writing.changeInSteps((tx) => work(listTx(tx)), true, dryRun);
  }

  protected changeIdentity<T>(work: (tx: IdentityTx) => T): Promise<T> {
    return this.#writing.change((tx) => work(identityTx(tx)));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.followers.clear();
    try {
      await this.aside.close();
      await this.#db.close(markClean);
    } finally {
      this.#file.unlock();
    }
  }

  #publish(event: StoreEvent): void {
    this.head = event.revision;
    this.#history.note(event);
    this.followers.tell(event);
    failpoint('store.notify.after');
  }
}
