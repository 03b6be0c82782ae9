// Detects changes to a map's memory by anything but this process, which alone may write there: a checksum for every 4 KiB,
// verified before the first write of a change and taken again after it. A million entries take some 10 MB: 6 ms of CPU time.
import { crc32 } from 'node:zlib';

const CHUNK_SHIFT = 12;
const CHUNK_BYTES = 1 << CHUNK_SHIFT;

/** Stops nothing: it only finds out afterwards that a map was written to by something else. */
export class MemorySeal {
  readonly #bytes: () => Uint8Array;
  #sums = new Uint32Array(0);
  /** 1 for chunks that the change under way writes to. */
  #open = new Uint8Array(0);
  readonly #written: number[] = [];
  #broken = 0;

  /** `bytes`: the memory, which may have become longer from one call to the next. Not watched before `seal`. */
  constructor(bytes: () => Uint8Array) {
    this.#bytes = bytes;
  }

  /** Takes the present contents as correct. Call it before they are compared with what they should be, so that no change slips in between. */
  seal(): void {
    this.#sums = new Uint32Array(0);
    this.#open = new Uint8Array(0);
    this.#written.length = 0;
    this.#broken = 0;
    this.#sumNew(this.#bytes());
  }

  /** Call this before these bytes are written. */
  opening(byte: number, bytes: number): void {
    for (let chunk = byte >>> CHUNK_SHIFT; chunk <= (byte + bytes - 1) >>> CHUNK_SHIFT; chunk++) {
      // Anything beyond was reached by this change itself.
      if (this.#open[chunk] !== 0 || chunk >= this.#sums.length) continue;
      this.#open[chunk] = 1;
      this.#written.push(chunk);
      if (this.#sums[chunk] !== sumOf(this.#bytes(), chunk)) this.#broken++;
    }
  }

  /** The change is complete. */
  reseal(): void {
    if (this.#sums.length === 0) return;
    const bytes = this.#bytes();
    for (const chunk of this.#written) {
      this.#sums[chunk] = sumOf(bytes, chunk);
      this.#open[chunk] = 0;
    }
    this.#written.length = 0;
    this.#sumNew(bytes);
  }

  /** @returns how many chunks something else has changed since `seal`. Not to be called during a change. */
  broken(): number {
    const bytes = this.#bytes();
    let broken = this.#broken;
    for (let chunk = 0; chunk < this.#sums.length; chunk++) if (this.#sums[chunk] !== sumOf(bytes, chunk)) broken++;
    return broken;
  }

  #sumNew(bytes: Uint8Array): void {
    const before = this.#sums;
    const chunks = Math.ceil(bytes.length / CHUNK_BYTES);
    if (chunks === before.length) return;
    this.#sums = new Uint32Array(chunks);
    this.#sums.set(before);
    this.#open = new Uint8Array(chunks);
    for (let chunk = before.length; chunk < chunks; chunk++) this.#sums[chunk] = sumOf(bytes, chunk);
  }
}

function sumOf(bytes: Uint8Array, chunk: number): number {
  return crc32(bytes.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES));
}
