// The entries of one address family in flat memory: a hash table over typed arrays, about 15 bytes per IPv4 entry, with an
// order-independent digest kept as it changes.

import type { Family } from '../text/prefix.ts';
import { addressBytes, type ClockBase, type FamilyColumns, FLAG_ALLOW } from './packed.ts';

/** Rows that are moved in one run: about a millisecond. */
const ROWS_PER_STEP = 8192;
/** Room of an empty table; it doubles. */
const FIRST_ROWS = 16;
const FIRST_SLOTS = 32;

const scratch = new Uint8Array(16);
const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/**
 * The rows of one family, unique by (prefix, allow). Addresses are bytes in network order, lengths bits, expiries milliseconds on the
 * table's clock, 0 for no end.
 */
export class FamilyTable<Base extends ClockBase = ClockBase> {
  readonly family: Family;
  readonly #words: 1 | 4;
  /** Running sums of both hashes over all rows. */
  readonly sums: [number, number] = [0, 0];
  size = 0;
  // Rows are dense (0..size-1): a removal moves the last row into the gap. The index holds row + 1, 0 for free.
  #addresses: Uint32Array<ArrayBuffer>;
  #meta: Uint16Array<ArrayBuffer>;
  // Allocated with the first row that ends.
  #expiries: Float64Array<ArrayBuffer> | undefined;
  #index: Uint32Array<ArrayBuffer>;
  readonly #probe = new Uint32Array(4);

  constructor(family: Family) {
    this.family = family;
    this.#words = family === 4 ? 1 : 4;
    this.#addresses = new Uint32Array(FIRST_ROWS * this.#words);
    this.#meta = new Uint16Array(FIRST_ROWS);
    this.#index = new Uint32Array(FIRST_SLOTS);
  }

  /**
   * Adds a row or replaces the one of the same (prefix, allow). `address` is in network byte order at `offset`.
   * @returns false when the very same row was there already
   */
  set(address: Uint8Array, offset: number, length: number, flags: number, expiresMs: number): boolean {
    this.#load(address, offset);
    const meta = length | (flags << 8);
    const slot = this.#find(meta);
    const found = (this.#index[slot] ?? 0) - 1;
    if (found >= 0) {
      const same = this.#meta[found] === meta && (this.#expiries?.[found] ?? 0) === expiresMs;
      if (same) return false;
      this.#account(found, -1);
      this.#meta[found] = meta;
      this.#setExpiry(found, expiresMs);
      this.#account(found, 1);
      return true;
    }
    if (this.size + 1 > this.#meta.length) this.#growRows();
    const row = this.size++;
    for (let w = 0; w < this.#words; w++) this.#addresses[row * this.#words + w] = this.#probe[w] ?? 0;
    this.#meta[row] = meta;
    this.#setExpiry(row, expiresMs);
    this.#index[slot] = row + 1;
    this.#account(row, 1);
    if (this.size * 3 > this.#index.length * 2) this.#growIndex(this.#index.length * 2);
    return true;
  }

  /** @returns false when there was no such row */
  delete(address: Uint8Array, offset: number, length: number, allow: boolean): boolean {
    this.#load(address, offset);
    const slot = this.#find(length | (allow ? FLAG_ALLOW << 8 : 0));
    const row = (this.#index[slot] ?? 0) - 1;
    if (row < 0) return false;
    this.#account(row, -1);
    this.#free(slot);
    const last = --this.size;
    if (row !== last) {
      this.#loadRow(last);
      const lastSlot = this.#find(this.#meta[last] ?? 0);
      this.#addresses.copyWithin(row * this.#words, last * this.#words, (last + 1) * this.#words);
      this.#meta[row] = this.#meta[last] ?? 0;
      if (this.#expiries) this.#expiries[row] = this.#expiries[last] ?? 0;
      this.#index[lastSlot] = row + 1;
    }
    return true;
  }

  /** Row number of (prefix, allow), or -1. Valid until the next change. */
  rowOf(address: Uint8Array, offset: number, length: number, allow: boolean): number {
    this.#load(address, offset);
    return (this.#index[this.#find(length | (allow ? FLAG_ALLOW << 8 : 0))] ?? 0) - 1;
  }

  /** The row with the (prefix, allow) of a row of `columns`, which are of the same family, or -1. */
  find({ addresses, lengths, flags }: FamilyColumns, row: number): number {
    const allow = ((flags[row] ?? 0) & FLAG_ALLOW) !== 0;
    return this.rowOf(addresses, row * this.#words * 4, lengths[row] ?? 0, allow);
  }

  /** Adds a row of `from`, a table of the same family and clock, or replaces the one of the same (prefix, allow). */
  copyRow(from: FamilyTable<Base>, row: number): void {
    from.readAddress(row, scratch, 0);
    this.set(scratch, 0, from.lengthOf(row), from.flagsOf(row), from.expiryOf(row));
  }

  /** Writes the row's address, network byte order, to `out` at `offset`. */
  readAddress(row: number, out: Uint8Array, offset: number): void {
    for (let w = 0; w < this.#words; w++) {
      const word = this.#addresses[row * this.#words + w] ?? 0;
      out[offset + w * 4] = word >>> 24;
      out[offset + w * 4 + 1] = word >>> 16;
      out[offset + w * 4 + 2] = word >>> 8;
      out[offset + w * 4 + 3] = word;
    }
  }

  /** Bits. */
  lengthOf(row: number): number {
    return (this.#meta[row] ?? 0) & 0xff;
  }

  /** Of the row's action. */
  flagsOf(row: number): number {
    return (this.#meta[row] ?? 0) >> 8;
  }

  /** Milliseconds on the table's clock, 0 for no end. */
  expiryOf(row: number): number {
    return this.#expiries?.[row] ?? 0;
  }

  /** False: no row has an end. */
  get mayEnd(): boolean {
    return this.#expiries !== undefined;
  }

  /** What a row adds to both sums, whether or not it is in the table: for digests over several tables. */
  termsOf(address: Uint8Array, offset: number, length: number, flags: number): [number, number] {
    this.#load(address, offset);
    const meta = length | (flags << 8) | (this.#words << 14);
    return [this.#hash(0x243f6a88, meta), this.#hash(0xb7e15162, meta)];
  }

  /** Adds or replaces. */
  addAll(columns: FamilyColumns<Base>): void {
    this.#addAll(columns, 0);
  }

  /** Adds or replaces; remaining times count from `nowMs`. */
  addLeft(columns: FamilyColumns<'left'>, nowMs: number): void {
    this.#addAll(columns, nowMs);
  }

  #addAll({ count, addresses, lengths, flags, timesMs }: FamilyColumns, fromMs: number): void {
    const width = addressBytes(this.family);
    for (let row = 0; row < count; row++) {
      const time = timesMs[row] ?? 0;
      this.set(addresses, row * width, lengths[row] ?? 0, flags[row] ?? 0, time > 0 ? fromMs + time : 0);
    }
  }

  /** Removes by (prefix, allow); what is not there is no error. */
  removeAll({ count, addresses, lengths, flags }: FamilyColumns): void {
    const width = addressBytes(this.family);
    for (let row = 0; row < count; row++)
      this.delete(addresses, row * width, lengths[row] ?? 0, ((flags[row] ?? 0) & FLAG_ALLOW) !== 0);
  }

  /** A copy of all rows by whole columns: a few milliseconds for a million, so that it can be taken in one turn. */
  pack(): FamilyColumns<Base> {
    const words = this.#addresses.slice(0, this.size * this.#words);
    const addresses = Buffer.from(words.buffer);
    if (LITTLE_ENDIAN) addresses.swap32();
    const lengths = new Uint8Array(this.size);
    const flags = new Uint8Array(this.size);
    for (let row = 0; row < this.size; row++) {
      const meta = this.#meta[row] ?? 0;
      lengths[row] = meta;
      flags[row] = meta >> 8;
    }
    const expiries = this.#expiries?.subarray(0, this.size);
    const timesMs = expiries?.some((expiry) => expiry > 0) ? expiries.slice() : new Float64Array(0);
    return { count: this.size, addresses, lengths, flags, timesMs };
  }

  /**
   * The row with the (prefix, allow) of a row of `other`, a table of the same family, or -1. `guess` is tried first: where both tables
   * have their rows in one order, the row after the one before it is right, and no memory is waited for.
   */
  rowLike(other: FamilyTable, row: number, guess = -1): number {
    for (let w = 0; w < this.#words; w++) this.#probe[w] = other.#addresses[row * this.#words + w] ?? 0;
    const meta = other.#meta[row] ?? 0;
    const right = guess >= 0 && guess < this.size && keyOf(this.#meta[guess] ?? 0) === keyOf(meta);
    if (right && this.#probeEquals(guess)) return guess;
    return (this.#index[this.#find(meta)] ?? 0) - 1;
  }

  #load(address: Uint8Array, offset: number): void {
    for (let w = 0; w < this.#words; w++) {
      const at = offset + w * 4;
      this.#probe[w] =
        ((address[at] ?? 0) << 24) |
        ((address[at + 1] ?? 0) << 16) |
        ((address[at + 2] ?? 0) << 8) |
        (address[at + 3] ?? 0);
    }
  }

  #loadRow(row: number): void {
    for (let w = 0; w < this.#words; w++) this.#probe[w] = this.#addresses[row * this.#words + w] ?? 0;
  }

  /** The slot of the probe's (address, length, allow), or the free slot where it would go. */
  #find(meta: number): number {
    const key = keyOf(meta);
    const mask = this.#index.length - 1;
    let slot = this.#hash(0x9e3779b9, key) & mask;
    for (;;) {
      const row = (this.#index[slot] ?? 0) - 1;
      if (row < 0 || (keyOf(this.#meta[row] ?? 0) === key && this.#probeEquals(row))) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #probeEquals(row: number): boolean {
    for (let w = 0; w < this.#words; w++) if (this.#addresses[row * this.#words + w] !== this.#probe[w]) return false;
    return true;
  }

  /** Backward-shift deletion: no tombstones, so that a table under churn stays as quick as a new one. */
  #free(slot: number): void {
    const mask = this.#index.length - 1;
    let hole = slot;
    let next = (hole + 1) & mask;
    for (;;) {
      const row = (this.#index[next] ?? 0) - 1;
      if (row < 0) break;
      this.#loadRow(row);
      const home = this.#hash(0x9e3779b9, keyOf(this.#meta[row] ?? 0)) & mask;
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        this.#index[hole] = row + 1;
        hole = next;
      }
      next = (next + 1) & mask;
    }
    this.#index[hole] = 0;
  }

  #hash(seed: number, meta: number): number {
    let h = seed ^ Math.imul(meta + 1, 0x85ebca6b);
    for (let w = 0; w < this.#words; w++) {
      h = Math.imul(h ^ (this.#probe[w] ?? 0), 0xcc9e2d51);
      h = Math.imul(((h << 15) | (h >>> 17)) ^ (h >>> 13), 0x1b873593);
    }
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  }

  #account(row: number, sign: 1 | -1): void {
    this.#loadRow(row);
    const meta = (this.#meta[row] ?? 0) | (this.#words << 14);
    this.sums[0] = (this.sums[0] + sign * this.#hash(0x243f6a88, meta)) >>> 0;
    this.sums[1] = (this.sums[1] + sign * this.#hash(0xb7e15162, meta)) >>> 0;
  }

  #setExpiry(row: number, expiresMs: number): void {
    if (expiresMs > 0 && !this.#expiries) this.#expiries = new Float64Array(this.#meta.length);
    if (this.#expiries) this.#expiries[row] = expiresMs;
  }

  hasRoom(rows: number): boolean {
    const wanted = this.size + rows;
    return wanted <= this.#meta.length && wanted * 3 <= this.#index.length * 2;
  }

  /** Room for `rows` more. */
  reserve(rows: number): void {
    const steps = this.reserveInSteps(rows);
    while (steps.next().done !== true);
  }

  /** The same with pauses, at which the table may be read and must not be changed. */
  *reserveInSteps(rows: number): Generator<void> {
    const wanted = this.size + rows;
    let room = this.#meta.length;
    while (wanted > room) room *= 2;
    if (room > this.#meta.length) this.#growRows(room);
    let slots = this.#index.length;
    while (wanted * 3 > slots * 2) slots *= 2;
    yield* this.#indexInSteps(slots);
  }

  /** Leaves the room that a table of this many rows grows to, with pauses, at which the table may be read and must not be changed. */
  *shrinkInSteps(): Generator<void> {
    let slots = FIRST_SLOTS;
    while (this.size * 3 > slots * 2) slots *= 2;
    yield* this.#indexInSteps(slots);
    let rows = FIRST_ROWS;
    while (rows < this.size) rows *= 2;
    if (rows === this.#meta.length) return;
    this.#addresses = this.#addresses.slice(0, rows * this.#words);
    this.#meta = this.#meta.slice(0, rows);
    this.#expiries = this.#expiries?.slice(0, rows);
  }

  *#indexInSteps(slots: number): Generator<void> {
    if (slots === this.#index.length) return;
    // The old index serves until the new one is whole.
    const index = new Uint32Array(slots);
    for (let row = 0; row < this.size; row++) {
      if (row % ROWS_PER_STEP === ROWS_PER_STEP - 1) yield;
      this.#place(index, row);
    }
    this.#index = index;
  }

  #growRows(rows = this.#meta.length * 2): void {
    this.#addresses = grow(this.#addresses, new Uint32Array(rows * this.#words));
    this.#meta = grow(this.#meta, new Uint16Array(rows));
    if (this.#expiries) this.#expiries = grow(this.#expiries, new Float64Array(rows));
  }

  #growIndex(slots: number): void {
    this.#index = new Uint32Array(slots);
    for (let row = 0; row < this.size; row++) this.#place(this.#index, row);
  }

  /** Rows are unique: the first free slot is the row's. */
  #place(index: Uint32Array, row: number): void {
    this.#loadRow(row);
    const mask = index.length - 1;
    let slot = this.#hash(0x9e3779b9, keyOf(this.#meta[row] ?? 0)) & mask;
    while (index[slot] !== 0) slot = (slot + 1) & mask;
    index[slot] = row + 1;
  }
}

/** Length and allow bit: what identifies a row beside its address. */
function keyOf(meta: number): number {
  return meta & (0xff | (FLAG_ALLOW << 8));
}

function grow<T extends { set(source: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
