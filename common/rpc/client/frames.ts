// gRPC's framing, which Connect's streams have too: a byte of flags, the first of which says whether the message is compressed, four bytes
// of length in network order, the message.
import { type ErrorCode, FleetblockError } from '../../errors.ts';
import { Gathered } from './gathered.ts';

const HEADER = 5;

/** @throws FleetblockError RESOURCE_EXHAUSTED: longer than `maxBytes` */
export function frameOf(message: Uint8Array, maxBytes: number): Buffer {
  if (message.length > maxBytes)
    throw new FleetblockError('RESOURCE_EXHAUSTED', `a message of ${message.length} bytes, at most ${maxBytes}`);
  const frame = Buffer.allocUnsafe(HEADER + message.length);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, HEADER);
  return frame;
}

/** Who sends the frames, and what it is called when they are wrong. */
export interface Sender {
  readonly name: string;
  readonly fault: ErrorCode;
}

const CONTROLLER: Sender = { name: 'the controller', fault: 'INTERNAL' };

/** Puts messages together from the pieces in which they arrive. */
export class FrameReader {
  readonly #maxBytes: number;
  readonly #sender: Sender;
  readonly #gathered = new Gathered();
  /** Bytes that must be there before it is worth looking. */
  #needed = HEADER;

  /** `maxBytes`: of one message. */
  constructor(maxBytes: number, sender = CONTROLLER) {
    this.#maxBytes = maxBytes;
    this.#sender = sender;
  }

  /** A frame has begun, and is not whole. */
  get inFrame(): boolean {
    return this.#gathered.length > 0;
  }

  /** @returns what is whole now, maybe views into the piece. @throws FleetblockError (the sender's fault, RESOURCE_EXHAUSTED): read no further */
  take(piece: Buffer): Buffer[] {
    const whole = this.#gathered.length === 0 && piece.length >= this.#needed;
    if (!whole) this.#gathered.add(piece);
    if (!whole && this.#gathered.length < this.#needed) return [];
    const bytes = whole ? piece : this.#gathered.take();
    const messages: Buffer[] = [];
    let at = 0;
    this.#needed = HEADER;
    while (bytes.length - at >= HEADER) {
      if (bytes[at] !== 0)
        throw new FleetblockError(this.#sender.fault, `${this.#sender.name} sent a compressed message`);
      const length = bytes.readUInt32BE(at + 1);
      if (length > this.#maxBytes)
        throw new FleetblockError(
          'RESOURCE_EXHAUSTED',
          `${this.#sender.name} sent a message of ${length} bytes, at most ${this.#maxBytes}`,
        );
      this.#needed = HEADER + length;
      if (bytes.length - at < this.#needed) break;
      messages.push(bytes.subarray(at + HEADER, at + this.#needed));
      at += this.#needed;
      this.#needed = HEADER;
    }
    this.#gathered.add(bytes.subarray(at));
    return messages;
  }
}
