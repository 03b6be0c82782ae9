// A change of very many rows of one layer, as an import makes it. Rows that no other layer has pass from the store to the hosts as
// they are: per view only the keys of its other, smaller layers are read one by one.
import { ColumnsBuilder } from '../../common/entries/builder.ts';
import type { Difference } from '../../common/entries/compare.ts';
import { EntryTable } from '../../common/entries/entry-table.ts';
import { entryCount } from '../../common/entries/packed.ts';
import { joinEntries, type KeyAt, keyFlags, keysOf } from '../../common/entries/rows.ts';
import { slicesOf } from '../../common/entries/steps.ts';
import type { LayerChange } from '../claims/layers.ts';
import { note, sameEffect } from './change.ts';
import { combine, effectIn, flagsFor, type Layer, type LayerTotals } from './layer.ts';
import { ROWS_PER_STEP } from './slices.ts';
import type { View } from './view.ts';

/** Below this many rows the general way is as quick. */
const WORTH_IT_ROWS = 8192;

/** The same steps as AppliedChange, chosen for an import of 8,192 rows or more that outweighs all other layers. */
export class BulkChange {
  readonly #layer: Layer;
  readonly #changes: readonly LayerChange[];
  readonly #others: readonly Layer[];
  /** What the layer had before for keys that other layers have. */
  readonly #before = new EntryTable<'unix'>();
  #totalsBefore: LayerTotals | undefined;

  private constructor(layer: Layer, changes: readonly LayerChange[], others: readonly Layer[]) {
    this.#layer = layer;
    this.#changes = changes;
    this.#others = others;
  }

  /** Undefined: the change is small, of several layers, or of one that others outweigh. `active`: all layers in views. */
  static of(
    changes: readonly LayerChange[],
    layerOf: (change: LayerChange) => Layer,
    active: Iterable<Layer>,
  ): BulkChange | undefined {
    const [first] = changes;
    if (!first || changes.some((change) => change.layer.id !== first.layer.id)) return undefined;
    const rows = changes.reduce((sum, change) => sum + entryCount(change.sets) + entryCount(change.deletes), 0);
    const layer = layerOf(first);
    const others = [...active].filter((other) => other !== layer);
    const otherRows = others.reduce((sum, other) => sum + other.table.size, 0);
    return rows < WORTH_IT_ROWS || otherRows > rows ? undefined : new BulkChange(layer, changes, others);
  }

  get layers(): Iterable<Layer> {
    return [this.#layer];
  }

  touches(view: View): boolean {
    return view.layers.includes(this.#layer);
  }

  *apply(): Generator<void> {
    yield* this.#remember();
    const { table } = this.#layer;
    this.#totalsBefore = this.#layer.totals();
    const sets = this.#changes.map((change) => change.sets);
    const count = (family: 'v4' | 'v6') => sets.reduce((sum, columns) => sum + columns[family].count, 0);
    yield* table.reserveInSteps(count('v4'), count('v6'));
    for (const change of this.#changes) {
      for (const rows of slicesOf(change.sets, ROWS_PER_STEP)) {
        table.addAll(rows);
        yield;
      }
      for (const rows of slicesOf(change.deletes, ROWS_PER_STEP)) {
        table.removeAll(rows);
        yield;
      }
    }
    this.#layer.changed();
  }

  *changeView(view: View): Generator<void, Difference<'unix'>> {
    const adds = new ColumnsBuilder<'unix'>();
    const removes = new ColumnsBuilder<'unix'>();
    // Keys of other layers that this change touched: not to be passed on as they are.
    const shared = new EntryTable();
    if (this.#totalsBefore) view.replaceTotals(this.#totalsBefore, this.#layer.totals());
    let steps = 0;
    for (const other of view.layers.filter((layer) => layer !== this.#layer))
      for (const key of keysOf(other.packed())) {
        if (++steps % ROWS_PER_STEP === 0) yield;
        const was = effectIn(this.#before, key);
        const is = this.#layer.effectOf(key);
        if (sameEffect(was, is) || !note(shared, key)) continue;
        const rest = combine(view.layers.map((layer) => (layer === this.#layer ? undefined : layer.effectOf(key))));
        const before = combine([rest, was]);
        const after = combine([rest, is]);
        // The totals moved by the layer's own rows: from `was` to `is`. What it amounts to moved otherwise.
        view.account(key, is, was);
        view.account(key, before, after);
        if (sameEffect(before, after)) continue;
        // Another layer has the key, so that it stays in any case.
        if (after) adds.addKey(key, flagsFor(after), after.expiresMs);
      }
    const keep = shared.size === 0 ? undefined : (key: KeyAt) => effectIn(shared, key) === undefined;
    for (const change of this.#changes) {
      yield;
      if (!keep) continue;
      for (const key of keysOf(change.sets)) {
        if (++steps % ROWS_PER_STEP === 0) yield;
        const effect = keep(key) ? this.#layer.effectOf(key) : undefined;
        if (effect) adds.addKey(key, flagsFor(effect), effect.expiresMs);
      }
      for (const key of keysOf(change.deletes)) {
        if (++steps % ROWS_PER_STEP === 0) yield;
        if (keep(key)) removes.addKey(key, keyFlags(key), 0);
      }
    }
    if (keep) return { adds: adds.finish(), removes: removes.finish() };
    return {
      adds: joinEntries([...this.#changes.map((change) => change.sets), adds.finish()]),
      removes: joinEntries(this.#changes.map((change) => change.deletes)),
    };
  }

  *#remember(): Generator<void> {
    let steps = 0;
    for (const other of this.#others)
      for (const key of keysOf(other.packed())) {
        if (++steps % ROWS_PER_STEP === 0) yield;
        const effect = this.#layer.effectOf(key);
        if (!effect) continue;
        const flags = flagsFor(effect);
        this.#before.family(key.family).set(key.address, key.offset, key.length, flags, effect.expiresMs);
      }
  }
}
