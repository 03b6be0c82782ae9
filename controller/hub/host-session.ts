// One host's live stream: what it holds, what it is sent, what it answers. Owns its state; the hub owns the session.
import { type Digest, equalDigests } from '../../common/entry-table.ts';
import { FleetblockError } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import { parseRevision, type Revision } from '../../common/revision.ts';
import type { Ack__Output } from '../../proto/gen/fleetblock/v1/Ack.ts';
import type { Hello__Output } from '../../proto/gen/fleetblock/v1/Hello.ts';
import type { LookupReply__Output } from '../../proto/gen/fleetblock/v1/LookupReply.ts';
import type { Nack__Output } from '../../proto/gen/fleetblock/v1/Nack.ts';
import type { Status__Output } from '../../proto/gen/fleetblock/v1/Status.ts';
import type { EventLog } from '../events.ts';
import { EncodedDelta } from '../views/delta.ts';
import type { Views } from '../views/views.ts';
import { encodeLookup, encodePing } from '../wire.ts';
import { Feed, type InFlight, type Sink } from './feed.ts';
import { type HostRefusal, type HostState, type HostStatus, protectedFromWire, unattached } from './host-state.ts';
import type { Slots } from './slots.ts';

export interface SessionStream extends Sink {
  /** Ends the stream with an error; the peer sees its code and text. */
  end(error: FleetblockError): void;
}

export interface SessionContext {
  readonly views: Views;
  readonly epoch: string;
  readonly head: () => Revision;
  readonly snapshotSlots: Slots;
  readonly wallMs: () => number;
  readonly monotonicMs: () => number;
  readonly log: Logger;
  /** Shipments that may wait for one host. */
  readonly queueLimit: number;
  /** Milliseconds until a host that refused a revision is given its view again. */
  readonly retryMs: number;
  readonly events: EventLog;
  /** Something about this host changed that somebody may wait for. */
  readonly progressed: (session: HostSession) => void;
  /** Why nothing is to be sent to anybody, or undefined. */
  readonly quarantined: () => string | undefined;
  /** The host acked a revision that this store never made. */
  readonly lostCommits: (session: HostSession, claimed: Revision) => void;
}

/** A host that refuses is not sent its whole view more often, milliseconds. */
const MIN_RETRY_MS = 1000;

/**
 * feeding: gets every change as it comes. lagging: fell behind, gets nothing until it has taken what is under way.
 * catching-up: what it needs is being computed, or a snapshot waits for its slot. held: not fed until somebody acts.
 */
type Mode = 'feeding' | 'lagging' | 'catching-up' | 'held';

export class HostSession {
  readonly hostId: string;
  readonly state: HostState;
  readonly bootId: string;
  lastHeardMs: number;
  readonly #stream: SessionStream;
  readonly #context: SessionContext;
  readonly #feed: Feed;
  #mode: Mode = 'catching-up';
  #acked: Revision;
  #releaseSlot: (() => void) | undefined;
  #retry: NodeJS.Timeout | undefined;
  #heldAtMs = 0;
  #probe: { nonce: bigint; answered: () => void } | undefined;
  #fellBehind = false;
  #closed = false;
  readonly #lookups = new Map<string, (reply: LookupReply__Output | undefined) => void>();

  constructor(hostId: string, state: HostState, hello: Hello__Output, stream: SessionStream, context: SessionContext) {
    this.hostId = hostId;
    this.state = state;
    this.bootId = hello.bootId;
    this.#stream = stream;
    this.#context = context;
    this.#acked = hello.storeEpoch === context.epoch ? parseRevision(hello.revision) : 0n;
    this.#feed = new Feed(stream, this.#acked, context.queueLimit);
    this.lastHeardMs = context.monotonicMs();
    state.acked = this.#acked;
    state.entries = Number(hello.entries);
    state.interfaces = hello.interfaces;
    state.protectedAddresses = protectedFromWire(hello.protectedAddresses);
    state.agentVersion = hello.agentVersion;
    state.kernelVersion = hello.kernelVersion;
    state.lastSeenMs = context.wallMs();
    state.refusal = undefined;
  }

  get acked(): Revision {
    return this.#acked;
  }

  /** The revision whose ack proves that the host holds all that there is now; undefined when that is proven already. */
  get awaited(): Revision | undefined {
    if (this.#mode !== 'feeding') return this.#context.views.revision;
    return this.#feed.settled ? undefined : this.#feed.planned;
  }

  get status(): HostStatus {
    if (this.state.refusal || this.state.problems.length > 0) return 'degraded';
    return this.awaited === undefined ? 'synced' : 'lagging';
  }

  /** Welcome first, then whatever the host lacks. */
  begin(welcome: Buffer, hello: Hello__Output): void {
    this.#feed.urgent(welcome);
    const quarantined = this.#context.quarantined();
    if (quarantined !== undefined) this.#hold({ code: 'QUARANTINE', text: quarantined });
    else if (hello.storeEpoch === '') this.#sendSnapshot(false);
    else if (hello.storeEpoch !== this.#context.epoch)
      this.#hold({
        code: 'EPOCH_MISMATCH',
        text: `it holds the list of another store (epoch ${hello.storeEpoch.slice(0, 8)}): if a backup was restored on purpose, run fleetblock host resync`,
      });
    else if (this.#acked > this.#context.head()) this.#context.lostCommits(this, this.#acked);
    else this.#catchUp(hello.digest);
  }

  /** A change of its view. */
  send(delta: EncodedDelta): void {
    if (this.#mode !== 'feeding') return;
    this.#contained(() => {
      const messages = delta.messages(this.#feed.planned);
      if (this.#feed.offer({ to: delta.to, digest: delta.digest, messages: messages[Symbol.iterator]() })) return;
      this.#mode = 'lagging';
      this.#feed.dropUnsent();
      this.#fellBehind = true;
      this.#context.events.add('host.lagging', 'takes changes more slowly than they come', { hostId: this.hostId });
    });
  }

  /** A revision is through: a host that refused an earlier one gets another chance. */
  revisionSettled(): void {
    if (this.#retry && this.#context.monotonicMs() - this.#heldAtMs > MIN_RETRY_MS) this.#retryNow();
  }

  onReady(): void {
    this.#feed.onReady();
    this.#resumeIfDrained();
  }

  onAck(ack: Ack__Output): void {
    const due = this.#feed.takeReply();
    if (due !== 'stale') this.#judgeAck(ack, due);
    this.#resumeIfDrained();
  }

  onNack(nack: Nack__Output): void {
    const due = this.#feed.takeReply();
    if (due !== 'stale' && this.#mode !== 'held') this.#judgeNack(nack);
    this.#resumeIfDrained();
  }

  #judgeAck(ack: Ack__Output, due: InFlight | undefined): void {
    const revision = parseRevision(ack.revision);
    if (!due || due.to !== revision || ack.storeEpoch !== this.#context.epoch) {
      this.end(new FleetblockError('INVALID_ARGUMENT', `an ack of revision ${revision} was not due: reconnect`));
      return;
    }
    this.state.entries = Number(ack.entries);
    if (equalDigests(ack.digest, due.digest)) this.#proven(revision);
    else this.#repair('its digest differs');
  }

  #judgeNack({ code, text }: Nack__Output): void {
    this.#context.log.warn({ host: this.hostId, code, text }, 'a host refused a revision');
    switch (code) {
      case 'SEQUENCE':
      case 'DIGEST':
      case 'MALFORMED':
        this.#repair(text);
        return;
      case 'EPOCH_MISMATCH':
      case 'REVISION_REGRESSION':
        this.#hold({ code, text });
        return;
      default:
        this.#hold({ code, text });
        this.#retry = setTimeout(() => this.#retryNow(), this.#context.retryMs);
    }
  }

  onStatus(status: Status__Output): void {
    this.state.entries = Number(status.entries);
    this.state.counters = status.counters;
    this.state.interfaces = status.interfaces;
    this.state.protectedAddresses = protectedFromWire(status.protectedAddresses);
    // Never the other way round: a status proves no revision.
    if (unattached(status.interfaces)) this.#context.progressed(this);
    this.#noteProblems(status.problems);
    const repairs = Number(status.driftRepairs);
    if (repairs > this.state.driftRepairs)
      this.#context.events.add('host.drift', 'its kernel differed from what it should hold; repaired', {
        hostId: this.hostId,
      });
    this.state.driftRepairs = repairs;
    this.state.topSources = status.topSources;
  }

  #noteProblems(problems: readonly string[]): void {
    const [first] = problems;
    const had = this.state.problems.length > 0;
    if (first !== undefined && !had) this.#context.events.add('host.degraded', first, { hostId: this.hostId });
    if (first === undefined && had) this.#context.events.add('host.recovered', 'all is well', { hostId: this.hostId });
    this.state.problems = problems;
  }

  onLookupReply(reply: LookupReply__Output): void {
    this.#lookups.get(reply.id)?.(reply);
  }

  /** What does its kernel do with this address? Undefined: no answer in time. `address`: network byte order. */
  lookUp(id: bigint, address: Uint8Array, timeoutMs: number): Promise<LookupReply__Output | undefined> {
    return new Promise((resolve) => {
      const settle = (reply: LookupReply__Output | undefined) => {
        clearTimeout(timer);
        this.#lookups.delete(`${id}`);
        resolve(reply);
      };
      const timer = setTimeout(() => settle(undefined), timeoutMs);
      this.#lookups.set(`${id}`, settle);
      this.#feed.urgent(encodeLookup(id, address));
    });
  }

  onPong(nonce: bigint): void {
    if (this.#probe?.nonce === nonce) this.#probe.answered();
  }

  heard(): void {
    this.lastHeardMs = this.#context.monotonicMs();
    this.state.lastSeenMs = this.#context.wallMs();
  }

  ping(nonce: bigint): void {
    this.#feed.urgent(encodePing(nonce));
  }

  /** Is there still somebody at the other end? `answer` is called once. */
  probe(nonce: bigint, timeoutMs: number, answer: (alive: boolean) => void): void {
    const settle = (alive: boolean) => {
      if (!this.#probe) return;
      clearTimeout(timer);
      this.#probe = undefined;
      answer(alive);
    };
    const timer = setTimeout(() => settle(false), timeoutMs);
    this.#probe = { nonce, answered: () => settle(true) };
    this.ping(nonce);
  }

  /** By an operator's order: the whole view, whatever the host holds. */
  resync(): void {
    this.#clearRetry();
    this.state.refusal = undefined;
    this.#feed.restart(0n);
    this.#sendSnapshot(true);
  }

  end(error: FleetblockError): void {
    this.#stream.end(error);
  }

  /** The stream is gone, whoever ended it. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#clearRetry();
    this.#releaseSlot?.();
    this.#feed.abandon();
    this.#probe = undefined;
    for (const answer of [...this.#lookups.values()]) answer(undefined);
  }

  /** Nothing more is sent until `resume`, `resync` or another stream. */
  hold(refusal: HostRefusal): void {
    this.#hold(refusal);
  }

  /** What it was held for is over. */
  resume(): void {
    if (this.#mode !== 'held') return;
    this.#clearRetry();
    this.state.refusal = undefined;
    this.#catchUp();
  }

  #catchUp(digest?: Digest): void {
    this.#mode = 'catching-up';
    const { views } = this.#context;
    views.catchUp(this.hostId, this.#feed.planned, (result) =>
      this.#contained(() => {
        if (this.#closed || this.#mode !== 'catching-up') return;
        if (result.kind === 'snapshot') this.#sendSnapshot(false);
        else if (result.kind === 'delta') {
          this.#mode = 'feeding';
          this.send(new EncodedDelta(this.#context.epoch, result.delta, this.#context.wallMs()));
        } else if (digest && !equalDigests(digest, views.digestFor(this.hostId))) this.#repair('its digest differs');
        else {
          this.#mode = 'feeding';
          this.#proven(views.revision);
        }
      }),
    );
  }

  #sendSnapshot(resync: boolean): void {
    this.#mode = 'catching-up';
    this.#releaseSlot?.();
    this.#releaseSlot = this.#context.snapshotSlots.acquire((release) => {
      this.#context.views.snapshot(this.hostId, (snapshot, revision) =>
        this.#contained(() => {
          if (this.#closed || this.#mode !== 'catching-up' || !snapshot) {
            release();
            return;
          }
          this.#mode = 'feeding';
          const messages = snapshot.messages(revision, resync, this.#context.wallMs);
          this.#feed.offer({ to: revision, digest: snapshot.digest, messages, done: release });
        }),
      );
    });
  }

  /** What goes wrong with one host's stream ends that stream and nothing else. */
  #contained(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#context.log.error({ err: error, host: this.hostId }, 'a host could not be fed');
      this.end(new FleetblockError('INTERNAL', 'internal error: see the log of the controller'));
    }
  }

  /** The host does not hold what it should: the whole view, which it applies by difference. */
  #repair(why: string): void {
    this.#context.log.warn({ host: this.hostId, why }, 'sending the whole view again');
    this.#context.events.add('host.drift', `${why}: the whole view is sent again`, { hostId: this.hostId });
    // Not even what it said it holds: a revision with another digest is no revision of this store's.
    this.#acked = 0n;
    this.state.acked = 0n;
    this.#feed.restart(0n);
    this.#sendSnapshot(false);
  }

  #hold(refusal: HostRefusal): void {
    this.#mode = 'held';
    this.#heldAtMs = this.#context.monotonicMs();
    this.state.refusal = refusal;
    this.#context.events.add('host.degraded', `${refusal.code}: ${refusal.text}`, { hostId: this.hostId });
    this.#clearRetry();
    this.#releaseSlot?.();
    this.#feed.restart(this.#acked);
    this.#context.progressed(this);
  }

  #retryNow(): void {
    this.#clearRetry();
    this.#sendSnapshot(false);
  }

  #clearRetry(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
  }

  #proven(revision: Revision): void {
    if (this.#fellBehind && this.#feed.settled && this.#mode === 'feeding') {
      this.#fellBehind = false;
      this.#context.events.add('host.synced', 'has caught up', { hostId: this.hostId, revision });
    }
    if (this.state.refusal)
      this.#context.events.add('host.recovered', 'holds its list', { hostId: this.hostId, revision });
    this.#acked = revision;
    this.state.acked = revision;
    this.state.refusal = undefined;
    this.#context.progressed(this);
  }

  /** A host that fell behind and has now taken all that was under way gets the rest as one change. */
  #resumeIfDrained(): void {
    if (this.#mode === 'lagging' && this.#feed.settled) this.#catchUp();
  }
}
