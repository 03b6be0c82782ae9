// What is asked of the bulk lists and their exceptions, and what is answered.

import type { PackedEntries } from '../../../common/entries/packed.ts';
import type { Attribution } from '../../claims/attribution.ts';
import type { ChangeResult } from '../../claims/change.ts';
import type { ChangeExceptions, ListException, ListRecord, ListResult, ReplaceList } from '../../claims/lists/list.ts';

/** Bulk lists: replaced as a whole, removed, given exceptions, and read. */
export interface ListStore {
  /** Makes a list what the request says, by difference. Nothing to change: no revision. */
  replaceList(request: ReplaceList): Promise<ListResult>;
  /** @throws FleetblockError NOT_FOUND */
  removeList(name: string, by: Attribution, dryRun: boolean): Promise<ListResult>;
  /**
   * What the list has of these goes from hosts, or comes back. Outcomes: see ClaimOutcome.
   * @throws FleetblockError NOT_FOUND (list), INVALID_ARGUMENT (too many, or a list of the other action)
   */
  changeExceptions(request: ChangeExceptions): Promise<ChangeResult>;
  /** By prefix. @throws FleetblockError NOT_FOUND */
  listExceptions(name: string): Promise<readonly ListException[]>;
  lists(): Promise<readonly ListRecord[]>;
  /** What hosts hold of a list, in bounded pieces. */
  listRows(name: string): AsyncIterable<PackedEntries<'unix'>>;
}
