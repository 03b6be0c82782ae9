// One host's live stream: what it holds, what it is sent, what it answers. Owns its state; the hub owns the session.
import { type Digest, equalDigests } from '../../common/digest.ts';
import { FleetblockError } from '../../common/errors.ts';
import { failpoint } from '../../common/failpoint.ts';
import { parseRevision, type Revision } from '../../common/revision.ts';
import type { DropEvents__Output } from '../../proto/gen/fleetblock/v1/DropEvents.ts';
import type { Hello__Output } from '../../proto/gen/fleetblock/v1/Hello.ts';
import type { Nack__Output } from '../../proto/gen/fleetblock/v1/Nack.ts';
import type { Status__Output } from '../../proto/gen/fleetblock/v1/Status.ts';
import type { EncodedDelta } from '../views/delta.ts';
import { encodeDropWatch } from '../wire.ts';
import type { Ack } from './ack.ts';
import type { DropPlan } from './drop-watchers.ts';
import { Feed, type InFlight } from './feed.ts';
import { takeHello, takeStatus } from './host-report.ts';
import { type HostRefusal, type HostState, type HostStatus, unattached } from './host-state.ts';
import { Questions } from './questions.ts';
import { Retry } from './retry.ts';
import type { SessionContext, SessionStream } from './session-context.ts';

/**
 * feeding: gets every change as it comes. lagging: fell behind, gets nothing until it has taken what is under way.
 * catching-up: what it needs is being computed, or a snapshot waits for its slot. held: not fed until somebody acts.
 */
type Mode = 'feeding' | 'lagging' | 'catching-up' | 'held';

export class HostSession {
  readonly hostId: string;
  readonly state: HostState;
  readonly questions: Questions;
  readonly bootId: string;
  lastHeardMs: number;
  /** When a change was last put into its stream, monotonic milliseconds. */
  lastFedMs = Number.NEGATIVE_INFINITY;
  readonly #stream: SessionStream;
  readonly #context: SessionContext;
  readonly #feed: Feed;
  #mode: Mode = 'catching-up';
  #acked: Revision;
  #releaseSlot: (() => void) | undefined;
  readonly #retry: Retry;
  #fellBehind = false;
  #closed = false;
  #dropPlan: DropPlan = { intervalMs: 0, rows: 0 };

  constructor(hostId: string, state: HostState, hello: Hello__Output, stream: SessionStream, context: SessionContext) {
    this.hostId = hostId;
    this.state = state;
    this.bootId = hello.bootId;
    this.#stream = stream;
    this.#context = context;
    this.#acked = hello.storeEpoch === context.epoch ? parseRevision(hello.revision) : 0n;
    this.#feed = new Feed(stream, this.#acked, context.queueLimit);
    this.questions = new Questions((message) => this.#feed.urgent(message));
    this.#retry = new Retry(context, () => this.#sendSnapshot(false));
    this.lastHeardMs = context.monotonicMs();
    state.acked = this.#acked;
    takeHello(state, hello, context.wallMs());
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

  /** Asks whether it lives. Not on a stream that is full: nobody would read it, and pings without end would pile up there. */
  ping(nonce: bigint): void {
    if (!this.#feed.stalled) this.questions.ping(nonce);
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
    else if (this.#acked > this.#context.head()) this.#judgeClaim(this.#acked, hello.revisionSeal);
    else this.#catchUp(hello.digest);
  }

  /** It says that it holds more than the store has: proof that commits were lost, or a word that harms nobody but itself. */
  #judgeClaim(claimed: Revision, seal: Uint8Array): void {
    if (this.#context.lostCommits(this, claimed, seal)) return;
    this.#acked = 0n;
    this.state.acked = 0n;
    const head = this.#context.head();
    this.#hold({
      code: 'IMPOSSIBLE_REVISION',
      text: `it says that it holds revision ${claimed}, the store ends at ${head}, and it shows no proof: if commits were lost, restore a backup; else run fleetblock host resync for it`,
    });
  }

  onKeyKept(key: Uint8Array): void {
    this.#context.keyKept(this, key);
  }

  /** A change of its view. */
  send(delta: EncodedDelta): void {
    if (this.#mode !== 'feeding') return;
    this.#contained(() => {
      const messages = delta.messages(this.#feed.planned)[Symbol.iterator]();
      const { to, digest, committedMs } = delta;
      if (this.#feed.offer({ to, digest, committedMs, messages })) {
        this.lastFedMs = this.#context.monotonicMs();
        return;
      }
      this.#mode = 'lagging';
      this.#feed.dropUnsent();
      this.#fellBehind = true;
      this.#context.events.add('host.lagging', 'takes changes more slowly than they come', { hostId: this.hostId });
    });
  }

  /** A revision is through: a host that refused an earlier one gets another chance. */
  revisionSettled(): void {
    this.#retry.chance();
  }

  onReady(): void {
    this.#feed.onReady();
    this.#resumeIfDrained();
  }

  onAck(ack: Ack): void {
    failpoint('hub.ack.received');
    const due = this.#feed.takeReply();
    if (due !== 'stale') this.#judgeAck(ack, due);
    this.#resumeIfDrained();
  }

  onNack(nack: Nack__Output): void {
    const due = this.#feed.takeReply();
    if (due !== 'stale' && this.#mode !== 'held') this.#judgeNack(nack);
    this.#resumeIfDrained();
  }

  #judgeAck({ epoch, revision, digest, entries, kernelUs }: Ack, due: InFlight | undefined): void {
    if (!due || due.to !== revision || epoch !== this.#context.epoch) {
      this.end(new FleetblockError('INVALID_ARGUMENT', `an ack of revision ${revision} was not due: reconnect`));
      return;
    }
    this.state.entries = entries;
    if (!equalDigests(digest, due.digest)) {
      this.#drifted();
      return;
    }
    if (due.committedMs !== undefined)
      this.#context.meter.acked(this.#context.monotonicMs() - due.committedMs, kernelUs);
    this.#proven(revision);
    failpoint('hub.ack.proven');
  }

  #judgeNack({ code, text }: Nack__Output): void {
    this.#context.log.warn({ host: this.hostId, code, text }, 'a host refused a revision');
    switch (code) {
      case 'DIGEST':
        this.#drifted();
        return;
      case 'SEQUENCE':
      case 'MALFORMED':
        this.#repair(text);
        return;
      case 'EPOCH_MISMATCH':
      case 'REVISION_REGRESSION':
        this.#hold({ code, text });
        return;
      default:
        this.#hold({ code, text });
        this.#retry.arm();
    }
  }

  onStatus(status: Status__Output): void {
    const { events, meter } = this.#context;
    takeStatus(this.state, status, { hostId: this.hostId, events, meter });
    // Never the other way round: a status proves no revision.
    if (unattached(status.interfaces)) this.#context.progressed(this);
  }

  /** Asks the host to tell of drops so, when that is another way than it was asked before. */
  watchDrops({ intervalMs, rows }: DropPlan): void {
    if (intervalMs === this.#dropPlan.intervalMs && rows === this.#dropPlan.rows) return;
    this.#dropPlan = { intervalMs, rows };
    this.#feed.urgent(encodeDropWatch(intervalMs, rows));
  }

  onDropEvents(events: DropEvents__Output): void {
    this.#context.dropped(this, events);
  }

  heard(): void {
    this.lastHeardMs = this.#context.monotonicMs();
    this.state.lastSeenMs = this.#context.wallMs();
  }

  /** By an operator's order: the whole view, whatever the host holds. */
  resync(): void {
    this.#retry.clear();
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
    this.#retry.clear();
    this.#releaseSlot?.();
    this.#feed.abandon();
    this.questions.close();
  }

  /** Nothing more is sent until `resume`, `resync` or another stream. */
  hold(refusal: HostRefusal): void {
    this.#hold(refusal);
  }

  /** What it was held for is over. */
  resume(): void {
    if (this.#mode !== 'held') return;
    this.#retry.clear();
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
          this.send(this.#context.deltas.of(result.delta));
        } else if (digest && !equalDigests(digest, views.digestFor(this.hostId))) this.#drifted();
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
          const messages = snapshot.messages(revision, this.#context.sealOf(revision), resync, this.#context.wallMs);
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

  /** It holds something else than it should. */
  #drifted(): void {
    this.state.driftRepairs++;
    this.#context.meter.drift('controller', 1);
    this.#repair('its digest differs');
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
    this.state.refusal = refusal;
    this.#context.events.add('host.degraded', `${refusal.code}: ${refusal.text}`, { hostId: this.hostId });
    this.#retry.clear();
    this.#releaseSlot?.();
    this.#feed.restart(this.#acked);
    this.#context.progressed(this);
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
