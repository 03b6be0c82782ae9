// Turns entries into drafts of IPv4 blocks: by probing the table around one /24 (a small change), or by sorting all rows into
// their blocks (a large one).
import { ACTIONS } from '../../../../common/action.ts';
import type { FamilyTable } from '../../../../common/entries/family-table.ts';
import { FLAG_ALLOW } from '../../../../common/entries/packed.ts';
import type { Pacer } from '../../../../common/time/pacer.ts';
import { BLOCK_ADDRESS_BITS, BLOCK_ALLOWED, BLOCK_LENGTH, BLOCK_LOOKUP, V4_BLOCKS } from '../layout.ts';
import { CLASS, type EntryClass, type V4Draft } from './draft.ts';
import { SHARED } from './record.ts';

/** How the decision structure sees a row: what only blocks, without an end, is bits alone. `expiresMs`: 0 for no end. */
export function classOf(flags: number, expiresMs: number): EntryClass {
  if ((flags & FLAG_ALLOW) !== 0) return CLASS.allow;
  return flags !== ACTIONS.block.flags || expiresMs > 0 ? CLASS.rule : CLASS.plain;
}

/** Prefix lengths that occur, or did since they were last counted: all others are not probed. */
export class Lengths {
  readonly blocks = new Uint8Array(33);
  readonly allows = new Uint8Array(33);

  add(length: number, flags: number): void {
    ((flags & FLAG_ALLOW) !== 0 ? this.allows : this.blocks)[length] = 1;
  }

  /** Nothing is known: probe every length. */
  all(): void {
    this.blocks.fill(1);
    this.allows.fill(1);
  }

  clear(): void {
    this.blocks.fill(0);
    this.allows.fill(0);
  }
}

/** Host byte order, unsigned. */
function rowAddress(table: FamilyTable, row: number, scratch: Uint8Array): number {
  table.readAddress(row, scratch, 0);
  return addressAt(scratch, 0);
}

/** Four bytes in network order as an unsigned number. */
export function addressAt(bytes: Uint8Array, offset: number): number {
  return (
    (((bytes[offset] ?? 0) << 24) |
      ((bytes[offset + 1] ?? 0) << 16) |
      ((bytes[offset + 2] ?? 0) << 8) |
      (bytes[offset + 3] ?? 0)) >>>
    0
  );
}

/** Finds what covers or lies in a /24 by asking the table for every prefix that could. */
export class Prober {
  readonly #table: FamilyTable;
  readonly #lengths: Lengths;
  readonly #bytes = new Uint8Array(4);

  constructor(table: FamilyTable, lengths: Lengths) {
    this.#table = table;
    this.#lengths = lengths;
  }

  /** Adds /24 number `slash24` (address >>> 8) to the draft of its block, of which it must be clear. */
  addSlash24(slash24: number, draft: V4Draft): void {
    const { blocks, allows } = this.#lengths;
    const number = slash24 & 63;
    const base = slash24 * 256;
    let plain = false;
    let allowed = false;
    for (let length = 0; length <= 24; length++) {
      const covering = length === 0 ? 0 : base - (base % 2 ** (32 - length));
      if (blocks[length] === 1) {
        const kind = this.#probe(covering, length, false);
        if (kind !== undefined && length <= BLOCK_LENGTH) draft.cover(kind, number, number);
        else if (kind !== undefined) draft.addWhole(number, number, kind);
        plain ||= kind === CLASS.plain;
      }
      if (allows[length] === 1 && this.#probe(covering, length, true) !== undefined) {
        if (length <= BLOCK_LENGTH) draft.cover(CLASS.allow, number, number);
        else draft.addWhole(number, number, CLASS.allow);
        allowed = true;
      }
    }
    for (let length = 25; length <= 32; length++) {
      const size = 2 ** (32 - length);
      const wantBlocks = blocks[length] === 1 && !plain;
      const wantAllows = allows[length] === 1 && !allowed;
      if (!wantBlocks && !wantAllows) continue;
      for (let from = 0; from < 256; from += size) {
        const block = wantBlocks ? this.#probe(base + from, length, false) : undefined;
        if (block !== undefined) draft.addRange(number, from, from + size - 1, block);
        if (wantAllows && this.#probe(base + from, length, true) !== undefined)
          draft.addRange(number, from, from + size - 1, CLASS.allow);
      }
    }
  }

  #probe(address: number, length: number, allow: boolean): EntryClass | undefined {
    this.#bytes[0] = address >>> 24;
    this.#bytes[1] = address >>> 16;
    this.#bytes[2] = address >>> 8;
    this.#bytes[3] = address;
    const row = this.#table.rowOf(this.#bytes, 0, length, allow);
    return row < 0 ? undefined : classOf(this.#table.flagsOf(row), this.#table.expiryOf(row));
  }
}

// A row inside a block, packed: BLOCK_ADDRESS_BITS of its address, length - BLOCK_LENGTH (1-14) in 4 bits, class.
const LENGTH_SHIFT = BLOCK_ADDRESS_BITS;
const CLASS_SHIFT = LENGTH_SHIFT + 4;
const ADDRESS_MASK = (1 << BLOCK_ADDRESS_BITS) - 1;
const ROWS_BETWEEN_LOOKS = 4096;

/** All rows of a table by the block that they lie in, and what covers whole blocks. */
export class Buckets {
  // A bit (1 << class) for every entry of /18 or shorter that covers the block.
  readonly #covers = new Uint8Array(V4_BLOCKS);
  // End of each block's rows in #rows; their start is the end of the block before.
  readonly #ends = new Uint32Array(V4_BLOCKS);
  #rows = new Uint32Array(0);

  static async of(table: FamilyTable, lengths: Lengths, pacer: Pacer): Promise<Buckets> {
    const buckets = new Buckets();
    await buckets.#fill(table, lengths, pacer);
    return buckets;
  }

  isEmpty(block: number): boolean {
    return this.#covers[block] === 0 && this.#start(block) === this.#ends[block];
  }

  /** The index word of a block that its covers alone decide; undefined when its rows matter. */
  uniform(block: number): number | undefined {
    const covers = this.#covers[block] ?? 0;
    if (covers === 0) return undefined;
    const allowed = (covers >> CLASS.allow) & 1;
    if ((covers >> CLASS.plain) & 1) {
      if (allowed) return SHARED.whole + BLOCK_ALLOWED;
      return this.#holds(block, CLASS.allow) ? undefined : SHARED.whole;
    }
    return (covers >> CLASS.rule) & 1 && !this.#holds(block, CLASS.plain) ? BLOCK_LOOKUP : undefined;
  }

  /** Adds all of the block to a clear draft. */
  addBlock(block: number, draft: V4Draft): void {
    const covers = this.#covers[block] ?? 0;
    if (covers !== 0) for (const kind of Object.values(CLASS)) if ((covers >> kind) & 1) draft.cover(kind, 0, 63);
    const end = this.#ends[block] ?? 0;
    for (let i = this.#start(block); i < end; i++) {
      const row = this.#rows[i] ?? 0;
      const low = row & ADDRESS_MASK;
      const length = BLOCK_LENGTH + ((row >> LENGTH_SHIFT) & 15);
      const kind = kindOf(row >> CLASS_SHIFT);
      const number = low >> 8;
      if (length === 32) draft.addAddress(number, low & 255, kind);
      else if (length > 24) draft.addRange(number, low & 255, (low & 255) + 2 ** (32 - length) - 1, kind);
      else draft.addWhole(number, number + 2 ** (24 - length) - 1, kind);
    }
  }

  #holds(block: number, kind: EntryClass): boolean {
    const end = this.#ends[block] ?? 0;
    for (let i = this.#start(block); i < end; i++) if ((this.#rows[i] ?? 0) >> CLASS_SHIFT === kind) return true;
    return false;
  }

  #start(block: number): number {
    return block === 0 ? 0 : (this.#ends[block - 1] ?? 0);
  }

  async #fill(table: FamilyTable, lengths: Lengths, pacer: Pacer): Promise<void> {
    const scratch = new Uint8Array(4);
    const ends = this.#ends;
    lengths.clear();
    let inside = 0;
    for (let row = 0; row < table.size; row++) {
      if (row % ROWS_BETWEEN_LOOKS === 0 && pacer.due) await pacer.rest();
      const length = table.lengthOf(row);
      const flags = table.flagsOf(row);
      lengths.add(length, flags);
      const block = rowAddress(table, row, scratch) >>> BLOCK_ADDRESS_BITS;
      if (length > BLOCK_LENGTH) {
        ends[block] = (ends[block] ?? 0) + 1;
        inside++;
      } else this.#cover(block, length, classOf(flags, table.expiryOf(row)));
    }
    // Counts to starts; placing the rows then moves each start to its end.
    let start = 0;
    for (let block = 0; block < V4_BLOCKS; block++) {
      const count = ends[block] ?? 0;
      ends[block] = start;
      start += count;
    }
    this.#rows = new Uint32Array(inside);
    for (let row = 0; row < table.size; row++) {
      if (row % ROWS_BETWEEN_LOOKS === 0 && pacer.due) await pacer.rest();
      const length = table.lengthOf(row);
      if (length <= BLOCK_LENGTH) continue;
      const address = rowAddress(table, row, scratch);
      const kind = classOf(table.flagsOf(row), table.expiryOf(row));
      const block = address >>> BLOCK_ADDRESS_BITS;
      const at = ends[block] ?? 0;
      ends[block] = at + 1;
      this.#rows[at] = (address & ADDRESS_MASK) | ((length - BLOCK_LENGTH) << LENGTH_SHIFT) | (kind << CLASS_SHIFT);
    }
  }

  #cover(first: number, length: number, kind: EntryClass): void {
    const last = first + 2 ** (BLOCK_LENGTH - length);
    for (let block = first; block < last; block++) this.#covers[block] = (this.#covers[block] ?? 0) | (1 << kind);
  }
}

function kindOf(bits: number): EntryClass {
  return bits === CLASS.allow ? CLASS.allow : bits === CLASS.rule ? CLASS.rule : CLASS.plain;
}
