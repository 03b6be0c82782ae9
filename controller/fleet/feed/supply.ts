// Brings one host what it lacks: each change as it comes while the host keeps up, else the difference from what it holds, or its whole
// view. The session judges what the host answers.
import { FleetblockError } from '../../../common/errors.ts';
import type { Revision } from '../../../common/revision.ts';
import type { EncodedDelta } from '../../views/delta.ts';
import type { SessionDeps, SessionStream } from '../host/session-deps.ts';
import { Feed } from './feed.ts';

/**
 * feeding: gets every change as it comes. lagging: fell behind, gets nothing until it has taken what is under way.
 * catching-up: what it needs is being computed, or a snapshot waits for its slot. stopped: not fed until an operator acts.
 */
type Mode = 'feeding' | 'lagging' | 'catching-up' | 'stopped';

/** Chooses between deltas and snapshots for one session, and takes a snapshot slot until the snapshot is written or dropped. */
export class Supply {
  readonly feed: Feed;
  /** When a change was last put into the stream, monotonic milliseconds. */
  lastFedMs = Number.NEGATIVE_INFINITY;
  readonly #hostId: string;
  readonly #stream: SessionStream;
  readonly #deps: SessionDeps;
  #mode: Mode = 'catching-up';
  #releaseSlot: (() => void) | undefined;
  #fellBehind = false;
  #closed = false;

  /** `held`: the revision that the host holds now. */
  constructor(hostId: string, held: Revision, stream: SessionStream, deps: SessionDeps) {
    this.#hostId = hostId;
    this.#stream = stream;
    this.#deps = deps;
    this.feed = new Feed(stream, held, deps.queueLimit);
  }

  get closed(): boolean {
    return this.#closed;
  }

  get feeding(): boolean {
    return this.#mode === 'feeding';
  }

  get stopped(): boolean {
    return this.#mode === 'stopped';
  }

  /** The host fell behind and has now taken all that was under way: it can get the rest as one change. */
  get drained(): boolean {
    return this.#mode === 'lagging' && this.feed.idle;
  }

  /** The revision whose ack proves that the host holds all that there is now; undefined when that is proven already. */
  get awaited(): Revision | undefined {
    if (!this.feeding) return this.#deps.views.revision;
    return this.feed.idle ? undefined : this.feed.planned;
  }

  /** A change of the host's view, when it keeps up. */
  send(delta: EncodedDelta): void {
    if (this.feeding) this.contained(() => this.#next(delta));
  }

  /** Sends what the host lacks; `holdsAll` is called instead when that is nothing. */
  catchUp(holdsAll: () => void): void {
    this.#mode = 'catching-up';
    this.#deps.views.catchUp(this.#hostId, this.feed.planned, (result) =>
      this.contained(() => {
        if (this.#closed || this.#mode !== 'catching-up') return;
        if (result.kind === 'snapshot') {
          this.snapshot(false);
          return;
        }
        this.#mode = 'feeding';
        if (result.kind === 'delta') this.#next(this.#deps.deltas.of(result.delta));
        else holdsAll();
      }),
    );
  }

  /** Sends the whole view, when its turn comes. `resync`: whatever epoch the host holds. */
  snapshot(resync: boolean): void {
    this.#mode = 'catching-up';
    this.#releaseSlot?.();
    this.#releaseSlot = this.#deps.snapshotSlots.acquire((release) => {
      this.#deps.views.snapshot(this.#hostId, (snapshot, revision) =>
        this.contained(() => {
          if (this.#closed || this.#mode !== 'catching-up' || !snapshot) {
            release();
            return;
          }
          this.#mode = 'feeding';
          const messages = snapshot.messages(revision, this.#deps.sealOf(revision), resync, this.#deps.wallMs);
          this.feed.offer({ to: revision, digest: snapshot.digest, messages, done: release });
        }),
      );
    });
  }

  /** Nothing more, until `catchUp` or `snapshot`. `acked`: what the host is known to hold. */
  stopFeeding(acked: Revision): void {
    this.#mode = 'stopped';
    this.#releaseSlot?.();
    this.feed.restart(acked);
  }

  /** @returns true once, when a host that fell behind has all again */
  caughtUp(): boolean {
    if (!this.#fellBehind || !this.feeding || !this.feed.idle) return false;
    this.#fellBehind = false;
    return true;
  }

  /** What goes wrong with one host's stream ends that stream and nothing else. */
  contained(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#deps.log.error({ err: error, host: this.#hostId }, 'a host could not be fed');
      this.#stream.end(new FleetblockError('INTERNAL', 'internal error: see the log of the controller'));
    }
  }

  /** The stream is gone. */
  close(): void {
    this.#closed = true;
    this.#releaseSlot?.();
    this.feed.abandon();
  }

  #next(delta: EncodedDelta): void {
    const messages = delta.messages(this.feed.planned)[Symbol.iterator]();
    const { to, digest, committedMs } = delta;
    if (this.feed.offer({ to, digest, committedMs, messages })) {
      this.lastFedMs = this.#deps.monotonicMs();
      return;
    }
    this.#mode = 'lagging';
    this.feed.dropUnsent();
    this.#fellBehind = true;
    this.#deps.events.add('host.lagging', 'takes changes more slowly than they come', { hostId: this.#hostId });
  }
}
