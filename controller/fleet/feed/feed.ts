// What must still be sent to one host: a bounded queue over its stream. It writes while the stream takes, never more, and says when
// it has fallen behind instead of growing.
import type { Digest } from '../../../common/entries/digest.ts';
import { failpoint } from '../../../common/failpoint.ts';
import type { Revision } from '../../../common/revision.ts';

/** The sending half of a stream. */
export interface Sink {
  /** @returns false when nothing more may be written until `Feed.onReady` is called. */
  write(message: Buffer): boolean;
}

/** One revision for one host: one message or many. */
export interface Shipment {
  readonly to: Revision;
  readonly digest: Digest;
  /** When the change was committed, monotonic milliseconds; left out for what is no single change. */
  readonly committedMs?: number | undefined;
  /** A change by itself: it moves no revision, and a restart does not concern it. */
  readonly loose?: boolean;
  /** Asked for one at a time, as the stream takes them. */
  readonly messages: Iterator<Buffer>;
  /** Called once: when the last message is written, or when the shipment is dropped before. */
  readonly done?: () => void;
}

/** A revision that is sent and not answered: what its ack must say. */
export interface InFlight {
  readonly to: Revision;
  readonly digest: Digest;
  readonly committedMs: number | undefined;
  readonly loose: boolean;
}

/** Acks arrive in the order of what was written, so each reply is matched to the oldest unanswered shipment. */
export class Feed {
  readonly #sink: Sink;
  readonly #limit: number;
  readonly #queue: Shipment[] = [];
  readonly #replies: { readonly message: Buffer; readonly written: () => void }[] = [];
  /** The next message of the first shipment, when that is half out: it must be finished, or the stream must end. */
  #next: Buffer | undefined;
  #ready = true;
  /** Replies still to come, in order; `stale`: to what was sent before a restart. */
  readonly #inFlight: { readonly due: InFlight; stale: boolean }[] = [];
  /** The shipment that is half out belongs to before the restart. */
  #staleShipment = false;
  #sent: Revision;

  /** `held`: what the host holds now. `limit`: shipments that may wait, and that may be unanswered. */
  constructor(sink: Sink, held: Revision, limit: number) {
    this.#sink = sink;
    this.#sent = held;
    this.#limit = limit;
  }

  /** What the host will hold after everything that was offered. */
  get planned(): Revision {
    const last = this.#queue.findLast(({ loose }, i) => loose !== true && !(this.#staleShipment && i === 0));
    return last?.to ?? this.#sent;
  }

  /** Everything written, everything answered. */
  get idle(): boolean {
    return this.#queue.length === 0 && this.#inFlight.length === 0;
  }

  /** @returns false when it is full: nothing was taken. */
  offer(shipment: Shipment): boolean {
    if (this.#queue.length >= this.#limit || this.#unanswered >= this.#limit) return false;
    this.#queue.push(shipment);
    this.pump();
    return true;
  }

  /** A message outside the order of revisions: welcome, ping. */
  urgent(message: Buffer): void {
    if (!this.#sink.write(message)) this.#ready = false;
  }

  /** A message outside the order of revisions that waits until the stream takes it: `written` is called then. */
  reply(message: Buffer, written: () => void): void {
    this.#replies.push({ message, written });
    this.pump();
  }

  /** The stream takes nothing more for now. */
  get stalled(): boolean {
    return !this.#ready;
  }

  /** The stream takes more. */
  onReady(): void {
    this.#ready = true;
    this.pump();
  }

  pump(): void {
    for (;;) {
      const reply = this.#ready ? this.#replies.shift() : undefined;
      if (reply) {
        this.#ready = this.#sink.write(reply.message);
        reply.written();
        continue;
      }
      const shipment = this.#queue[0];
      if (!shipment || !this.#ready) return;
      const message = this.#next ?? take(shipment);
      // One message of look-ahead: the last one must be known as the last before its answer can come.
      this.#next = take(shipment);
      if (message) {
        failpoint('hub.send.before');
        this.#ready = this.#sink.write(message);
        failpoint('hub.send.after');
      }
      if (!this.#next) this.#finish(shipment);
    }
  }

  /** Forgets what is not written yet, except loose shipments and one that is half out. */
  dropUnsent(): void {
    for (const shipment of this.#queue.splice(this.#next ? 1 : 0))
      if (shipment.loose) this.#queue.push(shipment);
      else shipment.done?.();
  }

  /** The stream is gone. */
  abandon(): void {
    for (const shipment of this.#queue.splice(0)) shipment.done?.();
    this.#replies.length = 0;
    this.#next = undefined;
    this.#inFlight.length = 0;
  }

  /** What a reply that just came is about: `stale` for what was sent before a restart, undefined when none is due. */
  takeReply(): InFlight | 'stale' | undefined {
    const reply = this.#inFlight.shift();
    return reply?.stale ? 'stale' : reply?.due;
  }

  /** After a refusal the host holds `held`; replies to everything sent since must be ignored. */
  restart(held: Revision): void {
    this.dropUnsent();
    for (const reply of this.#inFlight) if (!reply.due.loose) reply.stale = true;
    this.#staleShipment = this.#next !== undefined && this.#queue[0]?.loose !== true;
    this.#sent = held;
  }

  get #unanswered(): number {
    return this.#inFlight.reduce((sum, { stale }) => sum + (stale ? 0 : 1), 0);
  }

  #finish(shipment: Shipment): void {
    this.#queue.shift();
    const { to, digest, committedMs, loose = false } = shipment;
    if (!loose && !this.#staleShipment) this.#sent = to;
    this.#inFlight.push({ due: { to, digest, committedMs, loose }, stale: this.#staleShipment });
    this.#staleShipment = false;
    shipment.done?.();
  }
}

function take(shipment: Shipment): Buffer | undefined {
  const next = shipment.messages.next();
  return next.done ? undefined : next.value;
}
