// A feed's list that reaches its hosts in stages: what became of its rollout decides whether it counts as taken, or is held.
import { isOpen, type Rollout, stageText } from '../rollouts/rollout.ts';
import type { FeedState } from './feed.ts';

/**
 * What a feed remembers once it is known what became of its list in stages: one that is in force everywhere was taken, one that was
 * halted or aborted is held. `rollout`: its own; undefined: not known any more.
 */
export function settled(state: FeedState, rollout: Rollout | undefined): FeedState {
  const { staged, ...before } = state;
  if (!staged || (rollout && isOpen(rollout))) return state;
  const { rows, share, marks, digest } = staged;
  if (rollout?.state === 'done') {
    const { changedMs } = rollout;
    return { ...before, ...marks, rows, share, changedMs, goodMs: Math.max(before.goodMs, changedMs) };
  }
  // What was halted stays held, also once its rollout is forgotten, or while a later list waits for an operator.
  if (state.held && (!rollout || state.held.digest !== digest)) return state;
  // No one has judged it: it is looked at as if it were new.
  if (!rollout || rollout.lost) return before;
  return { ...state, held: { rows, share, digest, kinds: [], why: [undoneText(rollout)], accepted: false } };
}

/** What is held of a list that was undone and came again; a later one may be held since. */
export function heldOf(
  { held }: FeedState,
  { rows, share, digest }: NonNullable<FeedState['staged']>,
): NonNullable<FeedState['held']> {
  if (held?.digest === digest) return held;
  return {
    rows,
    share,
    digest,
    kinds: [],
    why: ['it was undone before: fleetblock feed refresh tries it again'],
    accepted: false,
  };
}

/** For people: where it is. */
export function underWayText(rollout: Rollout): string {
  const { id, state, why } = rollout;
  return `rollout ${id} is ${state} at ${stageText(rollout)}${why === '' ? '' : `: ${why}`}`;
}

function undoneText({ id, state, why, carries }: Rollout): string {
  const name = carries.kind === 'list' ? carries.name : '';
  return `rollout ${id} was ${state}${why === '' ? '' : ` (${why})`}: fleetblock feed refresh ${name} tries it again`;
}
