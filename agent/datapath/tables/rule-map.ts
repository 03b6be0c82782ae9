// One of the maps that hold entries one to one: which rows it is for, and changing it by many rows at once.
import type { FamilyTable } from '../../../common/family-table.ts';
import { addressBytes, FLAG_ALLOW } from '../../../common/packed.ts';
import type { Family } from '../../../common/prefix.ts';
import { CONTROL, MAPS } from '../decision/layout.ts';
import { Pacer } from '../decision/pause.ts';
import type { KernelMap } from '../kernel-map.ts';
import { decodeRows, encodeRows, type KeyForm } from './rule-codec.ts';

/** Up to this many rows go by single calls: less than a batch's way to a worker thread and back. */
const SINGLE_CALLS = 48;
const BATCH_ROWS = 32_768;

export interface RuleMapSpec extends KeyForm {
  readonly name: string;
  readonly allow: boolean;
  /** Word of fb_control that counts its rows. */
  readonly controlWord: number;
}

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

export class RuleMap {
  readonly spec: RuleMapSpec;
  readonly map: KernelMap;
  /** Rows that it holds. */
  size = 0;

  constructor(spec: RuleMapSpec, map: KernelMap) {
    this.spec = spec;
    this.map = map;
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

  /** Reads all rows into a table. @throws KernelError */
  async read(into: FamilyTable): Promise<number> {
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
