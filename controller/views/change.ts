// Applies the rows of one revision to the layers, and says what that changes in a view.

import { ColumnsBuilder } from '../../common/entries/builder.ts';
import type { Difference } from '../../common/entries/compare.ts';
import { EntryTable } from '../../common/entries/entry-table.ts';
import { addressBytes, columnsOf, FAMILIES, FLAG_ALLOW, type PackedEntries } from '../../common/entries/packed.ts';
import { type KeyAt, keyFlags, keysOf } from '../../common/entries/rows.ts';
import type { Effect } from '../../common/precedence.ts';
import type { LayerChange } from '../claims/layers.ts';
import { combine, effectIn, flagsFor, type Layer } from './layer.ts';
import { ROWS_PER_STEP } from './slices.ts';
import type { View } from './view.ts';

/** One layer's part in a revision: which keys it touched and what they were before. */
interface TouchedLayer {
  readonly layer: Layer;
  readonly changes: LayerChange[];
  /** Rows among the touched ones that were there before. */
  readonly before: EntryTable<'unix'>;
  /** All touched keys. Kept only when several layers change at once. */
  readonly keys: EntryTable | undefined;
}

/** First `apply`, once; then `changeView` for each view that it touches. Both pause between steps. */
export class AppliedChange {
  readonly #touched = new Map<Layer, TouchedLayer>();

  /** `changes` must be of known layers. */
  constructor(changes: readonly LayerChange[], layerOf: (change: LayerChange) => Layer) {
    const several = new Set(changes.map((change) => change.layer.id)).size > 1;
    for (const change of changes) {
      const layer = layerOf(change);
      const known = this.#touched.get(layer);
      if (known) known.changes.push(change);
      else
        this.#touched.set(layer, {
          layer,
          changes: [change],
          before: new EntryTable<'unix'>(),
          keys: several ? new EntryTable() : undefined,
        });
    }
  }

  get layers(): Iterable<Layer> {
    return this.#touched.keys();
  }

  touches(view: View): boolean {
    return view.layers.some((layer) => this.#touched.has(layer));
  }

  /** Brings the layers' tables up to date, remembering what was there. */
  *apply(): Generator<void> {
    for (const touched of this.#touched.values()) {
      for (const change of touched.changes) {
        const { v4, v6 } = change.sets;
        yield* touched.layer.table.reserveInSteps(v4.count, v6.count);
        yield* this.#applyRows(touched, change.sets, true);
        yield* this.#applyRows(touched, change.deletes, false);
      }
      touched.layer.changed();
    }
  }

  *#applyRows(touched: TouchedLayer, entries: PackedEntries, set: boolean): Generator<void> {
    for (const family of FAMILIES) {
      const columns = columnsOf(entries, family);
      const rows = touched.layer.table.family(family);
      const width = addressBytes(family);
      for (let row = 0; row < columns.count; row++) {
        if (row % ROWS_PER_STEP === ROWS_PER_STEP - 1) yield;
        const { addresses } = columns;
        const offset = row * width;
        const length = columns.lengths[row] ?? 0;
        const flags = columns.flags[row] ?? 0;
        const allow = (flags & FLAG_ALLOW) !== 0;
        const old = rows.rowOf(addresses, offset, length, allow);
        if (old >= 0)
          touched.before.family(family).set(addresses, offset, length, rows.flagsOf(old), rows.expiryOf(old));
        touched.keys?.family(family).set(addresses, offset, length, flags & FLAG_ALLOW, 0);
        if (set) rows.set(addresses, offset, length, flags, columns.timesMs[row] ?? 0);
        else rows.delete(addresses, offset, length, allow);
      }
    }
  }

  /** What the change means for one view: its sums are brought up to date, the rows that differ are returned. */
  *changeView(view: View): Generator<void, Difference<'unix'>> {
    const adds = new ColumnsBuilder<'unix'>();
    const removes = new ColumnsBuilder<'unix'>();
    const seen = this.#touched.size > 1 ? new EntryTable() : undefined;
    let steps = 0;
    for (const touched of this.#touched.values()) {
      if (!view.layers.includes(touched.layer)) continue;
      for (const change of touched.changes)
        for (const entries of [change.sets, change.deletes])
          for (const key of keysOf(entries)) {
            if (++steps % ROWS_PER_STEP === 0) yield;
            if (seen && !note(seen, key)) continue;
            const after = view.effectOf(key);
            const before = this.#effectBefore(view, key);
            if (sameEffect(before, after)) continue;
            view.account(key, before, after);
            const effect = after ?? before;
            if (effect) (after ? adds : removes).addKey(key, flagsFor(effect), after?.expiresMs ?? 0);
          }
    }
    return { adds: adds.finish(), removes: removes.finish() };
  }

  #effectBefore(view: View, key: KeyAt): Effect | undefined {
    return combine(
      view.layers.map((layer) => {
        const touched = this.#touched.get(layer);
        const changed = touched && (touched.keys === undefined || effectIn(touched.keys, key) !== undefined);
        return changed ? effectIn(touched.before, key) : layer.effectOf(key);
      }),
    );
  }
}

/** @returns false when the key was noted already */
export function note(seen: EntryTable, key: KeyAt): boolean {
  return seen.family(key.family).set(key.address, key.offset, key.length, keyFlags(key), 0);
}

/** Undefined is no row: two of them are the same. */
export function sameEffect(a: Effect | undefined, b: Effect | undefined): boolean {
  return a?.action === b?.action && a?.expiresMs === b?.expiresMs;
}
