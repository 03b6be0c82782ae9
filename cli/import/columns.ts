// Rows of an import as parallel columns that grow: a million of them without an object each, and cut into messages to send.
import type { Family, Prefix } from '../../common/text/prefix.ts';
import type { PackedPrefixes } from '../../proto/gen/fleetblock/v1/PackedPrefixes.ts';

/** Rows a message, so that with times it stays below 1 MiB: 14 bytes an IPv4 row, 26 an IPv6 row. */
const ROWS_PER_MESSAGE: Readonly<Record<Family, number>> = { 4: 65_536, 6: 32_768 };

export class Columns {
  readonly v4 = new FamilyRows(4);
  readonly v6 = new FamilyRows(16);

  get count(): number {
    return this.v4.count + this.v6.count;
  }

  /** The line of the operator's file from which a row was read; `row` counts from 1, in the order in which rows are sent. */
  lineOf(row: number): number {
    return row <= this.v4.count ? this.v4.lineOf(row - 1) : this.v6.lineOf(row - 1 - this.v4.count);
  }

  /** `ttlMs`: milliseconds left to live, 0 for no end. `line`: where it stands in the file, from 1. */
  push(prefix: Prefix, ttlMs: number, line: number): void {
    const rows = prefix.family === 4 ? this.v4 : this.v6;
    rows.push(prefix.length, ttlMs, line).set(prefix.address, (rows.count - 1) * prefix.address.length);
  }

  /** `address`: as a number, canonical. */
  push4(address: number, length: number, line: number): void {
    const bytes = this.v4.push(length, 0, line);
    const at = (this.v4.count - 1) * 4;
    bytes[at] = address >>> 24;
    bytes[at + 1] = address >>> 16;
    bytes[at + 2] = address >>> 8;
    bytes[at + 3] = address;
  }

  /** All rows in messages of the wire; they share the columns' memory. */
  *messages(): Generator<PackedPrefixes> {
    for (let at = 0; at < this.v4.count; at += ROWS_PER_MESSAGE[4]) {
      const { addresses, lengths, flags, ttls } = this.v4.slice(at, ROWS_PER_MESSAGE[4]);
      yield { v4Addresses: addresses, v4Lengths: lengths, v4Flags: flags, v4Ttls: ttls };
    }
    for (let at = 0; at < this.v6.count; at += ROWS_PER_MESSAGE[6]) {
      const { addresses, lengths, flags, ttls } = this.v6.slice(at, ROWS_PER_MESSAGE[6]);
      yield { v6Addresses: addresses, v6Lengths: lengths, v6Flags: flags, v6Ttls: ttls };
    }
  }
}

class FamilyRows {
  readonly #width: number;
  count = 0;
  #addresses: Uint8Array<ArrayBuffer>;
  #lengths = new Uint8Array(1024);
  #lines = new Uint32Array(1024);
  /** Made with the first row that ends. */
  #ttls: Float64Array<ArrayBuffer> | undefined;

  /** `width`: bytes an address. */
  constructor(width: number) {
    this.#width = width;
    this.#addresses = new Uint8Array(1024 * width);
  }

  /** Adds a row but for its address, which the caller writes into what is returned. */
  push(length: number, ttlMs: number, line: number): Uint8Array {
    if (this.count === this.#lengths.length) this.#grow();
    this.#lengths[this.count] = length;
    this.#lines[this.count] = line;
    if (ttlMs > 0) this.#ttls ??= new Float64Array(this.#lengths.length);
    if (this.#ttls) this.#ttls[this.count] = ttlMs;
    this.count++;
    return this.#addresses;
  }

  lineOf(row: number): number {
    return this.#lines[row] ?? 0;
  }

  slice(start: number, rows: number): Record<'addresses' | 'lengths' | 'flags' | 'ttls', Uint8Array> {
    const end = Math.min(this.count, start + rows);
    return {
      addresses: this.#addresses.subarray(start * this.#width, end * this.#width),
      lengths: this.#lengths.subarray(start, end),
      flags: new Uint8Array(end - start),
      ttls: this.#ttls ? encodeTtls(this.#ttls.subarray(start, end)) : new Uint8Array(0),
    };
  }

  #grow(): void {
    const rows = this.#lengths.length * 2;
    this.#lengths = grown(this.#lengths, new Uint8Array(rows));
    this.#lines = grown(this.#lines, new Uint32Array(rows));
    this.#addresses = grown(this.#addresses, new Uint8Array(rows * this.#width));
    if (this.#ttls) this.#ttls = grown(this.#ttls, new Float64Array(rows));
  }
}

function grown<T extends { set(source: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** 64-bit little-endian milliseconds, as types.proto says. */
function encodeTtls(timesMs: Float64Array): Uint8Array {
  const bytes = new Uint8Array(timesMs.length * 8);
  const view = new DataView(bytes.buffer);
  timesMs.forEach((ttl, row) => {
    view.setBigUint64(row * 8, BigInt(Math.ceil(ttl)), true);
  });
  return bytes;
}

/** True when bits of `address` past `length` are set. */
export function hasHostBits4(address: number, length: number): boolean {
  return length < 32 && (length === 0 ? address !== 0 : address << length !== 0);
}
