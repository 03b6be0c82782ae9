// A store in memory, for tests: the second implementation of the contract. A change works on a copy, which takes the place of what
// was there when all of it went well.
import { NO_ENTRIES } from '../../../common/entries/packed.ts';
import { joinEntries } from '../../../common/entries/rows.ts';
import { withoutTimes } from '../../../common/entries/times.ts';
import type { Revision } from '../../../common/revision.ts';
import type { Clock } from '../../../common/time/clock.ts';
import { steadyClock } from '../../../common/time/steady-clock.ts';
import type { Claim } from '../../claims/claim.ts';
import { matchesFilter } from '../../claims/claim-filter.ts';
import type { ClaimTx } from '../../claims/claim-tx.ts';
import type { Confirmation } from '../../claims/confirmation.ts';
import { claimLayers, type LayerChange } from '../../claims/layers.ts';
import type { ListRecord } from '../../claims/lists/list.ts';
import type { ListReads, ListTx } from '../../claims/lists/list-tx.ts';
import { atOnce, type Steps } from '../../claims/steps.ts';
import { type IdentityTx, sameHash } from '../../identity/changes/identity-tx.ts';
import type { AuditFilter } from '../port/audit.ts';
import type { ClaimFilter } from '../port/claims.ts';
import type { Touched } from '../port/revisions.ts';
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
import { MemoryChange } from './change.ts';
import { byPrefix } from './lists.ts';
import { MemoryState } from './state.ts';

/** What is kept from one store to the next that is opened with it. */
export interface MemoryDisk {
  state: MemoryState;
}

/** `disk` outlives the store: another one that is opened with it goes on from there. */
export interface MemoryStoreOptions {
  readonly disk: MemoryDisk;
  readonly clock: Clock;
  /** Revisions of history that are kept. Default 10,000. */
  readonly historyRevisions?: number;
  /** See Followers. */
  readonly onFollowerError?: (error: unknown) => void;
}

/** Commits at once, in the turn of the call. */
export class MemoryStore extends RuledStore implements Store {
  readonly aliveMs: number;
  readonly #disk: MemoryDisk;
  readonly #clock: Clock;
  readonly #keepRevisions: bigint;

  constructor({ disk, clock, historyRevisions = 10_000, onFollowerError }: MemoryStoreOptions) {
    super(onFollowerError);
    this.#disk = disk;
    this.#clock = steadyClock(clock);
    this.#keepRevisions = BigInt(historyRevisions);
    this.aliveMs = disk.state.aliveMs;
  }

  get epoch(): string {
    return this.#disk.state.epoch;
  }

  get head(): Revision {
    return this.#disk.state.head;
  }

  /** Its reads hold nothing up. */
  get aside(): this {
    return this;
  }

  async beat(nowMs: number): Promise<void> {
    this.#disk.state.aliveMs = nowMs;
  }

  async close(): Promise<void> {
    this.followers.clear();
  }

  async *readLayers(): AsyncGenerator<LayerChange> {
    const nowMs = this.#clock.wallMs();
    for (const { layer } of this.#disk.state.history) yield { layer, sets: NO_ENTRIES, deletes: NO_ENTRIES };
    yield* claimLayers(
      [...this.#disk.state.claims.claims.values()],
      this.aliveMs === 0 ? nowMs : Math.min(nowMs, this.aliveMs),
    );
    yield* this.listLayers();
  }

  async touchedSince(since: Revision, layerIds: ReadonlySet<string>): Promise<readonly Touched[] | undefined> {
    const { history, head } = this.#disk.state;
    const touched = history.filter(({ revision, layerId }) => revision > since && layerIds.has(layerId));
    return touched.length > 0 && since < head - this.#keepRevisions ? undefined : touched;
  }

  async confirmations(): Promise<readonly Confirmation[]> {
    const { confirmations, waiting } = this.#disk.state.claims;
    return [...confirmations.values()]
      .filter(({ state }) => state === 'waiting')
      .map(({ state: _state, decidedMs: _decided, ...record }) => ({
        ...record,
        claims: [...waiting.values()].filter(({ id }) => id === record.id),
      }))
      .filter(({ claims }) => claims.length > 0)
      .sort((a, b) => a.deadlineMs - b.deadlineMs);
  }

  async nextExpiryMs(): Promise<number> {
    const { claims, confirmations } = this.#disk.state.claims;
    const ends = [
      ...[...this.#disk.state.lists.ends()].map(({ firstMs }) => Math.ceil(firstMs)),
      ...[...claims.values()].map(({ expiresMs }) => expiresMs),
      ...[...confirmations.values()].map(({ state, deadlineMs }) => (state === 'waiting' ? deadlineMs : 0)),
    ].filter((endMs) => endMs > 0);
    return ends.length > 0 ? Math.min(...ends) : 0;
  }

  async *claims(filter: ClaimFilter): AsyncGenerator<readonly Claim[]> {
    const matches = matchesFilter(filter, this.#clock.wallMs());
    const found = [...this.#disk.state.claims.claims.values()].filter(matches).sort(byPrefix);
    yield filter.covering ? found.reverse() : found;
  }

  async lists(): Promise<readonly ListRecord[]> {
    return this.#disk.state.lists.all();
  }

  async listTokens(): Promise<readonly TokenRecord[]> {
    return this.#disk.state.identity.tokens();
  }

  async knowsSecret(tokenId: string, secretHash: Uint8Array): Promise<boolean> {
    const known = this.#disk.state.identity.secretHash(tokenId);
    return known !== undefined && sameHash(known, secretHash);
  }

  async hosts(): Promise<readonly HostRecord[]> {
    return this.#disk.state.identity.hosts();
  }

  async findHost(id: string): Promise<HostRecord | undefined> {
    return this.#disk.state.identity.host(id);
  }

  async hostNotes(): Promise<ReadonlyMap<string, HostNote>> {
    return new Map(this.#disk.state.notes);
  }

  async saveHostNotes(notes: readonly (readonly [hostId: string, note: HostNote])[]): Promise<void> {
    for (const [hostId, note] of notes) this.#disk.state.notes.set(hostId, structuredClone(note));
  }

  async operators(): Promise<readonly OperatorRecord[]> {
    return this.#disk.state.identity.operators();
  }

  async operatorTokens(): Promise<readonly OperatorTokenRecord[]> {
    return this.#disk.state.identity.loginTokens();
  }

  async apiKeys(): Promise<readonly ApiKeyRecord[]> {
    return this.#disk.state.identity.apiKeys();
  }

  async saveApiKeyUses(uses: ReadonlyMap<string, number>): Promise<void> {
    this.#disk.state.identity.noteUses(uses);
  }

  async settings(kind: string): Promise<readonly Setting[]> {
    return this.#disk.state.identity.settings(kind);
  }

  async *audit(filter: AuditFilter): AsyncGenerator<readonly AuditRecord[]> {
    yield this.#disk.state.audit.find(filter);
  }

  async auditHead(): Promise<{ readonly sequence: number; readonly hash: Uint8Array }> {
    return this.#disk.state.audit.last;
  }

  async verifyAudit(): Promise<AuditVerdict> {
    return this.#disk.state.audit.verify();
  }

  protected changeIdentity<T>(work: (tx: IdentityTx) => T): Promise<T> {
    return this.#change(({ identity }, change) => work(identity.tx(change, (host) => change.hosts.push(host))));
  }

  protected changeClaims<T>(work: (tx: ClaimTx) => Steps<T>, _many: boolean, dryRun = false): Promise<T> {
    return this.#change(({ claims }, change) => atOnce(work(claims.tx(change))), dryRun);
  }

  protected get listReads(): ListReads {
    return this.#disk.state.lists.reads();
  }

  protected changeLists<T>(work: (tx: ListTx) => Steps<T>, dryRun = false): Promise<T> {
    return this.#change(({ lists }, change) => atOnce(work(lists.tx(change))), dryRun);
  }

  async #change<T>(work: (state: MemoryState, change: MemoryChange) => T, dryRun = false): Promise<T> {
    const state = new MemoryState(this.#disk.state);
    const change = new MemoryChange(this.#clock.wallMs(), state.head);
    const result = work(state, change);
    if (dryRun) return result;
    for (const { from = '', ...record } of change.records) state.audit.append({ ...record, from, atMs: change.nowMs });
    const { layers, hosts, records } = change;
    const revision = change.head();
    const touched = new Map(layers.map(({ layer }) => [layer.id, layer]));
    for (const [layerId, layer] of touched) {
      const pieces = layers.filter((change) => change.layer.id === layerId);
      const keys = pieces.flatMap(({ sets, deletes }) => [withoutTimes(sets), withoutTimes(deletes)]);
      state.history.push({ revision, layer, layerId, keys: joinEntries(keys) });
    }
    const revised = revision > state.head;
    state.head = revision;
    this.#disk.state = state;
    if (revised) this.followers.tell({ revision, layers, hosts, records });
    return result;
  }
}
