// Changes that are undone unless somebody confirms them in time.
import type { Revision } from '../../common/revision.ts';
import type { Prefix } from '../../common/text/prefix.ts';
import type { ChangeResult } from './change.ts';
import type { ClaimKey } from './claim.ts';

/** A change that is undone unless somebody confirms it in time. */
export interface Confirmation {
  /** What is typed to confirm it. */
  readonly id: string;
  readonly actor: string;
  readonly reason: string;
  readonly createdMs: number;
  /** Unix milliseconds. */
  readonly deadlineMs: number;
  /** It overrode the guard. */
  readonly forced: boolean;
  /** Claims that wait. */
  readonly claims: readonly ClaimKey[];
}

/** What became of such a change when nobody confirmed it. */
export interface Undone extends Confirmation {
  readonly revision: Revision;
}

/** What a confirmation made of the claims that waited. */
export interface ConfirmResult extends ChangeResult {
  readonly prefixes: readonly Prefix[];
}
