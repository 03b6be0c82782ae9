// What a change means for the maps that hold entries one to one: rows to put, rows to remove, map by map.
import type { EntryTable } from '../../../common/entries/entry-table.ts';
import type { FamilyTable } from '../../../common/entries/family-table.ts';
import type { FamilyColumns } from '../../../common/entries/packed.ts';
import { expiryDiffers } from '../../../common/entries/times.ts';
import type { Family } from '../../../common/text/prefix.ts';
import { Pacer } from '../../../common/time/pacer.ts';
import type { EntryChange } from '../datapath.ts';
import { WordList } from '../decision/bits.ts';
import { classOf } from '../decision/v4/compile.ts';
import { CLASS } from '../decision/v4/draft.ts';
import { LAST_MS } from './rule-codec.ts';
import { RULE_MAPS, ruleMapOf } from './rule-map.ts';

const ROWS_BETWEEN_LOOKS = 4096;

/** The order of work is Rules': allowing puts, other puts, then removes. */
export interface RulePlan {
  /** By index into RULE_MAPS: rows of the wanted table, sorted, unique. */
  readonly puts: readonly Uint32Array[];
  /** How many of the puts are new keys. */
  readonly fresh: readonly number[];
  /** By index into RULE_MAPS: rows of the held table, sorted, unique. */
  readonly removes: readonly Uint32Array[];
}

/** True for rows that the kernel holds one to one: all but plain IPv4 blocks, which are bits. */
function isRule(family: Family, flags: number, expiresMs: number): boolean {
  return family === 6 || classOf(flags, expiresMs) !== CLASS.plain;
}

/** Puts and removes of all maps. */
export function plannedRows(plan: RulePlan): number {
  return [...plan.puts, ...plan.removes].reduce((sum, rows) => sum + rows.length, 0);
}

/** From what the maps hold to what they must hold after a change. */
export async function planChange(
  change: EntryChange,
  after: EntryTable<'boot'>,
  held: EntryTable<'boot'>,
): Promise<RulePlan> {
  const builder = new Builder(after, held);
  await builder.follow(4, change.adds.v4);
  await builder.follow(4, change.removes.v4);
  await builder.follow(6, change.adds.v6);
  await builder.follow(6, change.removes.v6);
  return builder.finish();
}

/** From what the maps hold to exactly `desired`. */
export async function planAll(desired: EntryTable<'boot'>, held: EntryTable<'boot'>): Promise<RulePlan> {
  const builder = new Builder(desired, held);
  await builder.compareAll(4);
  await builder.compareAll(6);
  return builder.finish();
}

class Builder {
  readonly #wanted: EntryTable<'boot'>;
  readonly #held: EntryTable<'boot'>;
  readonly #puts = RULE_MAPS.map(() => new WordList());
  readonly #removes = RULE_MAPS.map(() => new WordList());
  readonly #pacer = new Pacer();

  constructor(wanted: EntryTable<'boot'>, held: EntryTable<'boot'>) {
    this.#wanted = wanted;
    this.#held = held;
  }

  /** Checks every key of the columns; the tables say what to do about it. */
  async follow(family: Family, columns: FamilyColumns): Promise<void> {
    const wanted = this.#wanted.family(family);
    const held = this.#held.family(family);
    for (let i = 0; i < columns.count; i++) {
      if (i % ROWS_BETWEEN_LOOKS === 0 && this.#pacer.due) await this.#pacer.rest();
      const flags = columns.flags[i] ?? 0;
      // The mass of a list: plain IPv4 blocks beside a kernel that holds no rules.
      if (held.size === 0 && (columns.timesMs[i] ?? 0) === 0 && !isRule(family, flags, 0)) continue;
      this.#compare(family, wanted, wanted.find(columns, i), held, held.find(columns, i), 0);
    }
  }

  async compareAll(family: Family): Promise<void> {
    const wanted = this.#wanted.family(family);
    const held = this.#held.family(family);
    let met = 0;
    for (let row = 0, have = -1; row < wanted.size; row++) {
      if (row % ROWS_BETWEEN_LOOKS === 0 && this.#pacer.due) await this.#pacer.rest();
      if (!isRule(family, wanted.flagsOf(row), wanted.expiryOf(row))) continue;
      have = held.rowLike(wanted, row, have + 1);
      if (have >= 0) met++;
      this.#compare(family, wanted, row, held, have);
    }
    // Every row that the kernel holds was met: there is none too many.
    if (met === held.size) return;
    for (let row = 0, want = -1; row < held.size; row++) {
      if (row % ROWS_BETWEEN_LOOKS === 0 && this.#pacer.due) await this.#pacer.rest();
      want = wanted.rowLike(held, row, want + 1);
      this.#compare(family, wanted, want, held, row);
    }
  }

  async finish(): Promise<RulePlan> {
    const puts = this.#puts.map(sortedUnique);
    const removes = this.#removes.map(sortedUnique);
    const fresh: number[] = [];
    for (const [i, rows] of puts.entries()) fresh.push(await this.#countFresh(RULE_MAPS[i]?.family ?? 4, rows));
    return { puts, fresh, removes };
  }

  async #countFresh(family: Family, rows: Uint32Array): Promise<number> {
    const wanted = this.#wanted.family(family);
    const held = this.#held.family(family);
    if (held.size === 0) return rows.length;
    let fresh = 0;
    let have = -1;
    for (let i = 0; i < rows.length; i++) {
      if (i % ROWS_BETWEEN_LOOKS === 0 && this.#pacer.due) await this.#pacer.rest();
      have = held.rowLike(wanted, rows[i] ?? 0, have + 1);
      if (have < 0) fresh++;
    }
    return fresh;
  }

  /** `want`, `have`: rows of one key, -1 for none. */
  #compare(family: Family, wanted: FamilyTable, want: number, held: FamilyTable, have: number, slackMs?: number): void {
    if (want >= 0 && isRule(family, wanted.flagsOf(want), wanted.expiryOf(want))) {
      const same = have >= 0 && wanted.flagsOf(want) === held.flagsOf(have);
      if (!same || expiryDiffers(clamped(wanted.expiryOf(want)), clamped(held.expiryOf(have)), slackMs))
        this.#puts[ruleMapOf(family, wanted.lengthOf(want), wanted.flagsOf(want))]?.push(want);
    } else if (have >= 0) {
      this.#removes[ruleMapOf(family, held.lengthOf(have), held.flagsOf(have))]?.push(have);
    }
  }
}

/** As the kernel can hold it. */
function clamped(expiryMs: number): number {
  return Math.min(expiryMs, LAST_MS);
}

function inOrder(rows: Uint32Array): boolean {
  for (let i = 1; i < rows.length; i++) if ((rows[i] ?? 0) < (rows[i - 1] ?? 0)) return false;
  return true;
}

function sortedUnique(list: WordList): Uint32Array {
  const rows = list.view();
  // Nearly always they are in order already, and sorting a million holds the loop.
  if (!inOrder(rows)) rows.sort();
  let kept = 0;
  for (let i = 0; i < rows.length; i++) if (i === 0 || rows[i] !== rows[i - 1]) rows[kept++] = rows[i] ?? 0;
  return rows.subarray(0, kept);
}
