// Bulk lists as values: the list itself, its exceptions, and what is asked of it.
import type { Action, Slot } from '../../../common/action.ts';
import type { PackedEntries } from '../../../common/entries/packed.ts';
import type { Revision } from '../../../common/revision.ts';
import type { Prefix } from '../../../common/text/prefix.ts';
import type { Selector } from '../../../common/text/selector.ts';
import type { Attribution } from '../attribution.ts';

/** Exceptions of one list: an import splits its rows around them. */
export const MAX_LIST_EXCEPTIONS = 4096;

/** What a rollout keeps beside a list: the list that is to be, for no host, and what of it stands at a stage. */
export type ListPart = 'next' | 'stage';

/** No list of an operator's can be called so. */
export function partName(list: string, part: ListPart): string {
  return `${list}~${part}`;
}

/** The list whose part has that name; undefined: it is no part. */
export function wholeName(name: string): string | undefined {
  return /^(.*)~(?:next|stage)$/.exec(name)?.[1];
}

/** Whether no host ever gets a list of that name. */
export function isAside(name: string): boolean {
  return name.endsWith('~next');
}

/** A bulk list: one origin (`list:NAME`), one target, up to a million prefixes in packed chunks. */
export interface ListRecord {
  readonly name: string;
  readonly action: Action;
  readonly selector: Selector;
  readonly reason: string;
  readonly actor: string;
  /** Unix milliseconds of the first import and of the last change. */
  readonly createdMs: number;
  readonly updatedMs: number;
  /** That hosts hold of it. */
  readonly entries: number;
  /** Prefixes that it leaves out whatever is imported. */
  readonly exceptions: number;
}

/** A prefix that a list leaves out, and who said so. `createdMs`: Unix milliseconds. */
export interface ListException {
  readonly prefix: Prefix;
  readonly reason: string;
  readonly actor: string;
  readonly createdMs: number;
}

/** The whole of a list, as it is to be. */
export interface ReplaceList extends Attribution {
  readonly name: string;
  readonly action: Action;
  readonly selector: Selector;
  /** Later rows replace earlier ones of the same prefix. */
  readonly chunks: readonly PackedEntries<'left'>[];
  /** Rows that were left out of these before: for the audit. Default 0. */
  readonly skipped?: number;
  readonly dryRun: boolean;
  /** Asked within the change, which nothing can come before: what it throws refuses the change. `changed`: rows that come or go. */
  readonly approve?: (former: ListRecord | undefined, entries: number, changed: number) => void;
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
  readonly action?: Slot;
  /** False: they are exceptions no more. */
  readonly except: boolean;
  /** What the caller is bound to: it may not make the list allow again; undefined: nothing. */
  readonly bound?: string | undefined;
  readonly dryRun: boolean;
}
