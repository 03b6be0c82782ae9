// Removing a bulk list, with its rows and its exceptions.
import { entryCount, NO_ENTRIES } from '../../../common/entries/packed.ts';
import { failpoint } from '../../../common/failpoint.ts';
import { listOrigin } from '../../../common/text/origin.ts';
import type { Attribution } from '../attribution.ts';
import { listLayer } from '../layers.ts';
import type { Steps } from '../steps.ts';
import type { ListResult } from './list.ts';
import type { ListTx } from './list-tx.ts';
import { existingList, heldOf } from './reads.ts';

/** @throws FleetblockError NOT_FOUND */
export function* removeList(tx: ListTx, name: string, by: Attribution): Steps<ListResult> {
  const former = yield* existingList(tx, name);
  const layer = listLayer(name, former.selector);
  const held = yield* heldOf(tx, former);
  let removed = 0;
  for (let bucket = 0; bucket < former.buckets; bucket++) {
    const rows = yield* held(bucket);
    if (entryCount(rows) === 0) continue;
    tx.touch(layer, NO_ENTRIES, rows);
    removed += entryCount(rows);
    failpoint('store.remove.chunk');
    yield;
  }
  const revision = tx.revise();
  tx.deleteList(name);
  tx.audit({ ...by, verb: 'list.remove', subject: `${listOrigin(name)} (${removed} rows)` });
  return { revision, added: 0, updated: 0, unchanged: 0, removed, targets: [former.selector], former };
}
