// What every store reads of a list in the same way: the list itself, its exceptions, and what hosts hold of it.
import { entryCount, type PackedEntries } from '../../../common/entries/packed.ts';
import { FleetblockError } from '../../../common/errors.ts';
import { Pacer } from '../../../common/time/pacer.ts';
import { type Steps, withPauses } from '../steps.ts';
import { ExceptionSet } from './exception-set.ts';
import type { ListException } from './list.ts';
import type { ListReads, StoredList } from './list-tx.ts';
import { held, partsOf } from './withheld.ts';

/** @throws FleetblockError NOT_FOUND */
export function* existingList(reads: ListReads, name: string): Steps<StoredList> {
  const list = yield* reads.list(name);
  if (!list) throw new FleetblockError('NOT_FOUND', `there is no list ${JSON.stringify(name)}: see fleetblock lists`);
  return list;
}

/** By prefix. @throws FleetblockError NOT_FOUND */
export function* exceptionsOf(reads: ListReads, name: string): Steps<readonly ListException[]> {
  yield* existingList(reads, name);
  return yield* reads.exceptions(name);
}

/** Empty when the list has none, or is not there. */
export function* exceptionSetOf(reads: ListReads, name: string): Steps<ExceptionSet> {
  return new ExceptionSet((yield* reads.exceptions(name)).map(({ prefix }) => prefix));
}

/** What hosts hold of a list, by bucket: each is read when it is asked for. A prefix comes once. */
export function* heldOf(
  reads: ListReads,
  { name, buckets }: StoredList,
): Steps<(bucket: number) => Steps<PackedEntries<'unix'>>> {
  const parts = yield* partsOf(yield* reads.withheld(name), yield* exceptionSetOf(reads, name), buckets);
  return function* (bucket) {
    const rows = yield* reads.bucket(name, bucket);
    const part = parts(bucket);
    return entryCount(part) > 0 ? held(rows, part).pack() : rows;
  };
}

/** What hosts hold of a list in bounded pieces, read outside a transaction; nothing when there is no list. */
export async function* heldRows(reads: ListReads, name: string): AsyncGenerator<PackedEntries<'unix'>> {
  const { pause } = new Pacer();
  const list = await withPauses(reads.list(name));
  if (!list) return;
  const of = await withPauses(heldOf(reads, list));
  for (let bucket = 0; bucket < list.buckets; bucket++) {
    const rows = await withPauses(of(bucket));
    if (entryCount(rows) > 0) yield rows;
    await pause();
  }
}
