// Adding and removing single claims.
import type { Slot } from '../../common/action.ts';
import type { Revision } from '../../common/revision.ts';
import type { Prefix } from '../../common/text/prefix.ts';
import type { Selector } from '../../common/text/selector.ts';
import type { Attribution } from './attribution.ts';
import type { Said } from './claim.ts';
import type { ConfirmBy } from './confirm-by.ts';

/** Most claims that one change adds or removes: more is an import. */
export const MAX_CHANGE_PREFIXES = 4096;

/** Claims of one origin to be added or extended: see `restated`. The reason is also the audit's. */
export interface AddClaims extends Attribution, Said {
  readonly prefixes: readonly Prefix[];
  readonly origin: string;
  readonly selector: Selector;
  /** Answer as if, change nothing. */
  readonly dryRun: boolean;
  /** Only until then, unless it is confirmed. */
  readonly confirm?: ConfirmBy;
  /**
   * They take the place of the claims of this selector, and of nothing that is no longer there: of prefixes without a live one the
   * outcome is NOT_FOUND. With `selector` itself: only what stands is said again.
   */
  readonly inPlaceOf?: Selector | undefined;
  /** For the audit: what the change is a part of. */
  readonly partOf?: string | undefined;
  /** The guard was overridden. */
  readonly forced?: boolean;
  /** Prefix lengths: all plain blocks of the actor together may be no wider. Absent: as wide as it likes. */
  readonly widest?: { readonly 4: number; readonly 6: number };
}

/** Claims of one origin to be removed, by exact prefix, whatever action of the slot they have. */
export interface RemoveClaims extends Attribution {
  readonly prefixes: readonly Prefix[];
  readonly action: Slot;
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
