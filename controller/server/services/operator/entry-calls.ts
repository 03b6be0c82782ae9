// Listing and exporting entries: rows of lists go out as packed columns.
import { ACTIONS } from '../../../../common/action.ts';
import type { PackedEntries } from '../../../../common/entries/packed.ts';
import { firstEnd, leftOf } from '../../../../common/entries/times.ts';
import { toWire } from '../../../../common/entries/wire.ts';
import { actionsFromWire } from '../../../../common/rpc/action.ts';
import { selectorToWire } from '../../../../common/rpc/selector.ts';
import { cutColumns } from '../../../../common/sync-wire/cut.ts';
import { listOrigin } from '../../../../common/text/origin.ts';
import type { Prefix } from '../../../../common/text/prefix.ts';
import type { EntriesChunk } from '../../../../proto/gen/fleetblock/v1/EntriesChunk.ts';
import type { ExportChunk } from '../../../../proto/gen/fleetblock/v1/ExportChunk.ts';
import type { ListEntriesRequest__Output } from '../../../../proto/gen/fleetblock/v1/ListEntriesRequest.ts';
import type { ListRecord } from '../../../claims/lists/list.ts';
import { type EntryDeps, type EntryQuery, findEntries } from '../../../operations/queries/entries.ts';
import { claimOfRow } from '../../../operations/queries/matches.ts';
import type { ReadTurns } from '../../../operations/queries/read-turns.ts';
import type { Store } from '../../../store/store.ts';
import { type CallDeps, longAnswers } from '../calls.ts';
import { inMessages } from '../message-size.ts';
import type { OperatorMethods } from './operator-methods.ts';
import { claimToWire, exportedClaim } from './operator-wire.ts';

/** `readTurns` bounds long reads per caller and in all. */
export interface EntryCallDeps extends CallDeps, Omit<EntryDeps, 'store'> {
  readonly store: Store;
  readonly readTurns: ReadTurns;
}

/** Both stream their answers: a fleet's entries do not fit into one message. */
export function entryMethods(deps: EntryCallDeps): Pick<OperatorMethods, 'ListEntryChunks' | 'Export'> {
  return {
    ListEntryChunks: longAnswers(deps, (request) => entryChunks(deps, request)),
    Export: longAnswers(deps, ({ origin, host, action }) =>
      exportChunks(deps, { origin, host, actions: actionsFromWire(action) }),
    ),
  };
}

const OVERLAPS = { OVERLAP_UNSPECIFIED: undefined, COVERING: 'covering', INSIDE: 'inside' } as const;
const ENFORCED = { EFFECT_UNSPECIFIED: undefined, ENFORCED: true, MONITORED: false } as const;

async function* entryChunks(
  deps: EntryCallDeps,
  { action, overlap, effect, ...texts }: ListEntriesRequest__Output,
): AsyncGenerator<EntriesChunk[]> {
  const enforced = ENFORCED[effect];
  const actions = actionsFromWire(action).filter(
    (name) => (enforced ?? ACTIONS[name].enforced) === ACTIONS[name].enforced,
  );
  const query = { ...texts, actions, overlap: OVERLAPS[overlap] };
  for await (const found of findEntries(deps, query))
    if ('list' in found) for (const rows of cutColumns(found.rows)) yield [listChunk(found.list, rows)];
    else {
      const claims = found.claims.map(({ confirm, ...claim }) => ({
        ...claimToWire(claim),
        ...(confirm && { confirmId: confirm.id, confirmByMs: confirm.deadlineMs }),
      }));
      yield Array.from(inMessages(claims), (part) => ({ claims: part }));
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

async function* exportChunks(deps: EntryCallDeps, query: EntryQuery): AsyncGenerator<ExportChunk[]> {
  for await (const found of findEntries(deps, query)) {
    const nowMs = deps.careful.wallMs();
    if ('claims' in found) yield found.claims.map((claim) => exportedClaim(claim, nowMs));
    else {
      const { name, selector } = found.list;
      const common = { origin: listOrigin(name), selector: selectorToWire(selector) };
      for (const rows of cutColumns(leftOf(found.rows, nowMs))) yield [{ ...common, rows: toWire(rows) }];
    }
  }
}
