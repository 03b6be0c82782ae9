// Single claims that a rollout carries: changes like any other, so that the guard, the limits and the audit hold for every step.
import { ACTIONS, slotOf } from '../../common/action.ts';
import { FleetblockError } from '../../common/errors.ts';
import { formatPrefix, parsePrefix } from '../../common/text/prefix.ts';
import { formatSelector, type Selector, wholeOf } from '../../common/text/selector.ts';
import { PrefixSet } from '../claims/guard/prefix-set.ts';
import type { BlockRequest, Changes } from '../operations/block.ts';
import type { Attributed, Carrier } from './carrier.ts';
import { callerOf, type Rollout, stageText } from './rollout.ts';

/** For the audit's records of the changes. */
export function partText(rollout: Rollout): string {
  return `rollout ${rollout.id}: ${stageText(rollout)}`;
}

/** Every step replaces what stands at the stage before, and nothing that was unblocked meanwhile. */
export class StagedClaims implements Carrier {
  readonly #changes: Pick<Changes, 'block' | 'unblock'>;

  constructor(changes: Pick<Changes, 'block' | 'unblock'>) {
    this.#changes = changes;
  }

  async move(rollout: Rollout, from: Selector, to: Selector, ttlMs: number): Promise<boolean> {
    const { outcomes } = await this.#changes.block({
      ...claimsOf(rollout),
      caller: callerOf(rollout),
      arrivedMs: 0,
      target: to,
      inPlaceOf: from,
      ttlMs,
      partOf: partText(rollout),
      ...{ dryRun: false, force: false, waitMs: undefined },
    });
    return outcomes.some(({ change }) => change !== 'NOT_FOUND');
  }

  async stands(rollout: Rollout, on: Selector): Promise<boolean> {
    const { outcomes } = await this.#unblock(rollout, on, { caller: callerOf(rollout), reason: '' }, true);
    return outcomes.some(({ change }) => change !== 'NOT_FOUND');
  }

  async dropped(rollout: Rollout): Promise<PrefixSet> {
    const { prefixes, action } = claimsOf(rollout);
    const set = new PrefixSet();
    if (ACTIONS[action].verdict !== 'drop') return set;
    for (const { family, address, length } of prefixes.map(parsePrefix)) set.add(family, address, 0, length, 0);
    return set;
  }

  async remove(rollout: Rollout, from: Selector, by: Attributed): Promise<void> {
    await this.#unblock(rollout, from, by, false);
  }

  #unblock(rollout: Rollout, target: Selector, by: Attributed, dryRun: boolean) {
    const { prefixes, action, origin } = claimsOf(rollout);
    const how = { arrivedMs: 0, dryRun, waitMs: undefined };
    return this.#changes.unblock({ prefixes, origin, target, action: slotOf(action), ...by, ...how });
  }
}

function claimsOf({ carries }: Rollout) {
  if (carries.kind !== 'claims') throw new FleetblockError('INTERNAL', 'a rollout of another kind');
  return carries;
}

/** Whether both would make the same claim. */
export function carriesSame({ carries, target }: Rollout, request: BlockRequest, origin: string): boolean {
  if (carries.kind !== 'claims' || carries.origin !== origin) return false;
  if (slotOf(carries.action) !== slotOf(request.action)) return false;
  const own = new Set(carries.prefixes.map((text) => formatPrefix(parsePrefix(text))));
  return (
    formatSelector(target) === formatSelector(wholeOf(request.target)) &&
    request.prefixes.some((text) => own.has(formatPrefix(parsePrefix(text))))
  );
}
