// Importing, removing and listing bulk lists.

import type { PackedEntries } from '../../../../common/entries/packed.ts';
import { fromWire } from '../../../../common/entries/wire.ts';
import { FleetblockError } from '../../../../common/errors.ts';
import { actionFromWire, actionToWire } from '../../../../common/rpc/action.ts';
import { selectorFromWire, selectorToWire } from '../../../../common/rpc/selector.ts';
import { formatPrefix } from '../../../../common/text/prefix.ts';
import type { ImportBegin__Output } from '../../../../proto/gen/fleetblock/v1/ImportBegin.ts';
import type { ImportListRequest__Output } from '../../../../proto/gen/fleetblock/v1/ImportListRequest.ts';
import type { List } from '../../../../proto/gen/fleetblock/v1/List.ts';
import type { ListChangeReply } from '../../../../proto/gen/fleetblock/v1/ListChangeReply.ts';
import type { ListException } from '../../../../proto/gen/fleetblock/v1/ListException.ts';
import type { ListRecord } from '../../../claims/lists/list.ts';
import type { Feeds } from '../../../feeds/feeds.ts';
import type { Changes } from '../../../operations/block.ts';
import type { ImportBegin, ListReply, Lists } from '../../../operations/lists/lists.ts';
import type { ReadTurns } from '../../../operations/queries/read-turns.ts';
import type { Targets } from '../../../operations/targets.ts';
import type { Rollouts } from '../../../rollouts/rollouts.ts';
import type { Store } from '../../../store/store.ts';
import { answers, type Call, type CallDeps, collected, unary } from '../calls.ts';
import { inPaces } from '../message-size.ts';
import { planFromWire } from '../rollout-service.ts';
import { timely } from '../timely.ts';
import type { OperatorMethods } from './operator-methods.ts';
import { changeReplyToWire, hostOutcomesToWire, waitFromWire } from './operator-wire.ts';

/** `changes` makes and ends exceptions of lists; `lists` imports and removes. */
export interface ListCallDeps extends CallDeps {
  readonly changes: Changes;
  readonly store: Store;
  readonly lists: Lists;
  readonly rollouts: Rollouts;
  readonly feeds: Pick<Feeds, 'assertNotKept'>;
  readonly targets: Targets;
  readonly readTurns: ReadTurns;
}

type ListMethods = Pick<
  OperatorMethods,
  'ImportList' | 'RemoveList' | 'ListListChunks' | 'IncludeInList' | 'ListExceptions'
>;

/** An import streams its rows to the controller; everything else is one request. */
export function listMethods(deps: ListCallDeps): ListMethods {
  return {
    ImportList: collected(deps, (requests, call) => importList(deps, requests, call)),
    RemoveList: unary(deps, async (request, { caller, onWaiting }) => {
      deps.feeds.assertNotKept(request.list);
      return listReplyToWire(
        await deps.lists.remove(request.list, {
          caller,
          reason: request.reason,
          dryRun: request.dryRun,
          ...waitFromWire(request.wait, onWaiting),
        }),
      );
    }),
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
  };
}

/** How long the sender of a list may take. */
const PATIENCE = { idleMs: 30_000, totalMs: 300_000 };

async function importList(
  { lists, rollouts, feeds }: Pick<ListCallDeps, 'lists' | 'rollouts' | 'feeds'>,
  requests: AsyncIterable<ImportListRequest__Output>,
  call: Call,
): Promise<ListChangeReply> {
  const messages = timely(requests, PATIENCE);
  try {
    const { value: first } = await messages.next();
    if (!first) throw new FleetblockError('INVALID_ARGUMENT', 'an empty import: it starts with its begin');
    if (!first.begin) throw new FleetblockError('INVALID_ARGUMENT', 'an import starts with its begin');
    call.onAsked(first.begin);
    const begin = importFromWire(first.begin, call);
    feeds.assertNotKept(begin.name);
    const plan = planFromWire(first.begin.stages);
    if (!plan) return listReplyToWire(await lists.import(begin, rowsOf(first, messages)));
    const begun = await rollouts.import(begin, rowsOf(first, messages), plan);
    return { ...listReplyToWire(begun), rollout: begun.rollout?.id ?? '' };
  } finally {
    await messages.return(undefined);
  }
}

async function* rowsOf(
  first: ImportListRequest__Output,
  others: AsyncIterable<ImportListRequest__Output>,
): AsyncGenerator<PackedEntries<'left'>> {
  if (first.rows) yield fromWire(first.rows);
  for await (const { begin, rows } of others) {
    if (begin) throw new FleetblockError('INVALID_ARGUMENT', 'a second begin: an import is of one list');
    if (rows) yield fromWire(rows);
  }
}

function importFromWire(begin: ImportBegin__Output, { caller, onWaiting }: Call): ImportBegin {
  return {
    caller,
    name: begin.list,
    target: selectorFromWire(begin.target),
    action: actionFromWire(begin),
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

function listToWire(list: ListRecord): List {
  return {
    name: list.name,
    ...actionToWire(list.action),
    selector: selectorToWire(list.selector),
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
