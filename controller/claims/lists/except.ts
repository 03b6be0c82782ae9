// Exceptions of a list: addresses that it does not block, whatever the file says, until they are taken back.

import { slotOf } from '../../../common/action.ts';
import { addressBytes, entryCount, type PackedEntries } from '../../../common/entries/packed.ts';
import { keysOf } from '../../../common/entries/rows.ts';
import { FleetblockError } from '../../../common/errors.ts';
import { listOrigin } from '../../../common/text/origin.ts';
import { formatPrefix, type Prefix } from '../../../common/text/prefix.ts';
import type { ChangeResult } from '../change.ts';
import { PrefixSet } from '../guard/prefix-set.ts';
import type { Steps } from '../steps.ts';
import { shorten } from '../touched-keys.ts';
import { byBucket } from './buckets.ts';
import { ExceptionSet } from './exception-set.ts';
import { type ChangeExceptions, MAX_LIST_EXCEPTIONS } from './list.ts';
import type { ListTx, StoredList } from './list-tx.ts';
import { existingList } from './reads.ts';
import { type Rewrite, rewriteBuckets } from './rewrite.ts';
import { merged, parted, partsOf, tableOf } from './withheld.ts';

/**
 * Outcomes with `except`: REMOVED, the list blocked some of it; NOT_FOUND, nothing of it, or it is an exception already. Without:
 * ADDED, the list blocks some of it again; UPDATED, nothing of it; NOT_FOUND, it is no exception.
 * @throws FleetblockError NOT_FOUND (list), INVALID_ARGUMENT (too many), PERMISSION_DENIED (`bound`)
 */
export function* changeExceptions(tx: ListTx, request: ChangeExceptions): Steps<ChangeResult> {
  const { name, prefixes, except, bound, actor, reason } = request;
  const list = yield* existingList(tx, name);
  if (request.action && slotOf(list.action) !== request.action)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `list ${name} is of the other kind: it is there to ${slotOf(list.action)}`,
    );
  if (bound !== undefined && !except && slotOf(list.action) === 'allow')
    throw new FleetblockError(
      'PERMISSION_DENIED',
      `${actor} is bound to the origin ${bound} and may not make ${name} allow: that passes what other origins block`,
    );
  const known = new Map((yield* tx.exceptions(name)).map(({ prefix }) => [formatPrefix(prefix), prefix]));
  const before = new ExceptionSet([...known.values()]);
  const asked = prefixes.map((prefix): [string, Prefix] => [formatPrefix(prefix), prefix]);
  const changing = new Map(asked.filter(([text]) => known.has(text) !== except));
  for (const [text, prefix] of changing) {
    if (except) known.set(text, prefix);
    else known.delete(text);
  }
  if (known.size > MAX_LIST_EXCEPTIONS)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `a list has at most ${MAX_LIST_EXCEPTIONS} exceptions, this would be ${known.size}: import it without them`,
    );
  const fresh = [...changing.values()];
  let hit: ReadonlySet<string> = new Set();
  if (fresh.length > 0) {
    const after = new ExceptionSet([...known.values()]);
    const plan = yield* planned(tx, list, { except, before, after, fresh });
    const told = yield* rewriteBuckets(tx, list, plan);
    const rows = told.map(({ adds, removes }) => (except ? removes : adds));
    hit = yield* hitBy(rows, fresh);
    tx.saveWithheld(name, plan.withheld);
    for (const prefix of fresh)
      if (except) tx.addException(name, { prefix, reason, actor, createdMs: tx.nowMs });
      else tx.deleteException(name, prefix);
    if (told.length > 0) tx.revise();
    const subject = `${shorten([...changing.keys()])} of ${listOrigin(name)}`;
    const verb = except ? 'list.except' : 'list.include';
    tx.audit({ actor, reason, from: request.from ?? '', verb, subject });
  }
  return {
    revision: tx.head(),
    outcomes: asked.map(([text]) => {
      if (!changing.has(text)) return 'NOT_FOUND';
      if (hit.has(text)) return except ? 'REMOVED' : 'ADDED';
      return except ? 'NOT_FOUND' : 'UPDATED';
    }),
    targets: [list.selector],
  };
}

/** Which rows go to the withheld ones, or come back from there. */
function* planned(
  tx: ListTx,
  { name, buckets }: StoredList,
  change: { except: boolean; before: ExceptionSet; after: ExceptionSet; fresh: readonly Prefix[] },
): Steps<Rewrite & { readonly withheld: PackedEntries<'unix'> }> {
  const { except, before, after } = change;
  const former = yield* tx.withheld(name);
  const changed = new Map<number, PackedEntries<'unix'>>();
  let withheld: PackedEntries<'unix'>;
  if (except) {
    const fresh = new ExceptionSet(change.fresh);
    const moved = [former];
    for (let bucket = 0; bucket < buckets; bucket++) {
      const { free, met } = parted(yield* tx.bucket(name, bucket), fresh);
      if (entryCount(met) > 0) {
        changed.set(bucket, free);
        moved.push(met);
      }
      yield;
    }
    withheld = yield* merged(moved);
  } else {
    const { free, met } = parted(former, after);
    const back = yield* byBucket([free], buckets);
    for (let bucket = 0; bucket < buckets; bucket++) {
      const rows = back(bucket);
      if (entryCount(rows) > 0) changed.set(bucket, tableOf(yield* tx.bucket(name, bucket), rows).pack());
      yield;
    }
    withheld = met;
  }
  const was = yield* partsOf(former, before, buckets);
  return { changed, withheld, was, next: yield* partsOf(withheld, after, buckets) };
}

/** Texts of the prefixes that a row covers, or that cover a row. */
function* hitBy(parts: readonly PackedEntries[], prefixes: readonly Prefix[]): Steps<ReadonlySet<string>> {
  const hit = new Set<string>();
  const rows = new PrefixSet();
  const asked = new PrefixSet();
  for (const { family, address, length } of prefixes) asked.add(family, address, 0, length, 0);
  for (const part of parts) {
    for (const { family, address, offset, length } of keysOf(part)) {
      if (hit.size === prefixes.length) return hit;
      rows.add(family, address, offset, length, 0);
      const own = { family, address: address.subarray(offset, offset + addressBytes(family)), length };
      for (const { row } of asked.covering(own)) hit.add(formatPrefix(asked.prefixAt(family, row)));
    }
    yield;
  }
  for (const prefix of prefixes) if (rows.covering(prefix).length > 0) hit.add(formatPrefix(prefix));
  return hit;
}
