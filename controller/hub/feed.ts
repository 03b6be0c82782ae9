// What one host still has to be sent: a bounded queue over its stream. It writes while the stream takes, never more, and says when
// it has fallen behind instead of growing.
import type { Digest } from '../../common/digest.ts';
import { failpoint } from '../../common/failpoint.ts';
import type { Revision } from '../../common/revision.ts';

/** The sending half of a stream. */
export interface Sink {
  /** @returns false when no more is to be written until `Feed.onReady` is called. */
  write(message: Buffer): boolean;
}

/** One revision for one host: one message or many. */
export interface Shipment {
  readonly to: Revision;
  readonly digest: Digest;
  /** When the change was committed, monotonic milliseconds; left out for what is no single change. */
  readonly committedMs?: number | undefined;
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
}

export class Feed {
  readonly #sink: Sink;
  readonly #limit: number;
  readonly #queue: Shipment[] = [];
  /** The next message of the first shipment, when that is half out: it must go on, or the stream must end. */
  #next: Buffer | undefined;
  #ready = true;
  readonly #inFlight: InFlight[] = [];
  /** Replies still to come to what was sent before a restart. */
  #stale = 0;
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
    const last = this.#queue.at(-1);
    return last && !(this.#staleShipment && this.#queue.length === 1) ? last.to : this.#sent;
  }

  /** Everything written, everything answered. */
  get settled(): boolean {
    return this.#queue.length === 0 && this.#inFlight.length === 0 && this.#stale === 0;
  }

  /** @returns false when it is full: nothing was taken. */
  offer(shipment: Shipment): boolean {
    if (this.#queue.length >= this.#limit || this.#inFlight.length >= this.#limit) return false;
    this.#queue.push(shipment);
    this.pump();
    return true;
  }

  /** A message outside the order of revisions: welcome, ping. */
  urgent(message: Buffer): void {
    if (!this.#sink.write(message)) this.#ready = false;
  }

  /** The stream takes no more for now. */
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

  /** Forgets what is not written yet, but for a shipment that is half out. */
  dropUnsent(): void {
    for (const shipment of this.#queue.splice(this.#next ? 1 : 0)) shipment.done?.();
  }

  /** The stream is gone. */
  abandon(): void {
    for (const shipment of this.#queue.splice(0)) shipment.done?.();
    this.#next = undefined;
    this.#inFlight.length = 0;
    this.#stale = 0;
  }

  /** What a reply that just came is about: `stale` for what was sent before a restart, undefined when none is due. */
  takeReply(): InFlight | 'stale' | undefined {
    if (this.#stale > 0) {
      this.#stale--;
      return 'stale';
    }
    return this.#inFlight.shift();
  }

  /** After a refusal the host holds `held`; replies to all that was sent since are to be passed over. */
  restart(held: Revision): void {
    this.dropUnsent();
    this.#stale += this.#inFlight.length;
    this.#inFlight.length = 0;
    this.#staleShipment = this.#next !== undefined;
    this.#sent = held;
  }

  #finish(shipment: Shipment): void {
    this.#queue.shift();
    if (this.#staleShipment) {
      this.#staleShipment = false;
      this.#stale++;
    } else {
      this.#sent = shipment.to;
      this.#inFlight.push({ to: shipment.to, digest: shipment.digest, committedMs: shipment.committedMs });
    }
    shipment.done?.();
  }
}

function take(shipment: Shipment): Buffer | undefined {
  const next = shipment.messages.next();
  return next.done ? undefined : next.value;
}
