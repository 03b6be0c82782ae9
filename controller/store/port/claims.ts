// What is asked of the single claims, and what is answered.
import type { Revision } from '../../../common/revision.ts';
import type { Prefix } from '../../../common/text/prefix.ts';
import type { Selector } from '../../../common/text/selector.ts';
import type { Attribution, Claim, ClaimAction, Confirmation, Undone } from '../records.ts';

/** Most claims that one change adds or removes: more is an import. */
export const MAX_CHANGE_PREFIXES = 4096;

/** Claims of one origin to be added or extended; what is there is never shortened. */
export interface AddClaims extends Attribution {
  readonly prefixes: readonly Prefix[];
  readonly action: ClaimAction;
  readonly origin: string;
  readonly selector: Selector;
  /** Unix milliseconds; 0 for no end. */
  readonly expiresMs: number;
  readonly monitor: boolean;
  /** Answer as if, change nothing. */
  readonly dryRun: boolean;
  /** Only until then, unless it is confirmed. */
  readonly confirm?: ConfirmBy;
  /** The guard was overridden. */
  readonly forced?: boolean;
  /** Prefix lengths: all plain blocks of the actor together may be no wider. Absent: as wide as it likes. */
  readonly widest?: { readonly 4: number; readonly 6: number };
}

/** By when a change is to be confirmed. */
export interface ConfirmBy {
  /** Unique. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly deadlineMs: number;
}

/** Claims of one origin to be removed, by exact prefix. */
export interface RemoveClaims extends Attribution {
  readonly prefixes: readonly Prefix[];
  readonly action: ClaimAction;
  readonly origin: string;
  /** Undefined: whatever selector the claim has. */
  readonly selector: Selector | undefined;
  readonly dryRun: boolean;
}

/** What became of one prefix. */
export type ClaimOutcome = 'ADDED' | 'UPDATED' | 'UNCHANGED' | 'REMOVED' | 'NOT_FOUND';

/** What a change did, or would do. */
export interface ChangeResult {
  /** The revision that holds the change, or the head when nothing changed. */
  readonly revision: Revision;
  /** One per prefix, in the order asked. */
  readonly outcomes: readonly ClaimOutcome[];
  /** Selectors of the claims that were added, changed or removed (or found as asked for): whom the change targets. */
  readonly targets: readonly Selector[];
  /** Some of it waits to be confirmed. Absent: nothing does, as all of it holds or ends by itself before. */
  readonly unconfirmed?: boolean;
}

/** What a confirmation made of the claims that waited. */
export interface ConfirmResult extends ChangeResult {
  readonly prefixes: readonly Prefix[];
}

/** Which single claims are meant; conditions are joined by "and". */
export interface ClaimFilter {
  readonly origin?: string;
  readonly action?: ClaimAction;
  /** Only claims that may matter to this host. */
  readonly host?: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  /** Only claims whose prefix covers this one (or is it). */
  readonly covering?: Prefix;
  /** Only claims on narrower prefixes inside this one. */
  readonly within?: Prefix;
  /** Also claims that have ended and are not removed yet. */
  readonly expired?: boolean;
}

/** Single claims: changed, confirmed, ended and read. */
export interface ClaimStore {
  addClaims(request: AddClaims): Promise<ChangeResult>;
  removeClaims(request: RemoveClaims): Promise<ChangeResult>;
  /**
   * Gives the claims of an unconfirmed change the end that was asked for.
   * @throws FleetblockError NOT_FOUND, FAILED_PRECONDITION (too late, confirmed already), PERMISSION_DENIED (not `mayForce`)
   */
  confirm(id: string, by: Attribution & { readonly mayForce: boolean }): Promise<ConfirmResult>;
  /** Changes that wait to be confirmed, the first to be undone first. */
  confirmations(): Promise<readonly Confirmation[]>;
  /**
   * Undoes what was not confirmed and removes claims and list rows that ended, at or before `nowMs` (actor `system`), at most a
   * bounded number per call.
   */
  expireClaims(
    nowMs: number,
  ): Promise<{ readonly removed: number; readonly revision: Revision; readonly undone: readonly Undone[] }>;
  /** Unix milliseconds at which the next claim ends or a change is undone; 0 when none does. */
  nextExpiryMs(): Promise<number>;
  /** Single claims, in bounded batches, by prefix. */
  claims(filter: ClaimFilter): AsyncIterable<readonly Claim[]>;
}
