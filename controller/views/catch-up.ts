// What a host lacks that was away, or whose labels changed: one difference, computed once for all hosts that lack the same.
import { ColumnsBuilder } from '../../common/entries/builder.ts';
import type { Difference } from '../../common/entries/compare.ts';
import { EntryTable } from '../../common/entries/entry-table.ts';
import { entryCount, type PackedEntries } from '../../common/entries/packed.ts';
import { type KeyAt, keyFlags, keysOf } from '../../common/entries/rows.ts';
import type { Effect } from '../../common/precedence.ts';
import type { Revision } from '../../common/revision.ts';
import { note, sameEffect } from './change.ts';
import type { ViewDelta } from './delta.ts';
import { flagsFor } from './layer.ts';
import { ROWS_PER_STEP } from './slices.ts';
import type { View } from './view.ts';

/** What a host needs that holds some earlier revision. */
export type CatchUp =
  /** Nothing that it has changed since. */
  | { readonly kind: 'current' }
  | { readonly kind: 'delta'; readonly delta: ViewDelta }
  /** History does not reach back, or the difference is no smaller. */
  | { readonly kind: 'snapshot' };

/** A difference of so few rows is worth sending even where the whole view has fewer. */
const SMALL_ROWS = 1024;

/** `touched`: the rows that changed since, in whatever layer of the host; undefined: history does not reach back. `most`: rows. */
export function* computeCatchUp(
  view: View,
  touched: readonly { readonly keys: PackedEntries }[] | undefined,
  revision: Revision,
  most = Math.max(view.size, SMALL_ROWS),
): Generator<void, CatchUp> {
  if (!touched) return { kind: 'snapshot' };
  if (touched.length === 0) return { kind: 'current' };
  const seen = new EntryTable();
  const rows = new DifferenceBuilder();
  for (const { keys } of touched) {
    yield;
    for (const key of keysOf(keys)) if (note(seen, key)) rows.add(key, view.effectOf(key));
  }
  const { adds, removes } = rows.finish();
  if (entryCount(adds) + entryCount(removes) > most) return { kind: 'snapshot' };
  return { kind: 'delta', delta: { to: revision, digest: view.digest(), adds, removes, committedMs: undefined } };
}

/** What makes `from` into `to`: only the layers that they do not share are walked. */
export function* differenceOf(from: View, to: View): Generator<void, Difference<'unix'>> {
  const seen = new EntryTable();
  const rows = new DifferenceBuilder();
  const distinct = [
    ...from.layers.filter((layer) => !to.layers.includes(layer)),
    ...to.layers.filter((layer) => !from.layers.includes(layer)),
  ];
  let steps = 0;
  for (const layer of distinct)
    for (const key of keysOf(layer.packed())) {
      if (++steps % ROWS_PER_STEP === 0) yield;
      if (!note(seen, key)) continue;
      const after = to.effectOf(key);
      if (!sameEffect(from.effectOf(key), after)) rows.add(key, after);
    }
  return rows.finish();
}

/** Rows by what they amount to now: an effect is an add, none a removal. */
class DifferenceBuilder {
  readonly #adds = new ColumnsBuilder<'unix'>();
  readonly #removes = new ColumnsBuilder<'unix'>();

  add(key: KeyAt, effect: Effect | undefined): void {
    if (effect) this.#adds.addKey(key, flagsFor(effect), effect.expiresMs);
    else this.#removes.addKey(key, keyFlags(key), 0);
  }

  finish(): Difference<'unix'> {
    return { adds: this.#adds.finish(), removes: this.#removes.finish() };
  }
}
