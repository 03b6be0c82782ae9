// Collects rows into packed columns without an object a row.
import { addressBytes, type FamilyColumns, type PackedEntries } from '../../common/entries/packed.ts';
import type { Family } from '../../common/text/prefix.ts';
import type { KeyAt } from './layer.ts';

export class ColumnsBuilder {
  readonly #v4 = new FamilyBuilder(4);
  readonly #v6 = new FamilyBuilder(6);

  get size(): number {
    return this.#v4.count + this.#v6.count;
  }

  /** `address` holds network byte order at `offset`; `timeMs` is 0 or whatever the reader takes it for. */
  add(family: Family, address: Uint8Array, offset: number, length: number, flags: number, timeMs: number): void {
    (family === 4 ? this.#v4 : this.#v6).add(address, offset, length, flags, timeMs);
  }

  addKey(key: KeyAt, flags: number, timeMs: number): void {
    this.add(key.family, key.address, key.offset, key.length, flags, timeMs);
  }

  /** What was added; the builder is not to be used afterwards. */
  finish(): PackedEntries {
    return { v4: this.#v4.finish(), v6: this.#v6.finish() };
  }
}

class FamilyBuilder {
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

  finish(): FamilyColumns {
    return {
      count: this.count,
      addresses: this.#addresses.subarray(0, this.count * this.#width),
      lengths: this.#lengths.subarray(0, this.count),
      flags: this.#flags.subarray(0, this.count),
      ttlsMs: this.#times?.subarray(0, this.count) ?? new Float64Array(0),
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

/** All rows one after the other. */
export function joinColumns(parts: readonly PackedEntries[]): PackedEntries {
  const join = (family: 'v4' | 'v6'): FamilyColumns => {
    const columns = parts.map((part) => part[family]).filter((part) => part.count > 0);
    const count = columns.reduce((sum, part) => sum + part.count, 0);
    return {
      count,
      addresses: Buffer.concat(columns.map((part) => part.addresses)),
      lengths: Buffer.concat(columns.map((part) => part.lengths)),
      flags: Buffer.concat(columns.map((part) => part.flags)),
      ttlsMs: joinTimes(columns, count),
    };
  };
  return { v4: join('v4'), v6: join('v6') };
}

function joinTimes(columns: readonly FamilyColumns[], count: number): Float64Array {
  if (columns.every((part) => part.ttlsMs.length === 0)) return new Float64Array(0);
  const times = new Float64Array(count);
  let at = 0;
  for (const part of columns) {
    times.set(part.ttlsMs, at);
    at += part.count;
  }
  return times;
}

function grown<T extends { set(source: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
