// Which claims say something about a prefix: single ones from the store, rows of lists from the layers in memory.

import { type Action, slotOf } from '../../../common/action.ts';
import type { FamilyColumns } from '../../../common/entries/packed.ts';
import { hasEnded } from '../../../common/precedence.ts';
import { listOrigin } from '../../../common/text/origin.ts';
import { maskAddress, type Prefix } from '../../../common/text/prefix.ts';
import { Pacer } from '../../../common/time/pacer.ts';
import { type Claim, NOTHING_SAID } from '../../claims/claim.ts';
import type { ListRecord } from '../../claims/lists/list.ts';
import type { ClaimFilter } from '../../store/port/claims.ts';
import type { Store } from '../../store/store.ts';
import type { Views } from '../../views/views.ts';

/** Used by `check` and by the replies to changes. Lists are looked up in the views' layers, which may trail the store by a moment. */
export class Matches {
  readonly #store: Pick<Store, 'claims' | 'lists'>;
  readonly #views: Pick<Views, 'layerOfList'>;
  readonly #wallMs: () => number;
  /** Look-ups for thousands of prefixes in a row let others have their turn. */
  readonly #pacer = new Pacer();

  constructor(store: Pick<Store, 'claims' | 'lists'>, views: Pick<Views, 'layerOfList'>, wallMs: () => number) {
    this.#store = store;
    this.#views = views;
    this.#wallMs = wallMs;
  }

  /** By which claims have ended, Unix milliseconds. */
  get nowMs(): number {
    return this.#wallMs();
  }

  /** Claims on the prefix itself or on one that covers all of it, the most exact first. `actions`: of these only. */
  async covering(prefix: Prefix, actions?: readonly Action[]): Promise<Claim[]> {
    await this.#pacer.pause();
    const found: Claim[] = [];
    for await (const batch of this.#claims({ covering: prefix, ...(actions && { actions }) })) found.push(...batch);
    for (const list of await this.#store.lists())
      if (actions === undefined || actions.includes(list.action)) found.push(...this.#inList(list, prefix));
    return found.sort((a, b) => b.prefix.length - a.prefix.length);
  }

  /** Claims on narrower prefixes inside this one; of very many only the first `limit`, and how many more there are. */
  async within(prefix: Prefix, action: Action, limit: number): Promise<{ claims: Claim[]; more: number }> {
    const claims: Claim[] = [];
    let more = 0;
    const take = (claim: () => Claim) => {
      if (claims.length < limit) claims.push(claim());
      else more++;
    };
    for await (const batch of this.#claims({ within: prefix, actions: [action] }))
      for (const claim of batch) take(() => claim);
    for (const list of await this.#store.lists())
      if (list.action === action)
        for await (const { row, expiresMs } of this.#rowsWithin(list, prefix))
          take(() => claimOfRow(list, row(), expiresMs));
    return { claims, more };
  }

  /** Of those that have not ended. */
  async *#claims(filter: ClaimFilter): AsyncGenerator<Claim[]> {
    for await (const batch of this.#store.claims({ ...filter, expired: true }))
      yield batch.filter(({ expiresMs }) => !hasEnded(expiresMs, this.#wallMs()));
  }

  async *#rowsWithin(list: ListRecord, outer: Prefix): AsyncGenerator<{ row: () => Prefix; expiresMs: number }> {
    const packed = this.#views.layerOfList(list.name, list.selector)?.packed();
    const columns = outer.family === 4 ? packed?.v4 : packed?.v6;
    if (!columns) return;
    const { family, address: wanted, length: bits } = outer;
    const width = wanted.length;
    for (let at = 0; at < columns.count; at++) {
      if (at % ROWS_BETWEEN_LOOKS === 0) await this.#pacer.pause();
      const length = columns.lengths[at] ?? 0;
      if (length <= bits || !startsWith(columns, at * width, wanted, bits)) continue;
      const expiresMs = columns.timesMs[at] ?? 0;
      if (hasEnded(expiresMs, this.#wallMs())) continue;
      const row = () => ({ family, address: columns.addresses.slice(at * width, (at + 1) * width), length });
      yield { row, expiresMs };
    }
  }

  #inList(list: ListRecord, prefix: Prefix): Claim[] {
    const layer = this.#views.layerOfList(list.name, list.selector);
    if (!layer) return [];
    const { family } = prefix;
    return Array.from({ length: prefix.length + 1 }, (_, length) => length).flatMap((length) => {
      const address = maskAddress(prefix.address, length);
      const effect = layer.effectOf({ family, address, offset: 0, length, allow: slotOf(list.action) === 'allow' });
      if (!effect || hasEnded(effect.expiresMs, this.#wallMs())) return [];
      return [claimOfRow(list, { family, address, length }, effect.expiresMs)];
    });
  }
}

const ROWS_BETWEEN_LOOKS = 4096;

function startsWith(columns: FamilyColumns, offset: number, wanted: Uint8Array, bits: number): boolean {
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (columns.addresses[offset + i] !== wanted[i]) return false;
  const rest = bits & 7;
  if (rest === 0) return true;
  return (((columns.addresses[offset + whole] ?? 0) ^ (wanted[whole] ?? 0)) & (0xff << (8 - rest)) & 0xff) === 0;
}

/** A row of a list as a claim of the list's. */
export function claimOfRow(list: ListRecord, prefix: Prefix, expiresMs: number): Claim {
  return {
    ...NOTHING_SAID,
    prefix,
    action: list.action,
    origin: listOrigin(list.name),
    selector: list.selector,
    reason: list.reason,
    actor: list.actor,
    createdMs: list.createdMs,
    expiresMs,
  };
}
