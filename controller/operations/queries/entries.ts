// What is blocked, allowed and monitored: single claims from the store, then the rows of lists as packed columns, so that a million of
// them take no longer than an export. What is not wanted is left out here.
import type { Action } from '../../../common/action.ts';
import { addressBytes, type FamilyColumns, type PackedEntries } from '../../../common/entries/packed.ts';
import { filterColumns, sliceColumns } from '../../../common/entries/rows.ts';
import { hasEnded } from '../../../common/precedence.ts';
import { listOrigin } from '../../../common/text/origin.ts';
import { covers, type Family, type Prefix, parsePrefix } from '../../../common/text/prefix.ts';
import { selectorMatches } from '../../../common/text/selector.ts';
import { type Claim, keyOf, keyText } from '../../claims/claim.ts';
import { isAside, type ListRecord } from '../../claims/lists/list.ts';
import type { ClaimFilter } from '../../store/port/claims.ts';
import type { Store } from '../../store/store.ts';
import type { Confirmations } from '../confirm.ts';
import type { Targets } from '../targets.ts';

/** Empty texts and undefined mean any. */
export interface EntryQuery {
  readonly prefix?: string;
  /** How entries lie to the prefix; either way unless given. */
  readonly overlap?: 'covering' | 'inside' | undefined;
  /** One of these. */
  readonly actions: readonly Action[];
  readonly origin: string;
  /** Only entries that may matter to the host of this name. */
  readonly host: string;
  /** A part of the reason, in any case. */
  readonly reason?: string;
  readonly actor?: string;
  /** Also entries that have ended and are not removed yet. */
  readonly expired?: boolean;
  /** 0: no limit. */
  readonly limit?: number;
}

/** A claim, and what it waits for unless it is confirmed. */
export interface FoundClaim extends Claim {
  readonly confirm: { readonly id: string; readonly deadlineMs: number } | undefined;
}

/** A batch of single claims, or rows of one list as columns with ends in Unix milliseconds (0: none). */
export type FoundEntries =
  | { readonly claims: readonly FoundClaim[] }
  | { readonly list: ListRecord; readonly rows: PackedEntries<'unix'> };

/** Reads go to `store.aside`, so that a long listing does not delay changes. */
export interface EntryDeps {
  readonly store: Pick<Store, 'aside' | 'lists'>;
  readonly targets: Targets;
  readonly confirmations: Confirmations;
  /** By which entries have ended: the clock of the machine may be in doubt. */
  readonly careful: { wallMs(): number };
}

/** In batches, some of which are empty. @throws FleetblockError INVALID_ARGUMENT (prefix), NOT_FOUND (host) */
export async function* findEntries(deps: EntryDeps, query: EntryQuery): AsyncGenerator<FoundEntries> {
  const wanted = new Wanted(deps, query);
  let left = query.limit || Number.POSITIVE_INFINITY;
  const waiting = await waitingClaims(deps.confirmations);
  for (const filter of wanted.filters)
    for await (const batch of deps.store.aside.claims(filter)) {
      const claims = batch.filter((claim) => wanted.claim(claim)).slice(0, left);
      left -= claims.length;
      yield { claims: claims.map((claim) => ({ ...claim, confirm: waiting.get(keyText(keyOf(claim))) })) };
      if (left === 0) return;
    }
  for (const list of await deps.store.lists()) {
    if (!wanted.list(list)) continue;
    for await (const stored of deps.store.aside.listRows(list.name)) {
      const rows = wanted.rows(stored, left);
      left -= rows.v4.count + rows.v6.count;
      yield { list, rows };
      if (left === 0) return;
    }
  }
}

/** The conditions of a query. */
class Wanted {
  readonly #query: EntryQuery;
  readonly #host: ReturnType<Targets['host']> | undefined;
  readonly #prefix: Prefix | undefined;
  readonly #nowMs: number;

  constructor({ targets, careful }: EntryDeps, query: EntryQuery) {
    this.#query = query;
    this.#host = query.host ? targets.host(query.host) : undefined;
    this.#prefix = query.prefix ? parsePrefix(query.prefix) : undefined;
    this.#nowMs = careful.wallMs();
  }

  /** For the store, one after the other: what one finds, no other does. */
  get filters(): ClaimFilter[] {
    const { origin, actions, overlap } = this.#query;
    const filter: ClaimFilter = {
      // The store goes by a clock that may be in doubt.
      expired: true,
      ...(origin !== '' && { origin }),
      actions,
      ...(this.#host && { host: this.#host }),
    };
    const prefix = this.#prefix;
    if (!prefix) return [filter];
    const around = { ...filter, covering: prefix };
    // The store's `within` is for narrower ones only, its `covering` has the prefix itself.
    return overlap === 'covering' ? [around] : [around, { ...filter, within: prefix }];
  }

  /** What the store does not judge. */
  claim(claim: Claim): boolean {
    if (!this.#query.expired && hasEnded(claim.expiresMs, this.#nowMs)) return false;
    return this.#common(claim) && (!this.#prefix || this.#overlaps(claim.prefix, this.#prefix));
  }

  list(list: ListRecord): boolean {
    const { origin, actions } = this.#query;
    return (
      this.#common(list) &&
      !isAside(list.name) &&
      (origin === '' || origin === listOrigin(list.name)) &&
      actions.includes(list.action) &&
      (this.#host === undefined || selectorMatches(list.selector, this.#host))
    );
  }

  /** The rows that are wanted, at most `limit`. */
  rows({ v4, v6 }: PackedEntries<'unix'>, limit: number): PackedEntries<'unix'> {
    const first = this.#columns(4, v4, limit);
    return { v4: first, v6: this.#columns(6, v6, limit - first.count) };
  }

  #columns(family: Family, columns: FamilyColumns<'unix'>, limit: number): FamilyColumns<'unix'> {
    const prefix = this.#prefix;
    const ends = columns.timesMs.length > 0 && !this.#query.expired;
    const width = addressBytes(family);
    const wanted = (_: unknown, row: number) => {
      if (ends && hasEnded(columns.timesMs[row] ?? 0, this.#nowMs)) return false;
      const address = columns.addresses.subarray(row * width, (row + 1) * width);
      return !prefix || this.#overlaps({ family, address, length: columns.lengths[row] ?? 0 }, prefix);
    };
    const kept = prefix || ends ? filterColumns(columns, family, wanted) : columns;
    return limit < kept.count ? sliceColumns(kept, family, 0, limit) : kept;
  }

  #overlaps(prefix: Prefix, asked: Prefix): boolean {
    const { overlap } = this.#query;
    return (overlap !== 'inside' && covers(prefix, asked)) || (overlap !== 'covering' && covers(asked, prefix));
  }

  #common(of: { readonly reason: string; readonly actor: string }): boolean {
    const { reason = '', actor = '' } = this.#query;
    return of.reason.toLowerCase().includes(reason.toLowerCase()) && (actor === '' || of.actor === actor);
  }
}

/** By claim: which confirmation it waits for, and until when. */
async function waitingClaims(confirmations: Confirmations): Promise<ReadonlyMap<string, FoundClaim['confirm']>> {
  const waiting = new Map<string, FoundClaim['confirm']>();
  for (const { id, deadlineMs, claims } of (await confirmations.waiting()).confirmations)
    for (const key of claims) waiting.set(keyText(key), { id, deadlineMs });
  return waiting;
}
