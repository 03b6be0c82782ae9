// Collects rows into packed columns without an object per row.
import type { Family } from '../text/prefix.ts';
import { addressBytes, type FamilyColumns, NO_ROWS, type PackedEntries, type TimeBase } from './packed.ts';
import type { KeyAt } from './rows.ts';

/** Rows of both families, whose times are what `Base` says. */
export class ColumnsBuilder<Base extends TimeBase> {
  readonly #v4 = new FamilyBuilder<Base>(4);
  readonly #v6 = new FamilyBuilder<Base>(6);

  get size(): number {
    return this.#v4.count + this.#v6.count;
  }

  /** `address`: network byte order at `offset`. `timeMs`: 0 for no end. */
  add(family: Family, address: Uint8Array, offset: number, length: number, flags: number, timeMs: number): void {
    (family === 4 ? this.#v4 : this.#v6).add(address, offset, length, flags, timeMs);
  }

  /** The row that a key points at, with other flags and another time. */
  addKey(key: KeyAt, flags: number, timeMs: number): void {
    this.add(key.family, key.address, key.offset, key.length, flags, timeMs);
  }

  /** What was added; the builder is not to be used afterwards. */
  finish(): PackedEntries<Base> {
    return { v4: this.#v4.finish(), v6: this.#v6.finish() };
  }
}

/** Rows of one family. */
export class FamilyBuilder<Base extends TimeBase> {
  count = 0;
  readonly #width: number;
  #addresses: Uint8Array<ArrayBuffer>;
  #lengths = new Uint8Array(8);
  #flags = new Uint8Array(8);
  /** Made with the first row that has a time. */
  #times: Float64Array<ArrayBuffer> | undefined;

  constructor(family: Family) {
    this.#width = addressBytes(family);
    this.#addresses = new Uint8Array(8 * this.#width);
  }

  add(address: Uint8Array, offset: number, length: number, flags: number, timeMs: number): void {
    if (this.count === this.#lengths.length) this.#grow();
    const at = this.count * this.#width;
    for (let i = 0; i < this.#width; i++) this.#addresses[at + i] = address[offset + i] ?? 0;
    this.#lengths[this.count] = length;
    this.#flags[this.count] = flags;
    if (timeMs > 0) this.#times ??= new Float64Array(this.#lengths.length);
    if (this.#times) this.#times[this.count] = timeMs;
    this.count++;
  }

  finish(): FamilyColumns<Base> {
    return {
      count: this.count,
      addresses: this.#addresses.subarray(0, this.count * this.#width),
      lengths: this.#lengths.subarray(0, this.count),
      flags: this.#flags.subarray(0, this.count),
      timesMs: this.#times?.subarray(0, this.count) ?? NO_ROWS.timesMs,
    };
  }

  #grow(): void {
    const rows = this.#lengths.length * 2;
    this.#addresses = grown(this.#addresses, new Uint8Array(rows * this.#width));
    this.#lengths = grown(this.#lengths, new Uint8Array(rows));
    this.#flags = grown(this.#flags, new Uint8Array(rows));
    if (this.#times) this.#times = grown(this.#times, new Float64Array(rows));
  }
}

function grown<T extends { set(source: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
