// One of the maps that hold entries one to one: which rows it is for, and changing it by many rows at once.
import type { FamilyTable } from '../../../common/entries/family-table.ts';
import { addressBytes, FLAG_ALLOW } from '../../../common/entries/packed.ts';
import type { Family } from '../../../common/text/prefix.ts';
import { Pacer } from '../../../common/time/pacer.ts';
import { CONTROL, MAPS } from '../decision/layout.ts';
import type { KernelMap } from '../kernel-map.ts';
import { ReadingPace } from './reading-pace.ts';
import { RowSum } from './row-sums.ts';
import { decodeRows, encodeRows, type KeyForm } from './rule-codec.ts';

/** Up to this many rows go by single calls: less than a batch's way to a worker thread and back. */
const SINGLE_CALLS = 48;
const BATCH_ROWS = 32_768;
const SUMMED_ROWS = 4096;

/** Which rows go into a map: a family, whole addresses or prefixes, blocking or allowing. */
export interface RuleMapSpec extends KeyForm {
  readonly name: string;
  readonly allow: boolean;
  /** Word of fb_control that counts its rows. */
  readonly controlWord: number;
}

/** Every row belongs to exactly one of these, or, as a plain IPv4 block, to the bits. Plans index into this array. */
export const RULE_MAPS: readonly RuleMapSpec[] = [
  { name: MAPS.v4Exact, family: 4, exact: true, allow: false, controlWord: CONTROL.v4Exact },
  { name: MAPS.v4Prefixes, family: 4, exact: false, allow: false, controlWord: CONTROL.v4Prefixes },
  { name: MAPS.v4Allowed, family: 4, exact: false, allow: true, controlWord: CONTROL.v4Allowed },
  { name: MAPS.v6Exact, family: 6, exact: true, allow: false, controlWord: CONTROL.v6Exact },
  { name: MAPS.v6Prefixes, family: 6, exact: false, allow: false, controlWord: CONTROL.v6Prefixes },
  { name: MAPS.v6Allowed, family: 6, exact: false, allow: true, controlWord: CONTROL.v6Allowed },
];

/** Index into RULE_MAPS of the map for a row. */
export function ruleMapOf(family: Family, length: number, flags: number): number {
  const base = family === 4 ? 0 : 3;
  if ((flags & FLAG_ALLOW) !== 0) return base + 2;
  return length === addressBytes(family) * 8 ? base : base + 1;
}

/** Changes go in batches, one system call each; the sum of what belongs into the map is kept up to date for cheap comparisons. */
export class RuleMap {
  readonly spec: RuleMapSpec;
  readonly map: KernelMap;
  /** Rows that it holds. */
  size = 0;
  /** Sum of the rows of `held` that belong to it; undefined until it is asked for. */
  #expected: RowSum | undefined;
  readonly #pace: ReadingPace;

  constructor(spec: RuleMapSpec, map: KernelMap) {
    this.spec = spec;
    this.map = map;
    this.#pace = new ReadingPace(map);
  }

  /** Whether it is time to read all of it again: not while it is known to hold the right number of rows and the last reading took long. */
  get wantsReading(): boolean {
    return this.#pace.isDue(this.size);
  }

  /** Adds or replaces the rows `rows[from]` to `rows[to - 1]` of `table`. @throws KernelError, after some of them perhaps */
  async put(table: FamilyTable, rows: Uint32Array, from = 0, to = rows.length): Promise<void> {
    await this.#inBatches(from, to, async (start, end) => {
      const { keys, values } = encodeRows(this.spec, table, rows, start, end);
      if (end - start > SINGLE_CALLS) return this.map.updateBatch(keys, values, end - start);
      const { keyBytes, valueBytes } = this.map;
      for (let i = 0; i < end - start; i++)
        this.map.update(
          keys.subarray(i * keyBytes, (i + 1) * keyBytes),
          values.subarray(i * valueBytes, (i + 1) * valueBytes),
        );
    });
  }

  /** Removes rows; what is not there is no error. @throws KernelError, after some of them perhaps */
  async remove(table: FamilyTable, rows: Uint32Array, from = 0, to = rows.length): Promise<void> {
    await this.#inBatches(from, to, async (start, end) => {
      const { keys } = encodeRows(this.spec, table, rows, start, end);
      if (end - start > SINGLE_CALLS) return this.map.deleteBatch(keys, end - start);
      const { keyBytes } = this.map;
      for (let i = 0; i < end - start; i++) this.map.delete(keys.subarray(i * keyBytes, (i + 1) * keyBytes));
    });
  }

  /**
   * Whether it holds exactly the rows of `held` that belong to it. Nothing may change either meanwhile. What is empty and should be is read only
   * when `emptyToo`: the program does not read it either.
   * @returns undefined when `hurried` stopped it. @throws KernelError
   */
  async holds(held: FamilyTable, emptyToo: boolean, hurried: () => boolean): Promise<boolean | undefined> {
    this.#expected ??= await this.#sumOf(held);
    const sum = new RowSum();
    if (emptyToo || this.size > 0 || this.#expected.rows > 0)
      for await (const { keys, values, count } of this.map.entries()) {
        sum.add(keys, this.map.keyBytes, values, count);
        if (hurried()) return undefined;
      }
    const same = sum.equals(this.#expected);
    this.#pace.read(same ? this.size : undefined);
    return same;
  }

  /** Call it before the rows of `held` that `rows` of `table` take the place of, or come in addition to, are changed. */
  replaced(held: FamilyTable, table: FamilyTable, rows: Uint32Array): void {
    if (!this.#expected) return;
    const before = rows.map((row) => held.rowLike(table, row) + 1).filter((row) => row > 0);
    this.removed(
      held,
      before.map((row) => row - 1),
    );
    this.#account(table, rows, 1);
  }

  /** Call it before `rows` of `held` are taken out. */
  removed(held: FamilyTable, rows: Uint32Array): void {
    this.#account(held, rows, -1);
  }

  #account(table: FamilyTable, rows: Uint32Array, sign: 1 | -1): void {
    if (!this.#expected || rows.length === 0) return;
    const { keys, values } = encodeRows(this.spec, table, rows, 0, rows.length);
    this.#expected.add(keys, this.map.keyBytes, values, rows.length, sign);
  }

  async #sumOf(held: FamilyTable): Promise<RowSum> {
    const pacer = new Pacer();
    const sum = new RowSum();
    const { family, allow, exact } = this.spec;
    const own = ruleMapOf(family, exact ? addressBytes(family) * 8 : 0, allow ? FLAG_ALLOW : 0);
    const rows = new Uint32Array(SUMMED_ROWS);
    for (let row = 0; row < held.size; ) {
      let count = 0;
      for (; row < held.size && count < SUMMED_ROWS; row++)
        if (ruleMapOf(family, held.lengthOf(row), held.flagsOf(row)) === own) rows[count++] = row;
      const { keys, values } = encodeRows(this.spec, held, rows, 0, count);
      sum.add(keys, this.map.keyBytes, values, count);
      if (pacer.due) await pacer.rest();
    }
    return sum;
  }

  /** Reads all rows into a table. @throws KernelError */
  async read(into: FamilyTable): Promise<number> {
    this.#expected = undefined;
    const pacer = new Pacer();
    let size = 0;
    for await (const { keys, values, count } of this.map.entries()) {
      decodeRows(this.spec, this.spec.allow, keys, values, count, into);
      size += count;
      if (pacer.due) await pacer.rest();
    }
    return size;
  }

  async #inBatches(from: number, to: number, batch: (start: number, end: number) => Promise<void>): Promise<void> {
    for (let start = from; start < to; start += BATCH_ROWS) await batch(start, Math.min(to, start + BATCH_ROWS));
  }
}
