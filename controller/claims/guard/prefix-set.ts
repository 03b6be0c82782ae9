// A set of prefixes that is asked which of its members cover another prefix: one look-up for each length that occurs in it.
import { EntryTable } from '../../../common/entries/entry-table.ts';
import { addressBytes } from '../../../common/entries/packed.ts';
import type { Family, Prefix } from '../../../common/text/prefix.ts';

/** A member and what is kept with it. */
export interface Member {
  /** In the order of adding, as long as none was deleted. */
  readonly row: number;
  readonly length: number;
  /** Milliseconds on the caller's clock; 0 for no end. */
  readonly expiresMs: number;
}

/** Members have an end and no action: a set is of blocks or of allow entries, as its owner says. */
export class PrefixSet {
  readonly #table = new EntryTable();
  /** Members of each length, by family. */
  readonly #counts = { 4: new Uint32Array(33), 6: new Uint32Array(129) };
  /** Members of IPv6 that are longer than /64, by the /64 that they are in. */
  readonly #inside: Map<bigint, number> | undefined;
  readonly #scratch = new Uint8Array(16);

  /** `knowsInside`: for `hasInside64`, which costs memory for every such /64. */
  constructor({ knowsInside = false } = {}) {
    this.#inside = knowsInside ? new Map() : undefined;
  }

  get size(): number {
    return this.#table.size;
  }

  countOf(family: Family): number {
    return this.#table.family(family).size;
  }

  /** `address`: network byte order, canonical, at `offset`. */
  add(family: Family, address: Uint8Array, offset: number, length: number, expiresMs: number): void {
    const rows = this.#table.family(family);
    const before = rows.size;
    rows.set(address, offset, length, 0, expiresMs);
    if (rows.size === before) return;
    this.#count(family, length, 1);
    this.#countInside(family, address, offset, length, 1);
  }

  delete(family: Family, address: Uint8Array, offset: number, length: number): void {
    if (!this.#table.family(family).delete(address, offset, length, false)) return;
    this.#count(family, length, -1);
    this.#countInside(family, address, offset, length, -1);
  }

  /** Is a longer member in this /64 of IPv6? One look-up, however many there are. */
  hasInside64({ address }: Prefix): boolean {
    if (!this.#inside) throw new Error('a set that does not know what is inside a /64');
    return this.#inside.has(networkNumber(address, 0));
  }

  /** A member by its row. */
  prefixAt(family: Family, row: number): Prefix {
    const rows = this.#table.family(family);
    const address = new Uint8Array(addressBytes(family));
    rows.readAddress(row, address, 0);
    return { family, address, length: rows.lengthOf(row) };
  }

  expiryAt(family: Family, row: number): number {
    return this.#table.family(family).expiryOf(row);
  }

  /** Members that are this prefix or cover all of it, the widest first. */
  covering(prefix: Prefix): Member[] {
    const { family, address, length } = prefix;
    const rows = this.#table.family(family);
    const counts = this.#counts[family];
    const found: Member[] = [];
    if (rows.size === 0) return found;
    for (let each = 0; each <= length; each++) {
      if (counts[each] === 0) continue;
      this.#mask(address, each);
      const row = rows.rowOf(this.#scratch, 0, each, false);
      if (row >= 0) found.push({ row, length: each, expiresMs: rows.expiryOf(row) });
    }
    return found;
  }

  #countInside(family: Family, address: Uint8Array, offset: number, length: number, by: 1 | -1): void {
    if (!this.#inside || family === 4 || length <= 64) return;
    const network = networkNumber(address, offset);
    const count = (this.#inside.get(network) ?? 0) + by;
    if (count > 0) this.#inside.set(network, count);
    else this.#inside.delete(network);
  }

  #count(family: Family, length: number, by: 1 | -1): void {
    const counts = this.#counts[family];
    counts[length] = (counts[length] ?? 0) + by;
  }

  #mask(address: Uint8Array, length: number): void {
    const whole = length >> 3;
    for (let i = 0; i < address.length; i++) this.#scratch[i] = i < whole ? (address[i] ?? 0) : 0;
    if ((length & 7) !== 0) this.#scratch[whole] = (address[whole] ?? 0) & (0xff << (8 - (length & 7)));
  }
}

function networkNumber(address: Uint8Array, offset: number): bigint {
  return new DataView(address.buffer, address.byteOffset).getBigUint64(offset);
}

/** Do these parts, all inside `whole`, make up all of it? */
export function makesUp(whole: Prefix, parts: readonly Prefix[]): boolean {
  const bits = whole.address.length * 8;
  const sorted = parts.toSorted((a, b) => Buffer.compare(a.address, b.address) || a.length - b.length);
  const seen = new PrefixSet();
  let covered = 0n;
  for (const part of sorted) {
    // What lies in a wider part is counted with that.
    if (seen.covering(part).length > 0) continue;
    seen.add(part.family, part.address, 0, part.length, 0);
    covered += 1n << BigInt(bits - part.length);
  }
  return covered === 1n << BigInt(bits - whole.length);
}
