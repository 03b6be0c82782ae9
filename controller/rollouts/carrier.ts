// How what a rollout carries is moved from stage to stage, whatever it is.
import type { Selector } from '../../common/text/selector.ts';
import type { PrefixSet } from '../claims/guard/prefix-set.ts';
import type { Caller } from '../identity/auth/caller.ts';
import type { Rollout } from './rollout.ts';

/** Who removes it, and why. */
export interface Attributed {
  readonly caller: Caller;
  readonly reason: string;
}

/** Each step is one revision. */
export interface Carrier {
  /**
   * Makes it hold on `to` in place of `from`, which may be the same, for `ttlMs` from now (0: with no end).
   * @returns false: nothing of it stands on `from`, and nothing was changed
   * @throws FleetblockError as the change itself does: the guard, a quarantine, a full disk
   */
  move(rollout: Rollout, from: Selector, to: Selector, ttlMs: number): Promise<boolean>;
  /** Whether it stands on `on`: of the two selectors of a step that was broken off it does on one, or on neither. */
  stands(rollout: Rollout, on: Selector): Promise<boolean>;
  /** What it drops: nothing of what passes or only counts. It is the same at every stage. */
  dropped(rollout: Rollout): Promise<PrefixSet>;
  /** Takes away what stands there. */
  remove(rollout: Rollout, from: Selector, by: Attributed): Promise<void>;
}
