// Rows of a list: a million of them without an object each, and cut into slices to send.
import { FamilyBuilder } from '../entries/builder.ts';
import { NO_ENTRIES, type PackedEntries } from '../entries/packed.ts';
import { slicesOf } from '../entries/steps.ts';
import { FleetblockError } from '../errors.ts';
import type { Family, Prefix } from '../text/prefix.ts';

/** Rows per slice, so that as a message with times it stays below 1 MiB: 14 bytes for an IPv4 row, 26 for an IPv6 row. */
const ROWS_PER_SLICE: Readonly<Record<Family, number>> = { 4: 65_536, 6: 32_768 };

/** Most rows of one list: what the hosts' maps are made for. */
export const MAX_LIST_ROWS = 4_000_000;

/** The end of an import, whatever line it was met in. */
export class TooManyRows extends FleetblockError {
  constructor() {
    super('INVALID_ARGUMENT', `a list has at most ${MAX_LIST_ROWS} rows, this one has more`);
  }
}

/** IPv4 rows are sent before IPv6 rows, whatever the order of the file: row numbers of the controller follow that. */
export class Columns {
  readonly #v4 = new FamilyBuilder<'left'>(4);
  readonly #v6 = new FamilyBuilder<'left'>(6);
  readonly #lines: Readonly<Record<Family, Lines>> = { 4: new Lines(), 6: new Lines() };
  readonly #address = new Uint8Array(4);

  get count(): number {
    return this.#v4.count + this.#v6.count;
  }

  /** The line of the operator's file from which a row was read; `row` counts from 1, in the order in which rows are sent. */
  lineOf(row: number): number {
    const { count } = this.#v4;
    return row <= count ? this.#lines[4].at(row - 1) : this.#lines[6].at(row - 1 - count);
  }

  /** `ttlMs`: milliseconds left to live, 0 for no end. `line`: where it stands in the file, from 1. @throws TooManyRows */
  push({ family, address, length }: Prefix, ttlMs: number, line: number): void {
    if (this.count >= MAX_LIST_ROWS) throw new TooManyRows();
    (family === 4 ? this.#v4 : this.#v6).add(address, 0, length, 0, ttlMs);
    this.#lines[family].push(line);
  }

  /** `address`: as a number, canonical. @throws TooManyRows */
  push4(address: number, length: number, line: number): void {
    if (this.count >= MAX_LIST_ROWS) throw new TooManyRows();
    this.#address[0] = address >>> 24;
    this.#address[1] = address >>> 16;
    this.#address[2] = address >>> 8;
    this.#address[3] = address;
    this.#v4.add(this.#address, 0, length, 0, 0);
    this.#lines[4].push(line);
  }

  /** All rows, in slices of which each fits into a message; they share the columns' memory. */
  *slices(): Generator<PackedEntries<'left'>> {
    const v4 = { ...NO_ENTRIES, v4: this.#v4.finish() };
    const v6 = { ...NO_ENTRIES, v6: this.#v6.finish() };
    if (v4.v4.count > 0) yield* slicesOf<'left'>(v4, ROWS_PER_SLICE[4]);
    if (v6.v6.count > 0) yield* slicesOf<'left'>(v6, ROWS_PER_SLICE[6]);
  }
}

/** Numbers of lines, by row. */
class Lines {
  #lines = new Uint32Array(1024);
  #count = 0;

  at(row: number): number {
    return this.#lines[row] ?? 0;
  }

  push(line: number): void {
    if (this.#count === this.#lines.length) {
      const lines = new Uint32Array(this.#count * 2);
      lines.set(this.#lines);
      this.#lines = lines;
    }
    this.#lines[this.#count++] = line;
  }
}

/** True when bits of `address` past `length` are set. */
export function hasHostBits4(address: number, length: number): boolean {
  return length < 32 && (length === 0 ? address !== 0 : address << length !== 0);
}
