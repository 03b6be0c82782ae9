// Keeps the IPv4 decision structure in step with a table of entries: which blocks a change touches, and how they are computed:
// a few /24s by probing the table, many by one pass over it.
import type { FamilyTable } from '../../../../common/entries/family-table.ts';
import type { FamilyColumns } from '../../../../common/entries/packed.ts';
import { Pacer } from '../../../../common/time/pacer.ts';
import { WordList } from '../bits.ts';
import { BLOCK_ADDRESS_BITS, BLOCK_LENGTH, BLOCK_SLASH24_BITS, V4_BLOCKS } from '../layout.ts';
import { FULL, type Garbage, V4Change } from './change.ts';
import { addressAt, Buckets, Lengths, Prober } from './compile.ts';
import { V4Draft } from './draft.ts';
import type { V4Memory } from './memory.ts';

const ALL = 0xffffffff;
const SLASH24S = 1 << 24;
/** A /24 costs up to a few hundred probes of the table; a pass costs a little for every row and block. */
const ROWS_PER_PROBED_SLASH24 = 400;
const PASS_ROWS = 100_000;
const BLOCKS_BETWEEN_LOOKS = 64;
const ROWS_BETWEEN_LOOKS = 4096;

/** The outcome of a change. When it was `full`, the structure is as it was before. */
export interface V4Outcome {
  readonly full: boolean;
  /** /24s that are decided differently now. */
  readonly differing: number;
  /** Something that bits dropped may no longer be dropped. */
  readonly narrowed: boolean;
  readonly garbage: readonly Garbage[];
}

/** For changes that touch no IPv4 row. */
export const NOTHING_MOVED: V4Outcome = { full: false, differing: 0, narrowed: false, garbage: [] };

/** Chooses between probing the table and a pass over it by what each would cost, so small changes stay cheap on large lists. */
export class V4Decision {
  readonly #memory: V4Memory;
  readonly #lengths = new Lengths();
  readonly #draft = new V4Draft();
  /** Resolves when memory has been freed; undefined when there is none to wait for. */
  readonly #moreRoom: () => Promise<void> | undefined;

  constructor(memory: V4Memory, moreRoom: () => Promise<void> | undefined) {
    this.#memory = memory;
    this.#moreRoom = moreRoom;
  }

  /** Follows the rows of `adds` and `removes`, which `table` has and has not. */
  async apply(adds: FamilyColumns, removes: FamilyColumns, table: FamilyTable): Promise<V4Outcome> {
    const mostProbed = (table.size + PASS_ROWS) / ROWS_PER_PROBED_SLASH24;
    for (let row = 0; row < adds.count && row <= mostProbed; row++)
      this.#lengths.add(adds.lengths[row] ?? 0, adds.flags[row] ?? 0);
    const affected = countSlash24s(adds, mostProbed) + countSlash24s(removes, mostProbed);
    if (affected === 0) return NOTHING_MOVED;
    if (affected < mostProbed) return this.#probe(slash24sOf([adds, removes], affected), table);
    // A pass counts the lengths of all rows again.
    return this.rebuild(table, await blocksOf([adds, removes]));
  }

  /**
   * Compares every block with the table and writes nothing.
   * @returns /24s that are decided otherwise than the table says: of some blocks only when `hurried` stopped it
   */
  async differing(table: FamilyTable, hurried = () => false): Promise<number> {
    return (await this.#pass(table, undefined, hurried)).differing;
  }

  /** Compares every block (or those with a 1 in `only`) with the table and rewrites those that differ. */
  rebuild(table: FamilyTable, only?: Uint8Array): Promise<V4Outcome> {
    return this.#pass(table, only);
  }

  /** With `dry` it only compares, until that returns true. */
  async #pass(table: FamilyTable, only?: Uint8Array, dry?: () => boolean): Promise<V4Outcome> {
    const pacer = new Pacer();
    // A comparison says nothing about what the structure follows.
    const buckets = await Buckets.of(table, dry ? new Lengths() : this.#lengths, pacer);
    const change = new V4Change(this.#memory, dry !== undefined);
    const { front, index } = this.#memory;
    let differing = 0;
    for (let block = 0; block < V4_BLOCKS; block++) {
      if (block % BLOCKS_BETWEEN_LOOKS === 0 && pacer.due) await pacer.rest();
      if (block % BLOCKS_BETWEEN_LOOKS === 0 && dry?.()) break;
      if (only !== undefined && only[block] === 0) continue;
      const unused = index[block] === 0 && front[block * 2] === 0 && front[block * 2 + 1] === 0;
      if (unused && buckets.isEmpty(block) && !this.#memory.summaryHas(block)) continue;
      const uniform = buckets.uniform(block);
      if (uniform !== undefined) {
        differing += change.assign(block, uniform);
        continue;
      }
      this.#draft.clear();
      buckets.addBlock(block, this.#draft);
      const wrong = await this.#write(change, block, ALL, ALL);
      if (wrong === FULL) {
        // The lengths counted are those of the table that did not fit: any other may be back.
        this.#lengths.all();
        return takenBack(change);
      }
      differing += wrong;
    }
    return { full: false, differing, narrowed: change.narrowed, garbage: change.commit() };
  }

  /** `slash24s`: sorted, unique. */
  async #probe(slash24s: Uint32Array, table: FamilyTable): Promise<V4Outcome> {
    const pacer = new Pacer();
    const prober = new Prober(table, this.#lengths);
    const change = new V4Change(this.#memory);
    let differing = 0;
    for (let i = 0; i < slash24s.length; ) {
      if (pacer.due) await pacer.rest();
      const block = (slash24s[i] ?? 0) >>> BLOCK_SLASH24_BITS;
      let low = 0;
      let high = 0;
      this.#draft.clear();
      for (; i < slash24s.length && (slash24s[i] ?? 0) >>> BLOCK_SLASH24_BITS === block; i++) {
        const slash24 = slash24s[i] ?? 0;
        if ((slash24 & 32) === 0) low |= 1 << (slash24 & 31);
        else high |= 1 << (slash24 & 31);
        prober.addSlash24(slash24, this.#draft);
      }
      const wrong = await this.#write(change, block, low, high);
      if (wrong === FULL) return takenBack(change);
      differing += wrong;
    }
    return { full: false, differing, narrowed: change.narrowed, garbage: change.commit() };
  }

  /** Retries once when memory of earlier changes is about to be freed. */
  async #write(change: V4Change, block: number, low: number, high: number): Promise<number> {
    const wrong = change.write(block, this.#draft, low, high);
    const room = wrong === FULL ? this.#moreRoom() : undefined;
    if (!room) return wrong;
    await room;
    return change.write(block, this.#draft, low, high);
  }
}

function takenBack(change: V4Change): V4Outcome {
  const garbage = change.rollback();
  return { full: true, differing: 0, narrowed: change.narrowed, garbage };
}

/** Stops counting beyond `most`. */
function countSlash24s(columns: FamilyColumns, most: number): number {
  let count = 0;
  for (let row = 0; row < columns.count && count <= most; row++)
    count += 2 ** Math.max(0, 24 - (columns.lengths[row] ?? 0));
  return count;
}

function slash24sOf(columns: readonly FamilyColumns[], count: number): Uint32Array {
  const list = new Uint32Array(Math.min(count, 2 * SLASH24S));
  let filled = 0;
  for (const { count: rows, addresses, lengths } of columns) {
    for (let row = 0; row < rows; row++) {
      const first = addressAt(addresses, row * 4) >>> 8;
      const size = 2 ** Math.max(0, 24 - (lengths[row] ?? 0));
      for (let i = 0; i < size; i++) list[filled++] = first + i;
    }
  }
  list.sort();
  const unique = new WordList();
  for (let i = 0; i < filled; i++) if (i === 0 || list[i] !== list[i - 1]) unique.push(list[i] ?? 0);
  return unique.view();
}

/** A 1 for every block that a row touches. */
async function blocksOf(columns: readonly FamilyColumns[]): Promise<Uint8Array> {
  const pacer = new Pacer();
  const blocks = new Uint8Array(V4_BLOCKS);
  for (const { count, addresses, lengths } of columns) {
    for (let row = 0; row < count; row++) {
      if (row % ROWS_BETWEEN_LOOKS === 0 && pacer.due) await pacer.rest();
      const first = addressAt(addresses, row * 4) >>> BLOCK_ADDRESS_BITS;
      const length = lengths[row] ?? 0;
      if (length >= BLOCK_LENGTH) blocks[first] = 1;
      else blocks.fill(1, first, first + 2 ** (BLOCK_LENGTH - length));
    }
  }
  return blocks;
}
