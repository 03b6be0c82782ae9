// The entries that the kernel holds one to one, in its hash and trie maps, with a copy of them in user space to compare with.
import { EntryTable } from '../../../common/entry-table.ts';
import type { FamilyTable } from '../../../common/family-table.ts';
import { FLAG_ALLOW } from '../../../common/packed.ts';
import type { Family } from '../../../common/prefix.ts';
import { DatapathError } from '../datapath.ts';
import type { V6Front } from '../decision/v6-front.ts';
import { KernelError } from '../kernel-map.ts';
import type { OpenMap } from './kernel-tables.ts';
import { RULE_MAPS, RuleMap, type RuleMapSpec } from './rule-map.ts';
import type { RulePlan } from './rule-plan.ts';

const NO_ROOM: ReadonlySet<string> = new Set(['E2BIG', 'ENOSPC', 'ENOMEM']);

export class Rules {
  /** Exactly what the maps hold. */
  held = new EntryTable();
  readonly #maps: readonly RuleMap[];
  readonly #control: Uint32Array<ArrayBuffer>;

  /** `control`: the words of fb_control. */
  constructor(maps: OpenMap, control: Uint32Array<ArrayBuffer>) {
    this.#maps = RULE_MAPS.map((spec) => new RuleMap(spec, maps(spec.name)));
    this.#control = control;
  }

  /** Reads what the maps hold. @throws KernelError */
  async read(): Promise<EntryTable> {
    const table = new EntryTable();
    for (const map of this.#maps) map.size = await map.read(table.family(map.spec.family));
    return table;
  }

  /** @returns maps that do not hold exactly what `held` says. @throws KernelError */
  async differing(): Promise<number> {
    let differing = 0;
    for (const map of this.#maps) if (!(await map.holds(this.held.family(map.spec.family)))) differing++;
    return differing;
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
  async put(plan: RulePlan, wanted: EntryTable, front: V6Front): Promise<void> {
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
    eachV6Block(plan, wanted, this.held, (table, row, address) => {
      table.readAddress(row, address, 0);
      front.add(address, 0, table.lengthOf(row));
    });
  }

  /** Takes `put` back. @throws DatapathError */
  async unput(plan: RulePlan, wanted: EntryTable, front: V6Front): Promise<void> {
    eachV6Block(plan, wanted, this.held, (table, row, address) => {
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
  async remove(plan: RulePlan, wanted: EntryTable, front: V6Front): Promise<void> {
    try {
      for (const [i, map] of this.#maps.entries()) {
        const rows = plan.removes[i] ?? new Uint32Array(0);
        if (rows.length > 0) await map.remove(this.held.family(map.spec.family), rows);
      }
    } catch (error) {
      throw datapathError(error, 'cannot remove entries');
    }
    this.#follow(plan, wanted, front);
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

  /** A map that is full gets room by removing what the list has no more, some rows ahead of its turn. @returns free rows */
  async #makeRoom(
    map: RuleMap,
    plan: RulePlan,
    i: number,
    wanted: EntryTable,
    state: { put: number; removed: number },
  ): Promise<number> {
    const added = Math.min(state.put, plan.fresh[i] ?? 0);
    const free = map.map.maxEntries - map.size - added + state.removed;
    const removes = plan.removes[i] ?? new Uint32Array(0);
    if (free > 0 || state.removed >= removes.length) return Math.max(1, free);
    const held = this.held.family(map.spec.family);
    const next = Math.min(removes.length, state.removed + 4096);
    const gone = removes.slice(state.removed, next).filter((row) => !hasRow(wanted.family(map.spec.family), held, row));
    await map.remove(held, gone);
    state.removed = next;
    return Math.max(1, gone.length);
  }

  async #undo(plan: RulePlan, wanted: EntryTable, done: readonly { put: number; removed: number }[]): Promise<void> {
    for (const [i, map] of this.#maps.entries()) {
      const { put = 0, removed = 0 } = done[i] ?? {};
      const table = wanted.family(map.spec.family);
      const held = this.held.family(map.spec.family);
      const rows = (plan.puts[i] ?? new Uint32Array(0)).subarray(0, put);
      const before = rows.map((row) => rowLike(held, table, row) + 1).filter((row) => row > 0);
      await map.remove(
        table,
        rows.filter((row) => rowLike(held, table, row) < 0),
      );
      await map.put(
        held,
        before.map((row) => row - 1),
      );
      await map.put(held, (plan.removes[i] ?? new Uint32Array(0)).subarray(0, removed));
      Atomics.store(this.#control, map.spec.controlWord, map.size);
    }
  }

  #follow(plan: RulePlan, wanted: EntryTable, front: V6Front): void {
    const address = new Uint8Array(16);
    for (const [i, map] of this.#maps.entries()) {
      const held = this.held.family(map.spec.family);
      const table = wanted.family(map.spec.family);
      for (const row of plan.puts[i] ?? []) {
        table.readAddress(row, address, 0);
        held.set(address, 0, table.lengthOf(row), table.flagsOf(row), table.expiryOf(row));
      }
    }
    // Every removal moves a table's last row into the gap: from the last row down, those still to come stay where they are.
    for (const family of [4, 6] as const) {
      const held = this.held.family(family);
      const rows = plan.removes.flatMap((list, i) => (RULE_MAPS[i]?.family === family ? [...list] : []));
      rows.sort((a, b) => b - a);
      for (const row of rows) {
        held.readAddress(row, address, 0);
        const allow = (held.flagsOf(row) & FLAG_ALLOW) !== 0;
        const length = held.lengthOf(row);
        held.delete(address, 0, length, allow);
        if (family === 6 && !allow) front.remove(address, 0, length);
      }
    }
    this.#maps.forEach((map, i) => {
      map.size += (plan.fresh[i] ?? 0) - (plan.removes[i]?.length ?? 0);
    });
  }
}

/** Every IPv6 block that a plan adds under a new key. */
function eachV6Block(
  plan: RulePlan,
  wanted: EntryTable,
  held: EntryTable,
  visit: (table: FamilyTable, row: number, address: Uint8Array) => void,
): void {
  const address = new Uint8Array(16);
  RULE_MAPS.forEach(({ family, allow }, i) => {
    if (family === 4 || allow) return;
    for (const row of plan.puts[i] ?? []) if (!hasRow(held.v6, wanted.v6, row)) visit(wanted.v6, row, address);
  });
}

const likeAddress = new Uint8Array(16);

function rowLike(table: FamilyTable, other: FamilyTable, row: number): number {
  other.readAddress(row, likeAddress, 0);
  return table.rowOf(likeAddress, 0, other.lengthOf(row), (other.flagsOf(row) & FLAG_ALLOW) !== 0);
}

function hasRow(table: FamilyTable, other: FamilyTable, row: number): boolean {
  return rowLike(table, other, row) >= 0;
}

function allowFirst(a: RuleMapSpec, b: RuleMapSpec): number {
  return Number(b.allow) - Number(a.allow);
}

function kindText(family: number, exact: boolean, allow: boolean): string {
  if (allow) return `IPv${family} allow entries`;
  return exact ? `IPv${family} addresses` : `IPv${family} prefixes`;
}

function datapathError(error: unknown, what: string): DatapathError {
  const name = error instanceof KernelError ? error.errnoName : '';
  const message = error instanceof Error ? error.message : String(error);
  return new DatapathError(NO_ROOM.has(name) ? 'CAPACITY' : 'KERNEL', `${what}: ${message}`, { cause: error });
}
