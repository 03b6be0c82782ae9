// ListEntryChunks: single claims from the store, and rows of lists as packed columns, so that a million of them take no longer than an
// export. What is not wanted is left out here.
import { addressBytes, type FamilyColumns, type PackedEntries } from '../../../../common/entries/packed.ts';
import { pickRows, sliceColumns } from '../../../../common/entries/rows.ts';
import { firstEnd, leftOf } from '../../../../common/entries/times.ts';
import { toWire } from '../../../../common/entries/wire.ts';
import { cutColumns } from '../../../../common/sync-wire/cut.ts';
import { listOrigin } from '../../../../common/text/origin.ts';
import { covers, type Family, formatPrefix, type Prefix, parsePrefix } from '../../../../common/text/prefix.ts';
import { formatSelector, selectorMatches } from '../../../../common/text/selector.ts';
import type { Claim as ClaimWire } from '../../../../proto/gen/fleetblock/v1/Claim.ts';
import type { EntriesChunk } from '../../../../proto/gen/fleetblock/v1/EntriesChunk.ts';
import type { ListEntriesRequest__Output } from '../../../../proto/gen/fleetblock/v1/ListEntriesRequest.ts';
import type { Claim, ClaimKey } from '../../../claims/claim.ts';
import type { ListRecord } from '../../../claims/lists/list.ts';
import { hasEnded } from '../../../claims/precedence.ts';
import type { Confirmations } from '../../../operations/confirm.ts';
import { claimOfRow } from '../../../operations/matches.ts';
import type { Targets } from '../../../operations/targets.ts';
import type { ClaimFilter } from '../../../store/port/claims.ts';
import type { Store } from '../../../store/store.ts';
import { inMessages } from '../message-size.ts';
import { actionFromWire, claimToWire } from './operator-wire.ts';

export interface EntryCallDeps {
  readonly store: Pick<Store, 'aside' | 'lists'>;
  readonly targets: Targets;
  readonly confirmations: Confirmations;
  readonly clock: { wallMs(): number };
}

/** @throws FleetblockError INVALID_ARGUMENT (prefix), NOT_FOUND (host) */
export async function* listEntries(
  deps: EntryCallDeps,
  request: ListEntriesRequest__Output,
): AsyncGenerator<EntriesChunk[]> {
  const wanted = new Wanted(deps, request);
  let left = request.limit === 0 ? Number.POSITIVE_INFINITY : request.limit;
  const waiting = await waitingClaims(deps.confirmations);
  for (const filter of wanted.filters)
    for await (const batch of deps.store.aside.claims(filter)) {
      const claims = batch.filter((claim) => wanted.shares(claim)).slice(0, left);
      left -= claims.length;
      const sent = claims.map((claim) => ({ ...claimToWire(claim), ...waiting.get(claimKey(claim)) }));
      yield Array.from(inMessages(sent), (part) => ({ claims: part }));
      if (left === 0) return;
    }
  for (const list of await deps.store.lists()) {
    if (!wanted.list(list)) continue;
    for await (const rows of deps.store.aside.listRows(list.name))
      for (const piece of cutColumns(wanted.rows(rows, left))) {
        yield [listChunk(list, piece)];
        left -= piece.v4.count + piece.v6.count;
        if (left === 0) return;
      }
  }
}

/** The conditions of a request. */
class Wanted {
  readonly #request: ListEntriesRequest__Output;
  readonly #host: ReturnType<Targets['host']> | undefined;
  readonly #prefix: Prefix | undefined;
  readonly #nowMs: number;

  constructor({ targets, clock }: EntryCallDeps, request: ListEntriesRequest__Output) {
    this.#request = request;
    this.#host = request.host === '' ? undefined : targets.host(request.host);
    this.#prefix = request.prefix === '' ? undefined : parsePrefix(request.prefix);
    this.#nowMs = clock.wallMs();
  }

  /** For the store, one after the other: what one finds, no other does. */
  get filters(): ClaimFilter[] {
    const { expired, origin, action, overlap } = this.#request;
    const filter: ClaimFilter = {
      expired,
      ...(origin !== '' && { origin }),
      ...(action !== 'ACTION_UNSPECIFIED' && { action: actionFromWire(action) }),
      ...(this.#host && { host: this.#host }),
    };
    const prefix = this.#prefix;
    if (!prefix) return [filter];
    const around = { ...filter, covering: prefix };
    const inside = { ...filter, within: prefix };
    if (overlap === 'COVERING') return [around];
    // The store's `within` is for narrower ones only, its `covering` has the prefix itself.
    return [around, inside];
  }

  /** What the store does not judge. */
  shares(claim: Claim): boolean {
    return this.#common(claim) && (!this.#prefix || this.#overlaps(claim.prefix, this.#prefix));
  }

  list(list: ListRecord): boolean {
    const { origin, action } = this.#request;
    return (
      this.#common(list) &&
      (origin === '' || origin === listOrigin(list.name)) &&
      (action === 'ACTION_UNSPECIFIED' || actionFromWire(action) === list.action) &&
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
    const ends = columns.timesMs.length > 0 && !this.#request.expired;
    if (!prefix && !ends) return limit < columns.count ? sliceColumns(columns, family, 0, limit) : columns;
    const width = addressBytes(family);
    const rows: number[] = [];
    for (let row = 0; row < columns.count && rows.length < limit; row++) {
      if (ends && hasEnded(columns.timesMs[row] ?? 0, this.#nowMs)) continue;
      const address = columns.addresses.subarray(row * width, (row + 1) * width);
      if (prefix && !this.#overlaps({ family, address, length: columns.lengths[row] ?? 0 }, prefix)) continue;
      rows.push(row);
    }
    return rows.length === columns.count ? columns : pickRows(columns, family, rows);
  }

  #overlaps(prefix: Prefix, asked: Prefix): boolean {
    const { overlap } = this.#request;
    return (overlap !== 'INSIDE' && covers(prefix, asked)) || (overlap !== 'COVERING' && covers(asked, prefix));
  }

  #common({ reason, actor, monitor }: { reason: string; actor: string; monitor: boolean }): boolean {
    const request = this.#request;
    return (
      (request.reason === '' || reason.toLowerCase().includes(request.reason.toLowerCase())) &&
      (request.actor === '' || actor === request.actor) &&
      (request.effect === 'EFFECT_UNSPECIFIED' || (request.effect === 'MONITORED') === monitor)
    );
  }
}

/** `rows` with Unix milliseconds as ends, which they keep: all count from just before the first. */
function listChunk(list: ListRecord, rows: PackedEntries<'unix'>): EntriesChunk {
  const first = firstEnd(rows);
  const from = Number.isFinite(first) ? first - 1 : 0;
  const { prefix: _prefix, ...common } = claimToWire(claimOfRow(list, NO_PREFIX, 0));
  return { list: common, rows: toWire(leftOf(rows, from)), rowsFromMs: from };
}

const NO_PREFIX: Prefix = { family: 4, address: new Uint8Array(4), length: 0 };

/** By claim: what is to be confirmed about it, and until when. */
async function waitingClaims(confirmations: Confirmations) {
  const waiting = new Map<string, Pick<ClaimWire, 'confirmId' | 'confirmByMs'>>();
  for (const { id, deadlineMs, claims } of (await confirmations.waiting()).confirmations)
    for (const key of claims) waiting.set(claimKey(key), { confirmId: id, confirmByMs: deadlineMs });
  return waiting;
}

function claimKey({ prefix, action, origin, selector }: ClaimKey): string {
  return `${formatPrefix(prefix)} ${action} ${origin} ${formatSelector(selector)}`;
}
