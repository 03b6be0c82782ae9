// Exceptions of a list: addresses that it does not block, whatever the file says, until they are taken back.

import { addressBytes, entryCount, type PackedEntries } from '../../../../common/entries/packed.ts';
import { keysOf } from '../../../../common/entries/rows.ts';
import { FleetblockError } from '../../../../common/errors.ts';
import { listOrigin } from '../../../../common/text/origin.ts';
import { formatPrefix, type Prefix } from '../../../../common/text/prefix.ts';
import type { ChangeResult } from '../../../claims/change.ts';
import { PrefixSet } from '../../../claims/guard/prefix-set.ts';
import { type ChangeExceptions, MAX_LIST_EXCEPTIONS } from '../../../claims/lists/list.ts';
import { shorten } from '../../../claims/touched-keys.ts';
import type { Transaction } from '../transaction.ts';
import { Bucketed } from './buckets.ts';
import { ExceptionSet } from './exception-set.ts';
import {
  findList,
  type Pause,
  partsOf,
  readChunk,
  readExceptions,
  readWithheld,
  type StoredList,
  saveWithheld,
  tableOf,
} from './list-rows.ts';
import { type Rewrite, rewriteBuckets } from './rewrite.ts';
import { parted } from './withheld.ts';

/**
 * Outcomes with `except`: REMOVED, the list blocked some of it; NOT_FOUND, nothing of it, or it is an exception already. Without:
 * ADDED, the list blocks some of it again; UPDATED, nothing of it; NOT_FOUND, it is no exception.
 * @throws FleetblockError NOT_FOUND (list), INVALID_ARGUMENT (too many)
 */
export async function changeExceptions(
  tx: Transaction,
  request: ChangeExceptions,
  pause: Pause,
): Promise<ChangeResult> {
  const { name, prefixes, except } = request;
  const list = findList(tx.db, name);
  if (!list) throw new FleetblockError('NOT_FOUND', `there is no list ${JSON.stringify(name)}: see fleetblock lists`);
  if (request.action && list.action !== request.action)
    throw new FleetblockError('INVALID_ARGUMENT', `list ${name} is of the other kind: it is there to ${list.action}`);
  const known = new Map(readExceptions(tx.db, name).map(({ prefix }) => [formatPrefix(prefix), prefix]));
  const before = new ExceptionSet([...known.values()]);
  const asked = new Map(prefixes.map((prefix) => [formatPrefix(prefix), prefix]));
  const changing = [...asked].filter(([text]) => known.has(text) !== except);
  for (const [text, prefix] of changing) {
    if (except) known.set(text, prefix);
    else known.delete(text);
  }
  if (known.size > MAX_LIST_EXCEPTIONS)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `a list has at most ${MAX_LIST_EXCEPTIONS} exceptions, this would be ${known.size}: import it without them`,
    );
  const touched = new Touched();
  if (changing.length > 0) {
    const fresh = changing.map(([, prefix]) => prefix);
    const plan = await planned(
      tx,
      list,
      { except, before, after: new ExceptionSet([...known.values()]), fresh },
      pause,
    );
    await rewriteBuckets(tx, list, plan, pause, (adds, removes) => touched.add(except ? removes : adds));
    saveWithheld(tx.db, name, plan.withheld);
    for (const [, prefix] of changing) save(tx, request, prefix);
    if (!touched.none) tx.revise();
    const subject = `${shorten(changing.map(([text]) => text))} of ${listOrigin(name)}`;
    const { actor, reason, from = '' } = request;
    tx.audit({ actor, reason, from, verb: except ? 'list.except' : 'list.include', subject });
  }
  const hit = touched.among(changing.map(([, prefix]) => prefix));
  const changed = new Set(changing.map(([text]) => text));
  return {
    revision: tx.head(),
    outcomes: prefixes.map((prefix) => {
      const text = formatPrefix(prefix);
      if (!changed.has(text)) return 'NOT_FOUND';
      if (hit.has(text)) return except ? 'REMOVED' : 'ADDED';
      return except ? 'NOT_FOUND' : 'UPDATED';
    }),
    targets: [list.selector],
  };
}

/** Which rows go to the withheld ones, or come back from there. */
async function planned(
  tx: Transaction,
  list: StoredList,
  change: { except: boolean; before: ExceptionSet; after: ExceptionSet; fresh: readonly Prefix[] },
  pause: Pause,
): Promise<Rewrite & { readonly withheld: PackedEntries<'unix'> }> {
  const { name, buckets } = list;
  const { except, before, after } = change;
  const former = readWithheld(tx.db, name);
  const changed = new Map<number, PackedEntries<'unix'>>();
  let withheld: PackedEntries<'unix'>;
  if (except) {
    const fresh = new ExceptionSet(change.fresh);
    const moved = [former];
    for (let bucket = 0; bucket < buckets; bucket++) {
      const { free, met } = parted(readChunk(tx.db, name, bucket), fresh);
      if (entryCount(met) > 0) {
        changed.set(bucket, free);
        moved.push(met);
      }
      await pause();
    }
    withheld = tableOf(...moved).pack();
  } else {
    const { free, met } = parted(former, after);
    const back = Bucketed.atOnce(free, buckets);
    for (let bucket = 0; bucket < buckets; bucket++) {
      const rows = back.bucket(bucket);
      if (entryCount(rows) > 0) changed.set(bucket, tableOf(readChunk(tx.db, name, bucket), rows).pack());
    }
    withheld = met;
  }
  return { changed, withheld, was: partsOf(former, before, buckets), next: partsOf(withheld, after, buckets) };
}

function save({ db, nowMs }: Transaction, { name, except, reason, actor }: ChangeExceptions, prefix: Prefix): void {
  const { family, address, length } = prefix;
  if (except)
    db.prepare(
      'INSERT INTO list_exception (name, family, address, length, reason, actor, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ).run(name, family, address, length, reason, actor, nowMs);
  else
    db.prepare('DELETE FROM list_exception WHERE name = ? AND family = ? AND address = ? AND length = ?').run(
      name,
      family,
      address,
      length,
    );
}

/** Rows that changed for hosts, and which of the prefixes asked for they are about. */
class Touched {
  readonly #rows = new PrefixSet();
  readonly #parts: PackedEntries[] = [];

  get none(): boolean {
    return this.#parts.length === 0;
  }

  add(rows: PackedEntries): void {
    this.#parts.push(rows);
    for (const { family, address, offset, length } of keysOf(rows)) this.#rows.add(family, address, offset, length, 0);
  }

  /** Texts of those that a row covers, or that cover a row. */
  among(prefixes: readonly Prefix[]): Set<string> {
    const asked = new PrefixSet();
    for (const { family, address, length } of prefixes) asked.add(family, address, 0, length, 0);
    const hit = new Set(prefixes.filter((prefix) => this.#rows.covering(prefix).length > 0).map(formatPrefix));
    for (const part of this.#parts)
      for (const { family, address: addresses, offset, length } of keysOf(part)) {
        if (hit.size === prefixes.length) return hit;
        const address = addresses.subarray(offset, offset + addressBytes(family));
        for (const member of asked.covering({ family, address, length }))
          hit.add(formatPrefix(asked.prefixAt(family, member.row)));
      }
    return hit;
  }
}
