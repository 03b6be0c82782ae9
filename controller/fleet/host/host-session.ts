// One host's live stream: what it holds and what it answers. Owns its state; the hub owns the session.
import { type Digest, equalDigests } from '../../../common/entries/digest.ts';
import { FleetblockError } from '../../../common/errors.ts';
import { failpoint } from '../../../common/failpoint.ts';
import { parseRevision, type Revision } from '../../../common/revision.ts';
import type { Ack } from '../../../common/sync-wire/ack.ts';
import { encodeDropWatch } from '../../../common/sync-wire/to-agent.ts';
import type { DropEvents__Output } from '../../../proto/gen/fleetblock/v1/DropEvents.ts';
import type { Hello__Output } from '../../../proto/gen/fleetblock/v1/Hello.ts';
import type { Nack__Output } from '../../../proto/gen/fleetblock/v1/Nack.ts';
import type { Status__Output } from '../../../proto/gen/fleetblock/v1/Status.ts';
import type { EncodedDelta } from '../../views/delta.ts';
import type { Slices } from '../../views/slices.ts';
import type { InFlight } from '../feed/feed.ts';
import { LooseChanges } from '../feed/loose-changes.ts';
import { impossibleRevision, otherStore } from '../feed/refusals.ts';
import { Retry } from '../feed/retry.ts';
import { Supply } from '../feed/supply.ts';
import type { DropPlan } from '../hub/drop-watchers.ts';
import type { LooseStanding } from '../hub/proof.ts';
import { takeHello, takeStatus } from './host-report.ts';
import { type HostReported, HostReports } from './host-reports.ts';
import { type HostRefusal, type HostState, type HostStatus, unattached } from './host-state.ts';
import { Questions } from './questions.ts';
import type { SessionDeps, SessionStream } from './session-deps.ts';

/** Decides what its host is sent next and whether an ack proves a revision. A host that returns gets a new session. */
export class HostSession {
  readonly hostId: string;
  readonly state: HostState;
  readonly questions: Questions;
  readonly reports: HostReports;
  readonly bootId: string;
  lastHeardMs: number;
  readonly #stream: SessionStream;
  readonly #deps: SessionDeps;
  readonly #supply: Supply;
  #acked: Revision;
  /** Worked out once per report: a thousand acks in a row ask for it. */
  #unattached: HostRefusal | undefined;
  readonly #retry: Retry;
  /** Rows of its view when it refused it last. */
  #refusedSize = 0;
  readonly #loose: LooseChanges;
  readonly #takesLoose: boolean;
  #dropPlan: DropPlan = { intervalMs: 0, rows: 0 };

  constructor(hostId: string, state: HostState, hello: Hello__Output, stream: SessionStream, deps: SessionDeps) {
    this.hostId = hostId;
    this.state = state;
    this.bootId = hello.bootId;
    this.#stream = stream;
    this.#deps = deps;
    this.#acked = hello.storeEpoch === deps.epoch ? parseRevision(hello.revision) : 0n;
    this.#supply = new Supply(hostId, this.#acked, stream, deps);
    const { feed } = this.#supply;
    this.questions = new Questions((message) => feed.urgent(message));
    const { takesLoose, takesJudged } = hello;
    const take = (reports: HostReported) => deps.takeReports(hostId, reports, !takesJudged);
    this.reports = new HostReports(take, (message, written) => {
      if (!this.#supply.closed) feed.reply(message, written);
    });
    this.#takesLoose = takesLoose;
    this.#loose = new LooseChanges(hostId, feed, deps);
    // By difference from what it holds: what it refused may have gone again, and it has all the rest already.
    this.#retry = new Retry(deps, () => (this.#acked === 0n ? this.#supply.snapshot(false) : this.#catchUp()));
    this.lastHeardMs = deps.monotonicMs();
    state.acked = this.#acked;
    takeHello(state, hello, deps.wallMs());
    this.#unattached = unattached(state.interfaces);
  }

  get acked(): Revision {
    return this.#acked;
  }

  /** Why its acks prove nothing: it refuses, or its maps hold a list that no program reads. */
  get refusal(): HostRefusal | undefined {
    return this.state.refusal ?? this.#unattached;
  }

  /** The revision whose ack proves that the host holds all that there is now; undefined when that is proven already. */
  get awaited(): Revision | undefined {
    return this.#supply.awaited;
  }

  /** When a change was last put into its stream, monotonic milliseconds. */
  get lastFedMs(): number {
    return this.#supply.lastFedMs;
  }

  get status(): HostStatus {
    if (this.state.refusal || this.state.problems.length > 0) return 'degraded';
    return this.awaited === undefined ? 'synced' : 'lagging';
  }

  /** Asks whether it lives. Not on a stream that is full: pings would only pile up there. */
  ping(nonce: bigint): void {
    if (!this.#supply.feed.stalled) this.questions.ping(nonce);
  }

  /** Welcome first, then whatever the host lacks. `toResync`: an operator has ordered so before it came. */
  begin(welcome: Buffer, hello: Hello__Output, toResync: boolean): void {
    this.#supply.feed.urgent(welcome);
    const quarantined = this.#deps.quarantined();
    if (quarantined !== undefined) this.#stopFeeding({ code: 'QUARANTINE', text: quarantined });
    else if (hello.storeEpoch === '') this.#supply.snapshot(false);
    else if (toResync) this.resync();
    else if (hello.storeEpoch !== this.#deps.epoch) this.#stopFeeding(otherStore(hello.storeEpoch));
    else if (this.#acked > this.#deps.head()) this.#judgeClaim(this.#acked, hello.revisionSeal);
    else this.#catchUp(hello.digest);
  }

  /** It says that it holds more than the store has: proof that commits were lost, or a claim that harms only the host itself. */
  #judgeClaim(claimed: Revision, seal: Uint8Array): void {
    if (this.#deps.lostCommits(this, claimed, seal)) return;
    this.#acked = 0n;
    this.state.acked = 0n;
    this.#stopFeeding(impossibleRevision(claimed, this.#deps.head()));
  }

  onKeyKept(key: Uint8Array): void {
    this.#deps.keyKept(this, key);
  }

  /** Whether it holds one revision's change, although it refused an earlier one. */
  loosely(revision: Revision): LooseStanding {
    return this.#unattached ? undefined : this.#loose.standing(revision);
  }

  /** It refused something as too much, and can still get later changes by themselves. */
  get lacksRoom(): boolean {
    return this.#takesLoose && this.state.refusal?.code === 'CAPACITY';
  }

  /** Gives a host that lacks room what one revision wrote. To be run while that is settled. */
  *sendApart(revision: Revision): Slices {
    if (this.#acked === 0n) this.#loose.awaitWhole(revision);
    else yield* this.#loose.send(revision);
  }

  /** A change of its view. */
  send(delta: EncodedDelta): void {
    if (!this.lacksRoom) this.#supply.send(delta);
    else if (this.#acked === 0n) this.#loose.awaitWhole(delta.to);
    else if (delta.removesOnly) this.#supply.contained(() => this.#loose.sendRemoval(delta));
  }

  /** A revision is out: a host that refused an earlier one gets another chance. */
  revisionSettled(): void {
    // This runs for every host at every revision, and hardly any of them waits so.
    if (this.#retry.armed) this.#retry.chance(this.#deps.views.sizeFor(this.hostId) < this.#refusedSize);
  }

  onReady(): void {
    this.#supply.feed.onReady();
    this.#resumeIfDrained();
  }

  onAck(ack: Ack): void {
    failpoint('hub.ack.received');
    const due = this.#supply.feed.takeReply();
    if (due !== 'stale' && due?.loose === true) this.#judgeLoose(due, ack);
    else if (due !== 'stale') this.#judgeAck(ack, due);
    this.#resumeIfDrained();
  }

  onNack(nack: Nack__Output): void {
    const due = this.#supply.feed.takeReply();
    if (due !== 'stale' && due?.loose === true) this.#judgeLoose(due);
    else if (due !== 'stale' && !this.#supply.stopped) this.#judgeNack(nack, due);
    this.#resumeIfDrained();
  }

  #judgeAck({ epoch, revision, digest, entries, kernelUs }: Ack, due: InFlight | undefined): void {
    if (!due || due.to !== revision || epoch !== this.#deps.epoch) {
      this.end(new FleetblockError('INVALID_ARGUMENT', `an ack of revision ${revision} was not due: reconnect`));
      return;
    }
    this.state.entries = entries;
    if (!equalDigests(digest, due.digest)) {
      this.#drifted();
      return;
    }
    if (due.committedMs !== undefined) this.#deps.meter.acked(this.#deps.monotonicMs() - due.committedMs, kernelUs);
    this.#proven(revision);
    failpoint('hub.ack.proven');
    // What it took by itself meanwhile is no revision yet.
    if (this.#loose.last > revision && this.#supply.feeding && this.#supply.feed.planned === revision) this.#catchUp();
  }

  /** `ack` undefined: it refused this change too. */
  #judgeLoose({ to }: InFlight, ack?: Ack): void {
    if (ack) this.state.entries = ack.entries;
    this.#loose.answered(to, ack !== undefined);
    this.#deps.progressed(this);
  }

  #judgeNack({ code, text }: Nack__Output, due: InFlight | undefined): void {
    this.#deps.log.warn({ host: this.hostId, code, text }, 'a host refused a revision');
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
        this.#stopFeeding({ code, text });
        return;
      default: {
        if (due) this.#loose.refused(due.to);
        const resend = due && code === 'CAPACITY' && this.#takesLoose ? this.#loose.sendAfter(due.to) : undefined;
        this.#stopFeeding({ code, text });
        this.#refusedSize = this.#deps.views.sizeFor(this.hostId);
        this.#retry.arm();
        resend?.(
          () => !this.#supply.closed && this.lacksRoom && this.#acked !== 0n,
          () => this.#retry.chance(true),
        );
      }
    }
  }

  onStatus(status: Status__Output): void {
    const { events, meter } = this.#deps;
    takeStatus(this.state, status, { hostId: this.hostId, events, meter });
    // Never the other way round: a status proves no revision.
    this.#unattached = unattached(status.interfaces);
    if (this.#unattached) this.#deps.progressed(this);
  }

  /** Asks the host to report drops in this way, unless it was asked the same before. */
  watchDrops({ intervalMs, rows }: DropPlan): void {
    if (intervalMs === this.#dropPlan.intervalMs && rows === this.#dropPlan.rows) return;
    this.#dropPlan = { intervalMs, rows };
    this.#supply.feed.urgent(encodeDropWatch(intervalMs, rows));
  }

  onDropEvents(events: DropEvents__Output): void {
    this.#deps.dropped(this, events);
  }

  heard(): void {
    this.lastHeardMs = this.#deps.monotonicMs();
    this.state.lastSeenMs = this.#deps.wallMs();
  }

  /** By an operator's order: the whole view, whatever the host holds. */
  resync(): void {
    this.#retry.reset();
    this.state.refusal = undefined;
    this.#supply.feed.restart(0n);
    this.#supply.snapshot(true);
  }

  end(error: FleetblockError): void {
    this.#stream.end(error);
  }

  /** The stream has ended, on either side. Idempotent. */
  close(): void {
    if (this.#supply.closed) return;
    this.#retry.clear();
    this.#supply.close();
    this.questions.close();
  }

  /** Nothing more is sent until `resume`, `resync` or another stream. */
  stopFeeding(refusal: HostRefusal): void {
    this.#stopFeeding(refusal);
  }

  /** What it was stopped for is over. */
  resume(): void {
    if (!this.#supply.stopped) return;
    this.#retry.reset();
    this.state.refusal = undefined;
    this.#catchUp();
  }

  /** `digest`: of what it says that it holds. */
  #catchUp(digest?: Digest): void {
    const { views } = this.#deps;
    this.#supply.catchUp(() => {
      if (digest && !equalDigests(digest, views.digestFor(this.hostId))) this.#drifted();
      else this.#proven(views.revision);
    });
  }

  /** It holds something else than it should. */
  #drifted(): void {
    this.state.driftRepairs++;
    this.#deps.meter.drift('controller', 1);
    this.#repair('its digest differs');
  }

  /** The host does not hold what it should: the whole view, which it applies by difference. */
  #repair(why: string): void {
    this.#deps.log.warn({ host: this.hostId, why }, 'sending the whole view again');
    this.#deps.events.add('host.drift', `${why}: the whole view is sent again`, { hostId: this.hostId });
    // Not even what it said it holds: a revision with another digest is no revision of this store's.
    this.#acked = 0n;
    this.state.acked = 0n;
    this.#supply.feed.restart(0n);
    this.#supply.snapshot(false);
  }

  #stopFeeding(refusal: HostRefusal): void {
    this.state.refusal = refusal;
    this.#deps.events.add('host.degraded', `${refusal.code}: ${refusal.text}`, { hostId: this.hostId });
    this.#retry.clear();
    this.#supply.stopFeeding(this.#acked);
    this.#deps.progressed(this);
  }

  #proven(revision: Revision): void {
    if (this.#supply.caughtUp())
      this.#deps.events.add('host.synced', 'has caught up', { hostId: this.hostId, revision });
    if (this.state.refusal)
      this.#deps.events.add('host.recovered', 'holds its list', { hostId: this.hostId, revision });
    this.#acked = revision;
    this.state.acked = revision;
    this.state.refusal = undefined;
    this.#retry.reset();
    this.#deps.progressed(this);
  }

  /** A host that fell behind and has now taken all that was under way gets the rest as one change. */
  #resumeIfDrained(): void {
    if (this.#supply.drained) this.#catchUp();
  }
}
