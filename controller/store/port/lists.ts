// What is asked of the bulk lists and their exceptions, and what is answered.
import type { PackedEntries } from '../../../common/entries/packed.ts';
import type { Revision } from '../../../common/revision.ts';
import type { Prefix } from '../../../common/text/prefix.ts';
import type { Selector } from '../../../common/text/selector.ts';
import type { Attribution, ClaimAction, ListException, ListRecord } from '../records.ts';
import type { ChangeResult } from './claims.ts';

/** Exceptions of one list: an import splits its rows around them. */
export const MAX_LIST_EXCEPTIONS = 4096;

/** Most rows of one list: what the hosts' maps are made for. */
export const MAX_LIST_ROWS = 4_000_000;

/** The whole of a list, as it is to be. */
export interface ReplaceList extends Attribution {
  readonly name: string;
  readonly action: ClaimAction;
  readonly selector: Selector;
  readonly monitor: boolean;
  /** Packed rows; `ttlsMs` are remaining times. Later rows replace earlier ones of the same prefix. */
  readonly chunks: readonly PackedEntries[];
  /** Rows that were left out of these before: for the audit. Default 0. */
  readonly skipped?: number;
  readonly dryRun: boolean;
  /** Asked within the change, which nothing can come before: what it throws refuses the change. */
  readonly approve?: (former: ListRecord | undefined, entries: number) => void;
}

/** What a change of a list did, or would do, in rows. */
export interface ListResult {
  readonly revision: Revision;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly targets: readonly Selector[];
  /** The list as it was. Undefined: it is new. */
  readonly former: ListRecord | undefined;
}

/** Prefixes that a list leaves out from now on whatever is imported, or leaves out no more. */
export interface ChangeExceptions extends Attribution {
  /** Of the list. */
  readonly name: string;
  readonly prefixes: readonly Prefix[];
  /** What the list must be there for; undefined: either. */
  readonly action?: ClaimAction;
  /** False: they are exceptions no more. */
  readonly except: boolean;
  readonly dryRun: boolean;
}

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
  /** What hosts hold of a list, in bounded pieces; `ttlsMs` holds Unix milliseconds of the end. */
  listRows(name: string): AsyncIterable<PackedEntries>;
}
