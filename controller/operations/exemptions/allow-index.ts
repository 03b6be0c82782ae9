// The allow entries of the fleet, in memory and in step with the store, layer by layer: tells the author of a block what still passes.
import { addressBytes, columnsOf, FAMILIES, type FamilyColumns, FLAG_ALLOW } from '../../../common/entries/packed.ts';
import { listOfOrigin } from '../../../common/text/origin.ts';
import type { Selector } from '../../../common/text/selector.ts';
import { PrefixSet } from '../../claims/guard/prefix-set.ts';
import { claimsLayer, type LayerKey, listLayer } from '../../claims/layers.ts';
import type { StoreEvent } from '../../store/port/revisions.ts';
import type { Store } from '../../store/store.ts';

/** Allow entries that share one selector: those of single claims, or of one list. `id` is as in `LayerKey`. */
export interface AllowLayer {
  readonly id: string;
  readonly selector: Selector;
  /** Expiries are Unix milliseconds. */
  readonly entries: PrefixSet;
}

/** Updated as each revision commits, without waiting for the views. A layer without allow entries is dropped. */
export class AllowIndex {
  readonly #layers = new Map<string, AllowLayer>();

  private constructor() {}

  static async load(store: Pick<Store, 'claims' | 'lists' | 'listRows' | 'follow'>): Promise<AllowIndex> {
    const index = new AllowIndex();
    const missed: StoreEvent[] = [];
    let loaded = false;
    store.follow((event) => {
      if (loaded) index.#apply(event);
      else missed.push(event);
    });
    for await (const batch of store.claims({ actions: ['allow'] }))
      for (const { prefix, selector, expiresMs } of batch) {
        const { entries } = index.#layer(claimsLayer(selector));
        const known = entries.covering(prefix).find((member) => member.length === prefix.length);
        // Several origins may say the same: the latest end counts, and 0 is later than any.
        const end =
          known && (known.expiresMs === 0 || expiresMs === 0) ? 0 : Math.max(known?.expiresMs ?? 0, expiresMs);
        entries.add(prefix.family, prefix.address, 0, prefix.length, end);
      }
    for (const list of await store.lists()) {
      if (list.action !== 'allow') continue;
      const layer = index.#layer(listLayer(list.name, list.selector));
      for await (const { v4, v6 } of store.listRows(list.name)) {
        addRows(layer.entries, 4, v4);
        addRows(layer.entries, 6, v6);
      }
    }
    for (const event of missed) index.#apply(event);
    loaded = true;
    return index;
  }

  /** Those that have entries. */
  layers(): Iterable<AllowLayer> {
    return this.#layers.values();
  }

  #layer(key: LayerKey): AllowLayer {
    const known = this.#layers.get(key.id);
    if (known) return known;
    const made = { id: key.id, selector: key.selector, entries: new PrefixSet({ knowsInside: true }) };
    this.#layers.set(key.id, made);
    return made;
  }

  #apply(event: StoreEvent): void {
    for (const { layer, sets, deletes } of event.layers) {
      const known = this.#layers.get(layer.id);
      for (const family of FAMILIES) {
        const set = columnsOf(sets, family);
        const gone = columnsOf(deletes, family);
        if (hasAllow(set, layer.id)) addRows(this.#layer(layer).entries, family, set);
        if (known && hasAllow(gone, layer.id)) removeRows(known.entries, family, gone);
      }
      if (known?.entries.size === 0) this.#layers.delete(layer.id);
    }
  }
}

/** The rows of a list all have its action: the first tells whether to skip a million blocks. */
function hasAllow(columns: FamilyColumns, layerId: string): boolean {
  const flags = listOfOrigin(layerId) !== undefined ? columns.flags.subarray(0, 1) : columns.flags;
  return flags.some((each) => (each & FLAG_ALLOW) !== 0);
}

function addRows(entries: PrefixSet, family: 4 | 6, columns: FamilyColumns): void {
  const width = addressBytes(family);
  for (let row = 0; row < columns.count; row++)
    if (((columns.flags[row] ?? 0) & FLAG_ALLOW) !== 0)
      entries.add(family, columns.addresses, row * width, columns.lengths[row] ?? 0, columns.timesMs[row] ?? 0);
}

function removeRows(entries: PrefixSet, family: 4 | 6, columns: FamilyColumns): void {
  const width = addressBytes(family);
  for (let row = 0; row < columns.count; row++)
    if (((columns.flags[row] ?? 0) & FLAG_ALLOW) !== 0)
      entries.delete(family, columns.addresses, row * width, columns.lengths[row] ?? 0);
}
