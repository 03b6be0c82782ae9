// The entries that the kernel holds one to one, in its hash and trie maps, with a copy of them in user space to compare with.
import { EntryTable } from '../../../common/entries/entry-table.ts';
import type { FamilyTable } from '../../../common/entries/family-table.ts';
import { FAMILIES, FLAG_ALLOW } from '../../../common/entries/packed.ts';
import type { Family } from '../../../common/text/prefix.ts';
import { Pacer } from '../../../common/time/pacer.ts';
import { DatapathError } from '../datapath.ts';
import type { V6Front } from '../decision/v6-front.ts';
import { KernelError } from '../kernel-map.ts';
import type { OpenMap } from './kernel-tables.ts';
import { RULE_MAPS, RuleMap, type RuleMapSpec } from './rule-map.ts';
import type { RulePlan } from './rule-plan.ts';

/** Rows per slice: between two of them the event loop may run. */
const SLICE_ROWS = 4096;
const NO_ROOM: ReadonlySet<string> = new Set(['E2BIG', 'ENOSPC', 'ENOMEM']);

/** `held` follows the maps, so that a change is a difference of two tables and no map has to be read for it. */
export class Rules {
  /** Exactly what the maps hold. */
  held = new EntryTable<'boot'>();
  readonly #maps: readonly RuleMap[];
  readonly #control: Uint32Array<ArrayBuffer>;

  /** `control`: the words of fb_control. */
  constructor(maps: OpenMap, control: Uint32Array<ArrayBuffer>) {
    this.#maps = RULE_MAPS.map((spec) => new RuleMap(spec, maps(spec.name)));
    this.#control = control;
  }

  /** Makes `held` what the maps hold. @throws KernelError */
  async read(): Promise<void> {
    const table = new EntryTable<'boot'>();
    for (const map of this.#maps) {
      const rows = table.family(map.spec.family);
      await makeRoom(rows, Math.min(map.map.maxEntries, this.#control[map.spec.controlWord] ?? 0));
      map.size = await map.read(rows);
    }
    this.held = table;
  }

  /**
   * Whether the maps hold exactly what `held` says. Unless `all` is set, it leaves out those that were read recently and hold as many rows
   * as they should.
   * @returns maps that do not; undefined when `hurried` stopped it, or when some were left out and the others are as they should be
   * @throws KernelError
   */
  async differing(all: boolean, hurried: () => boolean): Promise<number | undefined> {
    let differing = 0;
    let unread = 0;
    for (const map of this.#maps) {
      if (!all && !map.wantsReading) {
        unread++;
        continue;
      }
      const holds = await map.holds(this.held.family(map.spec.family), all, hurried);
      if (holds === undefined) return differing > 0 ? differing : undefined;
      if (!holds) differing++;
    }
    return differing === 0 && unread > 0 ? undefined : differing;
  }

  /** @returns maps whose count in the program's control block is wrong; with `repair`, sets it right */
  checkControl(repair: boolean): number {
    let wrong = 0;
    for (const { spec, size } of this.#maps) {
      if (this.#control[spec.controlWord] === size) continue;
      wrong++;
      if (repair) Atomics.store(this.#control, spec.controlWord, size);
    }
    return wrong;
  }

  /** @throws DatapathError CAPACITY when a map could not hold the plan's outcome; nothing is touched */
  checkCapacity(plan: RulePlan): void {
    this.#maps.forEach(({ spec, map, size }, i) => {
      const wanted = size + (plan.fresh[i] ?? 0) - (plan.removes[i]?.length ?? 0);
      if (wanted > map.maxEntries)
        throw new DatapathError(
          'CAPACITY',
          `${wanted} ${kindText(spec.family, spec.exact, spec.allow)} do not fit into the kernel's map of ${map.maxEntries}: start the agent with --capacity ${wanted} or more, or shorten the list`,
        );
    });
  }

  /**
   * The adding half of a plan, allowing rows first, so that no packet of an allowed source meets a new block: rows into the maps, then the bits that make IPv6 packets look.
   * @throws DatapathError; the maps then hold what they held before
   */
  async put(plan: RulePlan, wanted: EntryTable<'boot'>, front: V6Front): Promise<void> {
    const done = this.#maps.map(() => ({ put: 0, removed: 0 }));
    try {
      for (const [i, map] of [...this.#maps.entries()].sort(([, a], [, b]) => allowFirst(a.spec, b.spec))) {
        const rows = plan.puts[i] ?? new Uint32Array(0);
        if (rows.length === 0) continue;
        Atomics.store(this.#control, map.spec.controlWord, Math.max(1, map.size + (plan.fresh[i] ?? 0)));
        const state = done[i] ?? { put: 0, removed: 0 };
        while (state.put < rows.length) {
          const room = await this.#makeRoom(map, plan, i, wanted, state);
          const next = Math.min(rows.length, state.put + room);
          const from = state.put;
          // Counted before the call: a batch that fails may have put some of its rows.
          state.put = next;
          await map.put(wanted.family(map.spec.family), rows, from, next);
        }
      }
    } catch (error) {
      await this.#undo(plan, wanted, done);
      throw datapathError(error, 'cannot add entries');
    }
    await eachV6Block(plan, wanted, this.held, (table, row, address) => {
      table.readAddress(row, address, 0);
      front.add(address, 0, table.lengthOf(row));
    });
  }

  /** Takes `put` back. @throws DatapathError */
  async unput(plan: RulePlan, wanted: EntryTable<'boot'>, front: V6Front): Promise<void> {
    await eachV6Block(plan, wanted, this.held, (table, row, address) => {
      table.readAddress(row, address, 0);
      front.remove(address, 0, table.lengthOf(row));
    });
    await this.#undo(
      plan,
      wanted,
      plan.puts.map((rows, i) => ({ put: rows.length, removed: plan.removes[i]?.length ?? 0 })),
    );
  }

  /** The removing half: rows out of the maps, then the bits. Afterwards `held` is what the plan led to. @throws DatapathError */
  async remove(plan: RulePlan, wanted: EntryTable<'boot'>, front: V6Front): Promise<void> {
    try {
      for (const [i, map] of this.#maps.entries()) {
        const rows = plan.removes[i] ?? new Uint32Array(0);
        if (rows.length > 0) await map.remove(this.held.family(map.spec.family), rows);
      }
    } catch (error) {
      throw datapathError(error, 'cannot remove entries');
    }
    await this.#follow(plan, wanted, front);
    for (const { spec, size } of this.#maps) Atomics.store(this.#control, spec.controlWord, size);
  }

  /** Every row that a plan takes out of the maps, before it does. */
  eachRemoved(plan: RulePlan, visit: (family: Family, address: Uint8Array, length: number) => void): void {
    const address = new Uint8Array(16);
    RULE_MAPS.forEach(({ family, allow }, i) => {
      const held = this.held.family(family);
      for (const row of allow ? [] : (plan.removes[i] ?? [])) {
        held.readAddress(row, address, 0);
        visit(family, address, held.lengthOf(row));
      }
    });
  }

  /** A map that is full gets room by removing what the list no longer has, some rows ahead of its turn. @returns free rows */
  async #makeRoom(
    map: RuleMap,
    plan: RulePlan,
    i: number,
    wanted: EntryTable<'boot'>,
    state: { put: number; removed: number },
  ): Promise<number> {
    const added = Math.min(state.put, plan.fresh[i] ?? 0);
    const free = map.map.maxEntries - map.size - added + state.removed;
    const removes = plan.removes[i] ?? new Uint32Array(0);
    if (free > 0 || state.removed >= removes.length) return Math.max(1, free);
    const held = this.held.family(map.spec.family);
    const next = Math.min(removes.length, state.removed + 4096);
    const gone = removes
      .slice(state.removed, next)
      .filter((row) => wanted.family(map.spec.family).rowLike(held, row) < 0);
    await map.remove(held, gone);
    state.removed = next;
    return Math.max(1, gone.length);
  }

  async #undo(
    plan: RulePlan,
    wanted: EntryTable<'boot'>,
    done: readonly { put: number; removed: number }[],
  ): Promise<void> {
    for (const [i, map] of this.#maps.entries()) {
      const { put = 0, removed = 0 } = done[i] ?? {};
      const table = wanted.family(map.spec.family);
      const held = this.held.family(map.spec.family);
      const rows = (plan.puts[i] ?? new Uint32Array(0)).subarray(0, put);
      const before = rows.map((row) => held.rowLike(table, row) + 1).filter((row) => row > 0);
      await map.remove(
        table,
        rows.filter((row) => held.rowLike(table, row) < 0),
      );
      await map.put(
        held,
        before.map((row) => row - 1),
      );
      await map.put(held, (plan.removes[i] ?? new Uint32Array(0)).subarray(0, removed));
      Atomics.store(this.#control, map.spec.controlWord, map.size);
    }
  }

  /** The event loop runs in between; nothing else reads `held` meanwhile: changes take turns. */
  async #follow(plan: RulePlan, wanted: EntryTable<'boot'>, front: V6Front): Promise<void> {
    const pacer = new Pacer();
    const address = new Uint8Array(16);
    for (const family of FAMILIES) await makeRoom(this.held.family(family), sumOver(family, plan.fresh));
    for (const [i, map] of this.#maps.entries()) {
      const { family } = map.spec;
      const held = this.held.family(family);
      const table = wanted.family(family);
      for (const rows of slicesOf(plan.puts[i])) {
        map.replaced(held, table, rows);
        for (const row of rows) held.copyRow(table, row);
        if (pacer.due) await pacer.rest();
      }
      for (const rows of slicesOf(plan.removes[i])) {
        map.removed(held, rows);
        if (pacer.due) await pacer.rest();
      }
      map.size += (plan.fresh[i] ?? 0) - (plan.removes[i]?.length ?? 0);
    }
    // Every removal moves a table's last row into the gap: from the last row down, those still to come stay where they are.
    for (const family of FAMILIES) {
      const held = this.held.family(family);
      const rows = joined(plan.removes.filter((_, i) => RULE_MAPS[i]?.family === family));
      for (let i = rows.length - 1; i >= 0; i--) {
        if (i % SLICE_ROWS === 0 && pacer.due) await pacer.rest();
        const row = rows[i] ?? 0;
        held.readAddress(row, address, 0);
        const allow = (held.flagsOf(row) & FLAG_ALLOW) !== 0;
        const length = held.lengthOf(row);
        held.delete(address, 0, length, allow);
        if (family === 6 && !allow) front.remove(address, 0, length);
      }
    }
  }
}

/** Every IPv6 block that a plan adds under a new key. The event loop runs in between. */
async function eachV6Block(
  plan: RulePlan,
  wanted: EntryTable<'boot'>,
  held: EntryTable<'boot'>,
  visit: (table: FamilyTable, row: number, address: Uint8Array) => void,
): Promise<void> {
  const pacer = new Pacer();
  const address = new Uint8Array(16);
  for (const [i, { family, allow }] of RULE_MAPS.entries()) {
    if (family === 4 || allow) continue;
    for (const rows of slicesOf(plan.puts[i])) {
      for (const row of rows) if (held.v6.rowLike(wanted.v6, row) < 0) visit(wanted.v6, row, address);
      if (pacer.due) await pacer.rest();
    }
  }
}

async function makeRoom(table: FamilyTable, rows: number): Promise<void> {
  if (table.hasRoom(rows)) return;
  const pacer = new Pacer();
  for (const _ of table.reserveInSteps(rows)) if (pacer.due) await pacer.rest();
}

function sumOver(family: Family, counts: readonly number[]): number {
  return counts.reduce((sum, count, i) => sum + (RULE_MAPS[i]?.family === family ? count : 0), 0);
}

/** Some milliseconds of work each. */
function* slicesOf(rows: Uint32Array = new Uint32Array(0)): Generator<Uint32Array> {
  for (let from = 0; from < rows.length; from += SLICE_ROWS) yield rows.subarray(from, from + SLICE_ROWS);
}

/** Several sorted lists as one. */
function joined(lists: readonly Uint32Array[]): Uint32Array {
  const filled = lists.filter((rows) => rows.length > 0);
  const [first] = filled;
  if (filled.length === 1 && first) return first;
  const rows = new Uint32Array(filled.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const list of filled) {
    rows.set(list, at);
    at += list.length;
  }
  return rows.sort();
}

function allowFirst(a: RuleMapSpec, b: RuleMapSpec): number {
  return Number(b.allow) - Number(a.allow);
}

function kindText(family: number, exact: boolean, allow: boolean): string {
  if (allow) return `IPv${family} allow entries`;
  return exact ? `IPv${family} addresses` : `IPv${family} prefixes`;
}

function datapathError(error: unknown, what: string): DatapathError {
  const name = error instanceof KernelError ? error.code : '';
  const message = error instanceof Error ? error.message : String(error);
  return new DatapathError(NO_ROOM.has(name) ? 'CAPACITY' : 'KERNEL', `${what}: ${message}`, { cause: error });
}
