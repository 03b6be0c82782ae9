// The front of hashed bits that keeps clean IPv6 packets away from hash and trie. Several prefixes may share a slot, so user
// space counts them; a bit is set while its count is not 0.
import type { FamilyTable } from '../../../common/entries/family-table.ts';
import { FLAG_ALLOW } from '../../../common/entries/packed.ts';
import { Pacer } from '../../../common/time/pacer.ts';
import { V6_DEEPER, V6_HASH_A, V6_HASH_B, V6_HASH_C, V6_LOOKUP, V6_SLOT_BITS } from './layout.ts';
import { addressAt } from './v4/compile.ts';

/** Blocks shorter than this fill the front: writing every slot would cost more than the front saves. */
const SHORTEST_SPREAD = 16;
/** From this length on, the whole prefix shares the first 64 bits. */
const DEEP = 64;
const ROWS_BETWEEN_LOOKS = 4096;

const LOOKUP_EVERYWHERE = 0x55555555;

/** Both fronts are shared with the kernel; the counts are this process's own and are recounted from the table after a start. */
export class V6Front {
  readonly #front32: Uint32Array<ArrayBuffer>;
  readonly #front64: Uint32Array<ArrayBuffer>;
  readonly #lookup = new SlotCounts();
  readonly #deeper = new SlotCounts();
  readonly #longer = new SlotCounts();
  /** Blocks shorter than SHORTEST_SPREAD. */
  #everywhere = 0;

  constructor(front32: Uint32Array<ArrayBuffer>, front64: Uint32Array<ArrayBuffer>) {
    this.#front32 = front32;
    this.#front64 = front64;
  }

  /** What fb_decide_v6 would find: false when the address is clean. */
  nears(address: Uint8Array): boolean {
    const slot = slot32(addressAt(address, 0));
    const bits = ((this.#front32[slot >> 4] ?? 0) >>> ((slot & 15) * 2)) & 3;
    if (bits !== V6_DEEPER) return bits !== 0;
    const deep = slot64(addressAt(address, 0), addressAt(address, 4));
    return (((this.#front64[deep >> 5] ?? 0) >>> (deep & 31)) & 1) === 1;
  }

  /** Adds a block's counts and sets its bits. Call this once the block is in its map. `address`: 16 bytes from `offset`. */
  add(address: Uint8Array, offset: number, length: number): void {
    if (length < SHORTEST_SPREAD) {
      if (this.#everywhere++ === 0)
        for (let i = 0; i < this.#front32.length; i++)
          Atomics.store(this.#front32, i, (this.#front32[i] ?? 0) | LOOKUP_EVERYWHERE);
      return;
    }
    const first = addressAt(address, offset);
    if (length < DEEP) {
      for (let i = 0, count = 2 ** Math.max(0, 32 - length); i < count; i++)
        if (this.#lookup.add(slot32(first + i))) this.#store32(slot32(first + i));
      return;
    }
    // The deeper bits first: a packet reads them only if the bit of the first 32 is set.
    const deep = slot64(first, addressAt(address, offset + 4));
    if (this.#longer.add(deep)) this.#store64(deep);
    if (this.#deeper.add(slot32(first))) this.#store32(slot32(first));
  }

  /** Removes a block's counts and clears bits that no other needs. Call this once the block has left its map. */
  remove(address: Uint8Array, offset: number, length: number): void {
    if (length < SHORTEST_SPREAD) {
      if (--this.#everywhere === 0) for (let i = 0; i < this.#front32.length; i++) this.#storeWord32(i);
      return;
    }
    const first = addressAt(address, offset);
    if (length < DEEP) {
      for (let i = 0, count = 2 ** Math.max(0, 32 - length); i < count; i++)
        if (this.#lookup.remove(slot32(first + i))) this.#store32(slot32(first + i));
      return;
    }
    if (this.#deeper.remove(slot32(first))) this.#store32(slot32(first));
    const deep = slot64(first, addressAt(address, offset + 4));
    if (this.#longer.remove(deep)) this.#store64(deep);
  }

  /** Counts the blocks of a table again, without setting or clearing a bit: see repair(). */
  async recount(table: FamilyTable): Promise<void> {
    const pacer = new Pacer();
    for (const counts of [this.#lookup, this.#deeper, this.#longer]) counts.clear();
    this.#everywhere = 0;
    const address = new Uint8Array(16);
    for (let row = 0; row < table.size; row++) {
      if (row % ROWS_BETWEEN_LOOKS === 0 && pacer.due) await pacer.rest();
      if ((table.flagsOf(row) & FLAG_ALLOW) !== 0) continue;
      table.readAddress(row, address, 0);
      this.#count(address, table.lengthOf(row));
    }
  }

  /** Sets every word to what the counts say. @returns words that were wrong; with `dry`, changes nothing */
  repair(dry: boolean): number {
    const want32 = new Uint32Array(this.#front32.length);
    if (this.#everywhere > 0) want32.fill(LOOKUP_EVERYWHERE);
    const set = (slot: number, bits: number) => {
      want32[slot >> 4] = (want32[slot >> 4] ?? 0) | (bits << ((slot & 15) * 2));
    };
    this.#lookup.each((slot) => set(slot, V6_LOOKUP));
    this.#deeper.each((slot) => set(slot, V6_DEEPER));
    const want64 = new Uint32Array(this.#front64.length);
    this.#longer.each((slot) => {
      want64[slot >> 5] = (want64[slot >> 5] ?? 0) | (1 << (slot & 31));
    });
    return putWords(this.#front64, want64, dry) + putWords(this.#front32, want32, dry);
  }

  #count(address: Uint8Array, length: number): void {
    if (length < SHORTEST_SPREAD) {
      this.#everywhere++;
      return;
    }
    const first = addressAt(address, 0);
    if (length < DEEP) {
      for (let i = 0, count = 2 ** Math.max(0, 32 - length); i < count; i++) this.#lookup.add(slot32(first + i));
      return;
    }
    this.#longer.add(slot64(first, addressAt(address, 4)));
    this.#deeper.add(slot32(first));
  }

  #store32(slot: number): void {
    const bits =
      (this.#lookup.has(slot) || this.#everywhere > 0 ? V6_LOOKUP : 0) | (this.#deeper.has(slot) ? V6_DEEPER : 0);
    const shift = (slot & 15) * 2;
    Atomics.store(this.#front32, slot >> 4, ((this.#front32[slot >> 4] ?? 0) & ~(3 << shift)) | (bits << shift));
  }

  /** The 16 slots of a word. */
  #storeWord32(word: number): void {
    let bits = 0;
    for (let i = 0; i < 16; i++) {
      const slot = word * 16 + i;
      if (this.#lookup.has(slot)) bits |= V6_LOOKUP << (i * 2);
      if (this.#deeper.has(slot)) bits |= V6_DEEPER << (i * 2);
    }
    Atomics.store(this.#front32, word, bits);
  }

  #store64(slot: number): void {
    const bit = 1 << (slot & 31);
    const word = this.#front64[slot >> 5] ?? 0;
    Atomics.store(this.#front64, slot >> 5, this.#longer.has(slot) ? word | bit : word & ~bit);
  }
}

/** Slot of an address's first 32 bits, as in fb_decide_v6. */
function slot32(first: number): number {
  return Math.imul(first, V6_HASH_A) >>> (32 - V6_SLOT_BITS);
}

/** Slot of an address's first 64 bits, as in fb_decide_v6. */
function slot64(first: number, second: number): number {
  const hash = Math.imul(first, V6_HASH_A) ^ Math.imul(second, V6_HASH_B);
  return Math.imul(hash ^ (hash >>> 15), V6_HASH_C) >>> (32 - V6_SLOT_BITS);
}

function putWords(words: Uint32Array<ArrayBuffer>, want: Uint32Array, dry: boolean): number {
  let wrong = 0;
  for (let i = 0; i < words.length; i++) {
    if (words[i] === want[i]) continue;
    wrong++;
    if (!dry) Atomics.store(words, i, want[i] ?? 0);
  }
  return wrong;
}

/** How many blocks need each slot: open addressing over typed arrays, 8 to 16 bytes per slot in use. */
class SlotCounts {
  // Slot + 1, 0 for free.
  #keys = new Uint32Array(64);
  #counts = new Uint32Array(64);
  #size = 0;

  clear(): void {
    this.#keys = new Uint32Array(64);
    this.#counts = new Uint32Array(64);
    this.#size = 0;
  }

  has(slot: number): boolean {
    return this.#keys[this.#find(slot)] !== 0;
  }

  /** @returns true when the slot came into use */
  add(slot: number): boolean {
    const at = this.#find(slot);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    if (this.#keys[at] !== 0) return false;
    this.#keys[at] = slot + 1;
    if (++this.#size * 2 > this.#keys.length) this.#grow();
    return true;
  }

  /** @returns true when the slot went out of use */
  remove(slot: number): boolean {
    const at = this.#find(slot);
    if (this.#keys[at] === 0) return false;
    const count = (this.#counts[at] ?? 0) - 1;
    this.#counts[at] = count;
    if (count > 0) return false;
    this.#size--;
    this.#close(at);
    return true;
  }

  /** Every slot in use. */
  each(visit: (slot: number) => void): void {
    for (const key of this.#keys) if (key !== 0) visit(key - 1);
  }

  #home(slot: number): number {
    return (Math.imul(slot, 0x9e3779b1) >>> 8) & (this.#keys.length - 1);
  }

  #find(slot: number): number {
    let at = this.#home(slot);
    while (this.#keys[at] !== 0 && this.#keys[at] !== slot + 1) at = (at + 1) & (this.#keys.length - 1);
    return at;
  }

  /** Moves what follows back into the gap, so that searches need no tombstones. */
  #close(start: number): void {
    const mask = this.#keys.length - 1;
    let gap = start;
    for (let next = (gap + 1) & mask; this.#keys[next] !== 0; next = (next + 1) & mask) {
      const home = this.#home((this.#keys[next] ?? 1) - 1);
      if (((next - home) & mask) < ((next - gap) & mask)) continue;
      this.#keys[gap] = this.#keys[next] ?? 0;
      this.#counts[gap] = this.#counts[next] ?? 0;
      gap = next;
    }
    this.#keys[gap] = 0;
    this.#counts[gap] = 0;
  }

  #grow(): void {
    const keys = this.#keys;
    const counts = this.#counts;
    this.#keys = new Uint32Array(keys.length * 2);
    this.#counts = new Uint32Array(keys.length * 2);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] ?? 0;
      if (key === 0) continue;
      const at = this.#find(key - 1);
      this.#keys[at] = key;
      this.#counts[at] = counts[i] ?? 0;
    }
  }
}
