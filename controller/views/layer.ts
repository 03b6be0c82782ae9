// A layer: one source of entries (the single claims of one selector, or one list), kept once however many hosts have it.
import { ACTIONS, actionOfFlags } from '../../common/action.ts';
import { EntryTable } from '../../common/entries/entry-table.ts';
import type { PackedEntries } from '../../common/entries/packed.ts';
import type { KeyAt } from '../../common/entries/rows.ts';
import { type Effect, stronger } from '../../common/precedence.ts';
import { type SelectableHost, type Selector, selectorMatches } from '../../common/text/selector.ts';
import type { LayerKey } from '../claims/layers.ts';

/** `size` in rows; `sums` are the two 32-bit halves of a digest, to be added modulo 2^32. */
export interface LayerTotals {
  readonly size: number;
  readonly sums: readonly [number, number];
}

/** Rows may have ended: removing them is up to the store's expiry. */
export class Layer {
  readonly id: string;
  readonly selector: Selector;
  /** Place in the order in which layers were met: views name themselves by it. */
  readonly ordinal: number;
  readonly table = new EntryTable<'unix'>();
  /** True while views contain it: from its first row until it is empty again. */
  active = false;
  #packed: PackedEntries<'unix'> | undefined;

  constructor(key: LayerKey, ordinal: number) {
    this.id = key.id;
    this.selector = key.selector;
    this.ordinal = ordinal;
  }

  matches(host: SelectableHost): boolean {
    return selectorMatches(this.selector, host);
  }

  effectOf(key: KeyAt): Effect | undefined {
    return effectIn(this.table, key);
  }

  /** What all its rows add to a view that has no other layer. */
  totals(): LayerTotals {
    const { v4, v6 } = this.table;
    return { size: this.table.size, sums: [(v4.sums[0] + v6.sums[0]) >>> 0, (v4.sums[1] + v6.sums[1]) >>> 0] };
  }

  /** Call it after every change of the table. */
  changed(): void {
    this.#packed = undefined;
  }

  /** All rows as columns. Shared: later changes make another copy. */
  packed(): PackedEntries<'unix'> {
    this.#packed ??= this.table.pack();
    return this.#packed;
  }
}

/** @returns undefined when the table has no such row. Whether it has ended is not checked. */
export function effectIn(table: EntryTable, key: KeyAt): Effect | undefined {
  const rows = table.family(key.family);
  const row = rows.rowOf(key.address, key.offset, key.length, key.allow);
  if (row < 0) return undefined;
  return { action: actionOfFlags(rows.flagsOf(row)), expiresMs: rows.expiryOf(row) };
}

/** The strongest of them, as `precedence` has it; undefined when there is none. */
export function combine(effects: readonly (Effect | undefined)[]): Effect | undefined {
  return effects.reduce<Effect | undefined>((sum, effect) => (effect ? stronger(sum, effect) : sum), undefined);
}

/** Of a packed row with this effect. */
export function flagsFor(effect: Effect): number {
  return ACTIONS[effect.action].flags;
}
