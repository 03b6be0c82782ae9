// The fan-out: all live streams, what each host is known to hold, and the callers that wait for it.
import { FleetblockError } from '../../../common/errors.ts';
import type { Revision } from '../../../common/revision.ts';
import { SYNC_PROTOCOL } from '../../../common/rpc/channel.ts';
import { encodeWelcome } from '../../../common/sync-wire/to-agent.ts';
import type { Hello__Output } from '../../../proto/gen/fleetblock/v1/Hello.ts';
import type { LookupReply__Output } from '../../../proto/gen/fleetblock/v1/LookupReply.ts';
import { RateLimit } from '../../identity/auth/rate-limit.ts';
import { EncodedDelta, type ViewDelta } from '../../views/delta.ts';
import type { Slices } from '../../views/slices.ts';
import { SharedDeltas } from '../feed/shared-deltas.ts';
import { hearDetached, noteDetached } from '../host/detached.ts';
import { helloText, noteEndedAlone } from '../host/ended-alone.ts';
import { otherProtocol } from '../host/host-report.ts';
import { HostSession } from '../host/host-session.ts';
import type { HostState, HostStatus } from '../host/host-state.ts';
import { Identities } from '../host/identities.ts';
import { LastSeen } from '../host/last-seen.ts';
import type { Reporting, SessionDeps, SessionStream } from '../host/session-deps.ts';
import { Absences } from './absences.ts';
import { type DropReport, DropWatchers } from './drop-watchers.ts';
import { type HubDependencies, type HubOptions, withDefaults } from './hub-options.ts';
import { Meter } from './meter.ts';
import { type ProofResult, type Standing, standingApart } from './proof.ts';
import { Quarantine } from './quarantine.ts';
import { Rota } from './rota.ts';
import { Slots } from './slots.ts';
import { Waits } from './waits.ts';

/** How long an earlier stream of the same host has to prove that it lives, milliseconds. */
const PROBE_MS = 2000;

/** Hosts that are sent a change between two readings of the clock. */
const HOSTS_PER_STEP = 32;

/** Of one host: an honest one comes back every few seconds at the most, and a list ends by itself once in a while. */
const HELLOS = { burst: 60, perSecond: 1, addresses: 100_000 };
const ENDINGS = { burst: 3, perSecond: 1 / 600, addresses: 100_000 };

const STOPPING = new FleetblockError('UNAVAILABLE', 'the controller is stopping');

/** Owns the sessions, one per connected host. It decides whether a host proves a revision; the views decide what it is sent. */
export class Hub {
  /** On while an agent holds a revision that the store does not have: commits were lost. */
  readonly quarantine: Quarantine;
  readonly meter = new Meter();
  readonly #deps: HubDependencies;
  readonly #options: Required<HubOptions>;
  readonly #sessionDeps: SessionDeps;
  readonly #sessions = new Map<string, HostSession>();
  readonly #states: LastSeen;
  readonly #waits: Waits;
  readonly #drops = new DropWatchers();
  readonly #keepAlive: Rota<HostSession>;
  readonly #identities: Identities;
  readonly #absences: Absences;
  /** Absent hosts that must be sent the whole view. */
  readonly #toResync = new Set<string>();
  /** What hosts may put into the events and the audit, which is never pruned. */
  readonly #hellos: RateLimit;
  readonly #endings: RateLimit;
  /** The last revision that is out: everything of it has been offered to its hosts. */
  #settledRevision: Revision;
  #nonce = 0n;
  #closed = false;

  constructor(deps: HubDependencies, options: HubOptions = {}) {
    this.#deps = deps;
    this.#options = withDefaults(options);
    this.#hellos = new RateLimit({ ...HELLOS, clock: deps.clock });
    this.#endings = new RateLimit({ ...ENDINGS, clock: deps.clock });
    this.quarantine = new Quarantine(deps.log);
    const sealOf = (revision: Revision) => deps.seals.revision(deps.store.epoch, revision);
    this.#identities = new Identities({
      ...deps,
      wallMs: () => deps.clock.wallMs(),
      nameOf: (hostId) => this.#nameOf(hostId),
      onDuplicate: (hostId, text) => this.#onDuplicate(hostId, text),
    });
    this.#settledRevision = deps.views.revision;
    this.#sessionDeps = {
      views: deps.views,
      epoch: deps.store.epoch,
      head: () => deps.store.head,
      deltas: new SharedDeltas(deps.store.epoch, () => deps.clock.wallMs(), sealOf),
      snapshotSlots: new Slots(this.#options.concurrentSnapshots),
      wallMs: () => deps.clock.wallMs(),
      monotonicMs: () => deps.clock.monotonicMs(),
      log: deps.log,
      events: deps.events,
      meter: this.meter,
      queueLimit: this.#options.queueLimit,
      retryMs: this.#options.retryMs,
      progressed: (session) => this.#progressed(session),
      dropped: ({ hostId }, events) => this.#drops.tell({ hostId, events, atMs: deps.clock.wallMs() }),
      takeReports: deps.takeReports,
      quarantined: () => this.quarantine.reason,
      sealOf,
      lostCommits: (session, claimed, seal) => this.#lostCommits(session, claimed, seal),
      keyKept: ({ hostId }, key) => this.#identities.kept(hostId, key),
    };
    this.#states = new LastSeen({ notes: deps.notes, connected: () => this.#sessions.keys() });
    this.#absences = new Absences(deps.clock, () => deps.registry.size);
    this.#waits = new Waits({
      clock: deps.clock,
      revision: () => this.#settledRevision,
      standing: (hostId, revision, all) => this.#standing(hostId, revision, all),
      isAway: (hostId) => !this.#sessions.has(hostId) && this.#absences.isLong(hostId),
    });
    deps.views.listen({
      changed: (hostIds, delta) => this.#changed(hostIds, delta),
      settled: (revision) => this.#settled(revision),
    });
    deps.registry.onRevoked((host) => {
      if (this.quarantine.release(host.id)) for (const session of this.#sessions.values()) session.resume();
      this.#sessions
        .get(host.id)
        ?.end(
          new FleetblockError('UNAUTHENTICATED', `host ${host.name} was revoked: enroll it again with a new token`),
        );
    });
    deps.registry.onEnrolled(({ id }, again) => {
      this.#absences.expected(id);
      if (again) this.#identities.clear(id);
    });
    this.#keepAlive = new Rota(this.#options.silenceLimitMs / 3, (session) => this.#checkAlive(session));
  }

  /** A host's stream said hello. `welcomed` gets its session, unless the stream is ended: another live one, or another protocol. */
  connect(hostId: string, hello: Hello__Output, stream: SessionStream, welcomed: (session: HostSession) => void): void {
    if (hello.protocol !== SYNC_PROTOCOL) {
      stream.end(otherProtocol(hello.protocol, SYNC_PROTOCOL));
      return;
    }
    const present = this.#sessions.get(hostId);
    if (!hello.detached?.leaving && !this.#identities.admits(hostId, hello)) {
      stream.end(this.#duplicateError(hostId));
      return;
    }
    this.#deps.timeHeard(hostId, Number(hello.wallMs));
    if (!present) {
      if (hello.detached?.leaving) {
        hearDetached(this.#deps, hostId, this.#states.of(hostId), hello, stream);
        this.#states.note(hostId);
      } else this.#admit(hostId, hello, stream, welcomed);
      return;
    }
    // The old stream may only look alive (a reboot, a cut cable): ask it.
    present.questions.probe(++this.#nonce, PROBE_MS, (alive) => {
      if (this.#closed) {
        stream.end(STOPPING);
        return;
      }
      if (alive) {
        // One is a copy, and there is no telling which. Neither is fed; both keep their maps.
        if (!hello.detached?.leaving) this.#identities.condemn(hostId, 'both are connected');
        stream.end(this.#duplicateError(hostId));
        return;
      }
      this.disconnect(present);
      present.end(new FleetblockError('ABORTED', 'replaced by a newer stream of the same host'));
      // Another one may have asked as well, and be there by now.
      this.connect(hostId, hello, stream, welcomed);
    });
  }

  /** The session's stream is gone. Idempotent. */
  disconnect(session: HostSession): void {
    session.close();
    if (this.#sessions.get(session.hostId) !== session) return;
    this.#sessions.delete(session.hostId);
    this.#keepAlive.delete(session);
    this.#absences.expected(session.hostId);
    session.state.lastSeenMs = this.#deps.clock.wallMs();
    this.#states.note(session.hostId);
    this.#deps.events.add('host.disconnected', 'was enforcing when last heard', { hostId: session.hostId });
  }

  /** By an operator's order: the host is sent the whole view, whatever epoch it holds, now or as soon as it comes. */
  resync(hostId: string): void {
    const session = this.#sessions.get(hostId);
    if (session) session.resync();
    else this.#toResync.add(hostId);
  }

  /** What the host's kernel does with an address; undefined when it is offline or does not answer in time. */
  async lookUp(hostId: string, address: Uint8Array, timeoutMs: number): Promise<LookupReply__Output | undefined> {
    return this.#sessions.get(hostId)?.questions.lookUp(++this.#nonce, address, timeoutMs);
  }

  /**
   * Calls back with drops from now on, of one host or of all (`hostId` undefined), as long as they are connected.
   * @returns a function that ends it
   */
  watchDrops(hostId: string | undefined, take: (report: DropReport) => void): () => void {
    const remove = this.#drops.add({ hostId, take });
    this.#planDrops();
    return () => {
      remove();
      this.#planDrops();
    };
  }

  statusOf(hostId: string): HostStatus {
    if (this.#identities.duplicate(hostId)) return 'degraded';
    return this.#sessions.get(hostId)?.status ?? 'offline';
  }

  stateOf(hostId: string): HostState {
    const state = this.#states.of(hostId);
    const duplicate = this.#identities.duplicate(hostId);
    return duplicate ? { ...state, refusal: duplicate } : state;
  }

  get connected(): number {
    return this.#sessions.size;
  }

  /** Snapshots that are being sent. */
  get snapshotsUnderWay(): number {
    return this.#sessionDeps.snapshotSlots.used;
  }

  /** See Waits.prove. */
  prove(...wait: Parameters<Waits['prove']>): Promise<ProofResult> {
    return this.#waits.prove(...wait);
  }

  /** Ends every stream: agents come back to the next controller. */
  close(): void {
    this.#keepAlive.close();
    this.#states.close();
    this.#closed = true;
    for (const session of [...this.#sessions.values()]) {
      session.end(STOPPING);
      this.disconnect(session);
    }
    this.#waits.close();
  }

  #admit(hostId: string, hello: Hello__Output, stream: SessionStream, welcomed: (session: HostSession) => void): void {
    const host = this.#deps.registry.find(hostId);
    if (host?.revokedMs !== 0) {
      stream.end(new FleetblockError('UNAUTHENTICATED', 'this host is not enrolled: join the fleet again'));
      return;
    }
    if (!this.#hellos.take(hostId)) {
      stream.end(new FleetblockError('RESOURCE_EXHAUSTED', 'this host says hello too often: wait a second'));
      return;
    }
    const state = this.#states.of(hostId);
    const welcome = encodeWelcome({
      protocol: SYNC_PROTOCOL,
      epoch: this.#deps.store.epoch,
      hostName: host.name,
      statusIntervalMs: this.#options.statusIntervalMs,
      silenceLimitMs: this.#options.silenceLimitMs,
      reconnectLimitMs: this.#absences.reconnectLimitMs,
      sessionKey: this.#identities.nextKey(hostId),
      takesReports: true,
    });
    noteDetached(this.#deps, host, state, hello);
    const session = new HostSession(hostId, state, hello, stream, this.#sessionDeps);
    this.#sessions.set(hostId, session);
    this.#keepAlive.add(session);
    this.#states.note(hostId);
    this.#deps.events.add('host.connected', helloText(hello), { hostId, revision: session.acked });
    noteEndedAlone(this.#deps, host, hello, () => this.#endings.take(hostId));
    welcomed(session);
    session.begin(welcome, hello, this.#toResync.delete(hostId));
    session.watchDrops(this.#drops.planFor(hostId, this.#sessions.size));
  }

  #planDrops(): void {
    for (const [id, session] of this.#sessions) session.watchDrops(this.#drops.planFor(id, this.#sessions.size));
  }

  #nameOf(hostId: string): string {
    return this.#deps.registry.find(hostId)?.name ?? hostId;
  }

  #duplicateError(hostId: string): FleetblockError {
    return new FleetblockError('ALREADY_EXISTS', this.#identities.duplicate(hostId)?.text ?? 'its agent is connected');
  }

  #onDuplicate(hostId: string, text: string): void {
    this.#waits.refused(hostId, { code: 'DUPLICATE_IDENTITY', text });
    const present = this.#sessions.get(hostId);
    if (!present) return;
    this.disconnect(present);
    present.end(this.#duplicateError(hostId));
  }

  *#changed(hostIds: ReadonlySet<string>, delta: ViewDelta): Slices {
    const { store, clock } = this.#deps;
    const encoded = new EncodedDelta(store.epoch, delta, clock.wallMs(), this.#sessionDeps.sealOf(delta.to));
    let sent = 0;
    for (const id of hostIds) {
      this.#sessions.get(id)?.send(encoded);
      if (++sent % HOSTS_PER_STEP === 0) yield;
    }
  }

  *#settled(revision: Revision): Slices {
    for (const session of [...this.#sessions.values()]) if (session.lacksRoom) yield* session.sendApart(revision);
    this.#settledRevision = revision;
    this.#waits.settled(revision);
    for (const session of this.#sessions.values()) session.revisionSettled();
  }

  #standing(hostId: string, revision: Revision, all: boolean): Standing {
    const duplicate = this.#identities.duplicate(hostId);
    if (duplicate) return { kind: 'failed', refusal: duplicate };
    const session = this.#sessions.get(hostId);
    if (!session) return all || !this.#absences.isLong(hostId) ? { kind: 'awaited', revision } : { kind: 'away' };
    const { refusal } = session;
    if (refusal) return standingApart(session.loosely(revision), revision, refusal);
    const awaited = session.awaited ?? (this.#deps.views.revision < revision ? revision : undefined);
    return awaited === undefined ? { kind: 'enforced' } : { kind: 'awaited', revision: awaited };
  }

  #progressed(session: Reporting): void {
    this.#waits.progressed(session);
  }

  #lostCommits(session: Reporting, claimed: Revision, seal: Uint8Array): boolean {
    const { store, seals } = this.#deps;
    if (!seals.provesRevision(store.epoch, claimed, seal)) return false;
    const text = `host ${this.#nameOf(session.hostId)} holds revision ${claimed}, the store ends at ${store.head}: commits were lost`;
    this.quarantine.enter(session.hostId, text);
    this.#deps.events.add('quarantine', text, { hostId: session.hostId });
    // Nothing more to any host: the store as it is now would take blocks away.
    for (const each of this.#sessions.values()) each.stopFeeding({ code: 'QUARANTINE', text });
    return true;
  }

  #checkAlive(session: HostSession): void {
    const nowMs = this.#deps.clock.monotonicMs();
    const { silenceLimitMs } = this.#options;
    if (nowMs - session.lastHeardMs <= silenceLimitMs) {
      // A change that was sent a moment ago says as well that this side lives, and its ack that the other does.
      if (nowMs - session.lastFedMs > silenceLimitMs / 6) session.ping(++this.#nonce);
      return;
    }
    session.end(new FleetblockError('UNAVAILABLE', 'nothing was heard from this agent: reconnect'));
    this.disconnect(session);
  }
}
