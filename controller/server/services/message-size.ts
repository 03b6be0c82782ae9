// Replies stay below the limit of one message, whatever they contain: lists are cut into several messages, or to what fits.
import { nextTurn } from '../../../common/time/pacer.ts';

/** Of one message's list, bytes: four such lists and the other fields are below the limit. */
const MAX_LIST_BYTES = 192 * 1024;
const MAX_LIST_ITEMS = 200;

/** An upper bound of what a value takes on the wire, bytes. */
export function wireBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 8;
  if (value instanceof Uint8Array) return value.length + 8;
  if (typeof value !== 'object' || value === null) return 12;
  // Keys of a map are texts too; those of a message are bytes.
  let bytes = 8;
  for (const [key, item] of Object.entries(value)) bytes += wireBytes(item) + (Array.isArray(value) ? 0 : key.length);
  return bytes;
}

/** Cuts a list into those of several messages. */
export function* inMessages<T>(items: Iterable<T>): Generator<T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const more = wireBytes(item);
    if (batch.length > 0 && (batch.length === MAX_LIST_ITEMS || bytes + more > MAX_LIST_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += more;
  }
  if (batch.length > 0) yield batch;
}

/**
 * The same for lists that grow for as long as a fleet lives: what is kept becomes what is sent message by message, and others get a
 * turn after each.
 */
export async function* inPaces<Kept, Sent>(
  items: Iterable<Kept>,
  toWire: (item: Kept) => Sent,
): AsyncGenerator<Sent[]> {
  function* sent(): Generator<Sent> {
    for (const item of items) yield toWire(item);
  }
  for (const batch of inMessages(sent())) {
    yield batch;
    await nextTurn();
  }
}

/** What is left of the room for a list in one message. */
export class ListRoom {
  #bytes: number;

  constructor(bytes = MAX_LIST_BYTES) {
    this.#bytes = bytes;
  }

  /** The first of the items, as many as fit. */
  fitting<T>(items: readonly T[]): T[] {
    const cut = items.findIndex((item) => {
      this.#bytes -= wireBytes(item);
      return this.#bytes < 0;
    });
    return cut < 0 ? [...items] : items.slice(0, cut);
  }
}
