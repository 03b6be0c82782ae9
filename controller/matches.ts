// Which claims say something about a prefix: single ones from the store, rows of lists from the layers in memory.
import type { Prefix } from '../common/prefix.ts';
import { maskAddress } from '../common/prefix.ts';
import { hasEnded } from './store/effective.ts';
import type { Claim, ClaimAction, ListRecord } from './store/records.ts';
import type { Store } from './store/store.ts';
import type { Views } from './views/views.ts';

export class Matches {
  readonly #store: Pick<Store, 'claims' | 'lists'>;
  readonly #views: Views;
  readonly #wallMs: () => number;

  constructor(store: Pick<Store, 'claims' | 'lists'>, views: Views, wallMs: () => number) {
    this.#store = store;
    this.#views = views;
    this.#wallMs = wallMs;
  }

  /** Claims on the prefix itself or on one that covers all of it, the most exact first. */
  async covering(prefix: Prefix, action?: ClaimAction): Promise<Claim[]> {
    const found: Claim[] = [];
    for await (const batch of this.#store.claims({ covering: prefix, ...(action && { action }) })) found.push(...batch);
    for (const list of await this.#store.lists())
      if (action === undefined || list.action === action) found.push(...this.#inList(list, prefix));
    return found.sort((a, b) => b.prefix.length - a.prefix.length);
  }

  #inList(list: ListRecord, prefix: Prefix): Claim[] {
    const layer = this.#views.layerOfList(list.name, list.selector);
    if (!layer) return [];
    const { family } = prefix;
    return Array.from({ length: prefix.length + 1 }, (_, length) => length).flatMap((length) => {
      const address = maskAddress(prefix.address, length);
      const effect = layer.effectOf({ family, address, offset: 0, length, allow: list.action === 'allow' });
      if (!effect || hasEnded(effect.expiresMs, this.#wallMs())) return [];
      return [claimOfRow(list, { family, address, length }, effect.expiresMs)];
    });
  }
}

/** A row of a list as a claim of the list's. */
export function claimOfRow(list: ListRecord, prefix: Prefix, expiresMs: number): Claim {
  return {
    prefix,
    action: list.action,
    origin: `list:${list.name}`,
    selector: list.selector,
    reason: list.reason,
    actor: list.actor,
    createdMs: list.createdMs,
    expiresMs,
    monitor: list.monitor,
  };
}
