// Importing, removing, listing and exporting bulk lists.

import { packEntries } from '../../../../common/entries/packed.ts';
import { leftOf } from '../../../../common/entries/times.ts';
import { fromWire, toWire } from '../../../../common/entries/wire.ts';
import { FleetblockError } from '../../../../common/errors.ts';
import { selectorFromWire, selectorToWire } from '../../../../common/rpc/selector.ts';
import { cutColumns } from '../../../../common/sync-wire/cut.ts';
import { listOrigin } from '../../../../common/text/origin.ts';
import { formatPrefix } from '../../../../common/text/prefix.ts';
import { type Selector, selectorMatches } from '../../../../common/text/selector.ts';
import { nextTurn } from '../../../../common/time/pacer.ts';
import type { ExportChunk } from '../../../../proto/gen/fleetblock/v1/ExportChunk.ts';
import type { ExportRequest__Output } from '../../../../proto/gen/fleetblock/v1/ExportRequest.ts';
import type { ImportBegin__Output } from '../../../../proto/gen/fleetblock/v1/ImportBegin.ts';
import type { ImportListRequest__Output } from '../../../../proto/gen/fleetblock/v1/ImportListRequest.ts';
import type { List } from '../../../../proto/gen/fleetblock/v1/List.ts';
import type { ListChangeReply } from '../../../../proto/gen/fleetblock/v1/ListChangeReply.ts';
import type { ListException } from '../../../../proto/gen/fleetblock/v1/ListException.ts';
import type { OperatorServiceHandlers } from '../../../../proto/gen/fleetblock/v1/OperatorService.ts';
import type { Claim } from '../../../claims/claim.ts';
import type { ListRecord } from '../../../claims/lists/list.ts';
import type { Caller } from '../../../identity/auth/caller.ts';
import type { Changes } from '../../../operations/block.ts';
import type { ImportBegin, ListReply, Lists } from '../../../operations/lists/lists.ts';
import type { ReadTurns } from '../../../operations/read-turns.ts';
import type { Targets } from '../../../operations/targets.ts';
import type { OnWaiting } from '../../../operations/under-way.ts';
import type { Store } from '../../../store/store.ts';
import { answers, type CallDeps, collected, longAnswers, unary } from '../calls.ts';
import { inPaces } from '../message-size.ts';
import { timely } from '../timely.ts';
import { actionFromWire, actionToWire, changeReplyToWire, hostOutcomesToWire, waitFromWire } from './operator-wire.ts';

export interface ListCallDeps extends CallDeps {
  readonly changes: Changes;
  readonly store: Store;
  readonly lists: Lists;
  readonly targets: Targets;
  readonly readTurns: ReadTurns;
}

type ListMethods = Pick<
  OperatorServiceHandlers,
  'ImportList' | 'RemoveList' | 'ListListChunks' | 'IncludeInList' | 'ListExceptions' | 'Export'
>;

export function listHandlers(deps: ListCallDeps): ListMethods {
  return {
    ImportList: collected(deps, (requests, { caller, onWaiting }) =>
      importList(deps.lists, requests, caller, onWaiting),
    ),
    RemoveList: unary(deps, async (request, { caller, onWaiting }) =>
      listReplyToWire(
        await deps.lists.remove(request.list, {
          caller,
          reason: request.reason,
          dryRun: request.dryRun,
          ...waitFromWire(request.wait, onWaiting),
        }),
      ),
    ),
    ListListChunks: answers(deps, async function* () {
      for await (const lists of inPaces(await deps.store.lists(), listToWire)) yield { lists };
    }),
    IncludeInList: unary(deps, async (request, { caller, arrivedMs, onWaiting }) =>
      changeReplyToWire(
        await deps.changes.include({
          caller,
          arrivedMs,
          list: request.list,
          prefixes: request.prefixes,
          reason: request.reason,
          dryRun: request.dryRun,
          ...waitFromWire(request.wait, onWaiting),
        }),
      ),
    ),
    ListExceptions: answers(deps, (request) => exceptions(deps.store, request.list)),
    Export: longAnswers(deps, (request) => exportRows(deps, request)),
  };
}

/** How long the sender of a list may take. */
const PATIENCE = { idleMs: 30_000, totalMs: 300_000 };

async function importList(
  lists: Lists,
  requests: AsyncIterable<ImportListRequest__Output>,
  caller: Caller,
  onWaiting: OnWaiting,
): Promise<ListChangeReply> {
  let current: ReturnType<Lists['begin']> | undefined;
  let endTurn = () => {};
  try {
    for await (const { begin, rows } of timely(requests, PATIENCE)) {
      if (begin) {
        if (current) throw new FleetblockError('INVALID_ARGUMENT', 'a second begin: an import is of one list');
        current = lists.begin(importFromWire(begin, caller, onWaiting));
        endTurn = await lists.turns.take(caller.actor);
      }
      if (!current) throw new FleetblockError('INVALID_ARGUMENT', 'an import starts with its begin');
      if (rows) current.add(fromWire(rows));
      // A list arrives in a few large messages: others get a turn between them.
      await nextTurn();
    }
    if (!current) throw new FleetblockError('INVALID_ARGUMENT', 'an empty import: it starts with its begin');
    return listReplyToWire(await current.finish(endTurn));
  } finally {
    endTurn();
  }
}

function importFromWire(begin: ImportBegin__Output, caller: Caller, onWaiting: OnWaiting): ImportBegin {
  return {
    caller,
    name: begin.list,
    target: selectorFromWire(begin.target),
    action: actionFromWire(begin.action),
    monitor: begin.monitor,
    reason: begin.reason,
    dryRun: begin.dryRun,
    force: begin.force,
    skipRefused: begin.skipRefused,
    meant: [...(begin.allowShrink ? ['SHRINKS' as const] : []), ...(begin.retarget ? ['RETARGETS' as const] : [])],
    ...waitFromWire(begin.wait, onWaiting),
  };
}

async function* exceptions(store: Store, list: string): AsyncGenerator<ListException> {
  for (const { prefix, reason, actor, createdMs } of await store.listExceptions(list))
    yield { prefix: formatPrefix(prefix), reason, actor, createdAtMs: createdMs };
}

async function* exportRows(deps: ListCallDeps, request: ExportRequest__Output): AsyncGenerator<ExportChunk[]> {
  const host = request.host === '' ? undefined : deps.targets.host(request.host);
  const action = request.action === 'ACTION_UNSPECIFIED' ? undefined : actionFromWire(request.action);
  const wanted = (of: { origin: string; action: string; selector: Selector }) =>
    (request.origin === '' || of.origin === request.origin) &&
    (action === undefined || of.action === action) &&
    (!host || selectorMatches(of.selector, host));
  for await (const batch of deps.store.aside.claims({}))
    yield batch.filter(wanted).map((claim) => exportClaim(claim, deps.clock.wallMs()));
  for (const list of await deps.store.lists())
    if (wanted({ ...list, origin: listOrigin(list.name) })) yield* exportList(deps, list);
}

function exportClaim(claim: Claim, nowMs: number): ExportChunk {
  const ttlMs = claim.expiresMs === 0 ? 0 : Math.max(1, claim.expiresMs - nowMs);
  const row = { prefix: claim.prefix, allow: claim.action === 'allow', monitor: claim.monitor, ttlMs };
  return { origin: claim.origin, selector: selectorToWire(claim.selector), rows: toWire(packEntries([row])) };
}

async function* exportList(deps: ListCallDeps, list: ListRecord): AsyncGenerator<ExportChunk[]> {
  for await (const rows of deps.store.aside.listRows(list.name))
    for (const piece of cutColumns(leftOf(rows, deps.clock.wallMs())))
      yield [{ origin: listOrigin(list.name), selector: selectorToWire(list.selector), rows: toWire(piece) }];
}

function listToWire(list: ListRecord): List {
  return {
    name: list.name,
    action: actionToWire(list.action),
    selector: selectorToWire(list.selector),
    monitor: list.monitor,
    reason: list.reason,
    actor: list.actor,
    createdAtMs: list.createdMs,
    updatedAtMs: list.updatedMs,
    entries: list.entries,
    exceptions: list.exceptions,
  };
}

function listReplyToWire(reply: ListReply): ListChangeReply {
  return {
    revision: String(reply.revision),
    added: reply.added,
    updated: reply.updated,
    unchanged: reply.unchanged,
    removed: reply.removed,
    hosts: hostOutcomesToWire(reply.hosts),
    elapsedMs: reply.elapsedMs,
    objections: [...reply.objections],
    ...(reply.former && { former: listToWire(reply.former) }),
    skipped: reply.skipped.count,
    skippedRows: reply.skipped.first.map(({ row, prefix, refusal }) => ({
      row,
      prefix: formatPrefix(prefix),
      text: refusal,
    })),
  };
}
