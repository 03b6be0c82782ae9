// A view: the stack of layers that a group of hosts shares, with the digest of what they amount to. No table of its own: a
// thousand hosts with one private claim each cost a thousand small stacks over one big list, not a thousand lists.
import { type Digest, digestOf } from '../../common/entries/digest.ts';
import { EntryTable } from '../../common/entries/entry-table.ts';
import { type KeyAt, keysOf } from '../../common/entries/rows.ts';
import type { Effect } from '../../common/precedence.ts';
import type { Revision } from '../../common/revision.ts';
import { combine, flagsFor, type Layer, type LayerTotals } from './layer.ts';

/** Never filled: the terms of a digest depend on the row alone, and any table of the family knows them. */
const TERMS = new EntryTable();

/** Hosts with the same stack of layers share one. Changed only by `Views`, inside its queue. */
export class View {
  /** Active layers, by ordinal. */
  layers: readonly Layer[];
  /** Host ids. */
  readonly members = new Set<string>();
  /** Last revision that changed it. */
  revision: Revision;
  /** Effective entries. */
  size = 0;
  readonly #sums: [number, number] = [0, 0];

  constructor(layers: readonly Layer[], revision: Revision) {
    this.layers = layers;
    this.revision = revision;
  }

  static nameOf(layers: readonly Layer[]): string {
    return layers.map((layer) => layer.ordinal).join(',');
  }

  get name(): string {
    return View.nameOf(this.layers);
  }

  effectOf(key: KeyAt): Effect | undefined {
    return combine(this.layers.map((layer) => layer.effectOf(key)));
  }

  digest(): Digest {
    return digestOf(this.#sums[0], this.#sums[1]);
  }

  /** The same content under another stack of layers: before a layer that is still empty joins, or after one is empty. */
  copyWith(layers: readonly Layer[]): View {
    const copy = new View(layers, this.revision);
    copy.size = this.size;
    copy.#sums[0] = this.#sums[0];
    copy.#sums[1] = this.#sums[1];
    return copy;
  }

  /** One effective row came, went or changed. */
  account(key: KeyAt, before: Effect | undefined, after: Effect | undefined): void {
    if (before) this.#add(key, before, -1);
    if (after) this.#add(key, after, 1);
    this.size += (after ? 1 : 0) - (before ? 1 : 0);
  }

  /** Adds all rows of a layer as if no other layer had them; overlaps must be accounted for afterwards. */
  addWhole(layer: Layer): void {
    this.replaceTotals({ size: 0, sums: [0, 0] }, layer.totals());
  }

  /** A layer's rows changed as a whole; the caller accounts for overlaps. */
  replaceTotals(before: LayerTotals, after: LayerTotals): void {
    this.#sums[0] = (this.#sums[0] - before.sums[0] + after.sums[0]) >>> 0;
    this.#sums[1] = (this.#sums[1] - before.sums[1] + after.sums[1]) >>> 0;
    this.size += after.size - before.size;
  }

  /** A row that several layers have: takes out what each brought in, puts in what they amount to. */
  accountOverlap(overlap: Overlap): void {
    for (const effect of overlap.effects) this.#add(overlap.key, effect, -1);
    this.#add(overlap.key, overlap.effective, 1);
    this.size -= overlap.effects.length - 1;
  }

  #add(key: KeyAt, effect: Effect, sign: 1 | -1): void {
    const flags = flagsFor(effect);
    const terms = TERMS.family(key.family).termsOf(key.address, key.offset, key.length, flags);
    this.#sums[0] = (this.#sums[0] + sign * terms[0]) >>> 0;
    this.#sums[1] = (this.#sums[1] + sign * terms[1]) >>> 0;
  }
}

/** A key that several layers of one view have. `effective` is what they amount to. */
export interface Overlap {
  readonly key: KeyAt;
  /** Of each layer that has the key. */
  readonly effects: readonly Effect[];
  readonly effective: Effect;
}

/**
 * Keys that more than one of the layers have, each once; undefined in between, where the caller may pause. Costs the sizes of
 * all layers but the largest.
 */
export function* overlapsOf(layers: readonly Layer[]): Generator<Overlap | undefined> {
  const bySize = [...layers].sort((a, b) => a.table.size - b.table.size);
  let steps = 0;
  for (const [place, layer] of bySize.slice(0, -1).entries()) {
    const smaller = bySize.slice(0, place);
    const larger = bySize.slice(place + 1);
    for (const key of keysOf(layer.packed())) {
      if (++steps % 1024 === 0) yield undefined;
      if (smaller.some((other) => other.effectOf(key) !== undefined)) continue;
      const effects = [layer, ...larger].flatMap((other) => other.effectOf(key) ?? []);
      const effective = combine(effects);
      if (effects.length > 1 && effective) yield { key, effects, effective };
    }
  }
}
