// Memory of an arena map, handed out in units of 16 bytes: a buddy allocator that knows free runs by bits, about a quarter of a
// byte of its own for a unit. A piece never straddles a page and is aligned to its size rounded up to a power of two, so that
// a piece of up to 64 bytes lies in one cache line.
import type { GrowingMemory } from '../kernel-map.ts';
import { PAGE_BYTES, PAGE_UNITS, UNIT_BYTES, UNIT_WORDS } from './layout.ts';

const TOP = Math.log2(PAGE_UNITS);

/** Hands out freed pieces at once, so callers release memory only after a grace period. */
export class Pool {
  /** The arena, as 32-bit words. Pages of which nothing was ever handed out may read as zeros, whatever is in them. */
  readonly words: Uint32Array<ArrayBuffer>;
  readonly units: number;
  /** Units that are not handed out. */
  free = 0;
  /** Why memory that is free could not be had when it was asked for last; undefined when it could. */
  unreached: unknown;
  readonly #memory: GrowingMemory;
  // For each order k: bit i set when units i * 2^k .. (i + 1) * 2^k - 1 are free as one run; how many; where to look first.
  readonly #runs: Uint32Array[] = [];
  readonly #counts = new Uint32Array(TOP + 1);
  readonly #cursors = new Uint32Array(TOP + 1);

  /** `used`: marks of the units that are taken already, all of them reached. Of a page with none taken, one run is made. */
  constructor(memory: GrowingMemory, used: Uint8Array) {
    this.#memory = memory;
    this.words = new Uint32Array(memory.buffer);
    this.units = Math.floor(this.words.length / UNIT_WORDS);
    for (let order = 0; order <= TOP; order++) this.#runs.push(new Uint32Array(Math.ceil((this.units >> order) / 32)));
    for (let page = 0; page < this.units; page += PAGE_UNITS) {
      let from = page;
      for (let unit = page; unit <= page + PAGE_UNITS; unit++) {
        if (unit < page + PAGE_UNITS && !isMarked(used, unit)) continue;
        if (unit > from) this.release(from, unit - from);
        from = unit + 1;
      }
    }
  }

  /**
   * Position of `units` fresh units (1 to a page's worth), or 0 when there is no run that long. Position 0 is never handed out. Of untouched
   * pages the lowest comes first, so that what is used stays together at the start.
   */
  take(units: number): number {
    const position = this.#take(units);
    if (position === 0 || this.#isReached(position)) return position;
    this.release(position, units);
    return 0;
  }

  #take(units: number): number {
    const wanted = orderOf(units);
    let order = wanted;
    while (order <= TOP && this.#counts[order] === 0) order++;
    if (order > TOP) return 0;
    let index = this.#any(order);
    this.#clear(order, index);
    while (order > wanted) {
      order--;
      index *= 2;
      this.#set(order, index + 1);
    }
    this.free -= 2 ** wanted;
    const position = index * 2 ** wanted;
    if (units < 2 ** wanted) this.release(position + units, 2 ** wanted - units);
    return position;
  }

  /** Returns what was taken, or a part of it. No packet may still be reading it. */
  release(position: number, units: number): void {
    this.free += units;
    let at = position;
    const end = position + units;
    while (at < end) {
      let order = 0;
      while (order < TOP && (at & ((2 << order) - 1)) === 0 && at + (2 << order) <= end) order++;
      this.#merge(order, at >> order);
      at += 1 << order;
    }
  }

  #isReached(position: number): boolean {
    if (position * UNIT_BYTES < this.#memory.reached) return true;
    try {
      reachUnit(this.#memory, position);
      this.unreached = undefined;
      return true;
    } catch (error) {
      this.unreached = error;
      return false;
    }
  }

  #merge(startOrder: number, startIndex: number): void {
    let order = startOrder;
    let index = startIndex;
    while (order < TOP && this.#has(order, index ^ 1)) {
      this.#clear(order, index ^ 1);
      order++;
      index >>= 1;
    }
    this.#set(order, index);
  }

  /** A free run of the order; there must be one. */
  #any(order: number): number {
    const runs = this.#runs[order] ?? new Uint32Array(0);
    let cursor = this.#cursors[order] ?? 0;
    for (;;) {
      const word = runs[cursor] ?? 0;
      if (word !== 0) {
        this.#cursors[order] = cursor;
        return cursor * 32 + (31 - Math.clz32(word & -word));
      }
      cursor = cursor + 1 < runs.length ? cursor + 1 : 0;
    }
  }

  #has(order: number, index: number): boolean {
    return (((this.#runs[order]?.[index >> 5] ?? 0) >>> (index & 31)) & 1) === 1;
  }

  #set(order: number, index: number): void {
    const runs = this.#runs[order];
    if (!runs) return;
    runs[index >> 5] = (runs[index >> 5] ?? 0) | (1 << (index & 31));
    this.#counts[order] = (this.#counts[order] ?? 0) + 1;
    if (order === TOP) this.#cursors[order] = Math.min(this.#cursors[order] ?? 0, index >> 5);
  }

  #clear(order: number, index: number): void {
    const runs = this.#runs[order];
    if (!runs) return;
    runs[index >> 5] = (runs[index >> 5] ?? 0) & ~(1 << (index & 31));
    this.#counts[order] = (this.#counts[order] ?? 0) - 1;
  }
}

/** Reaches the page of a unit; units beyond the end have none. @throws KernelError */
export function reachUnit(memory: GrowingMemory, position: number): void {
  const end = (Math.floor(position / PAGE_UNITS) + 1) * PAGE_BYTES;
  if (end > memory.reached && end <= memory.buffer.byteLength) memory.reach(end);
}

/** One bit per unit, for Pool's constructor. */
export function makeMarks(units: number): Uint8Array {
  return new Uint8Array(Math.ceil(units / 8));
}

/** Marks units as taken. @returns false when one of them was marked before, or lies outside */
export function mark(marks: Uint8Array, position: number, units: number): boolean {
  let fresh = true;
  for (let unit = position; unit < position + units; unit++) {
    if (unit >> 3 >= marks.length) return false;
    if (isMarked(marks, unit)) fresh = false;
    marks[unit >> 3] = (marks[unit >> 3] ?? 0) | (1 << (unit & 7));
  }
  return fresh;
}

function isMarked(marks: Uint8Array, unit: number): boolean {
  return (((marks[unit >> 3] ?? 0) >> (unit & 7)) & 1) === 1;
}

function orderOf(units: number): number {
  return 32 - Math.clz32(units - 1);
}
