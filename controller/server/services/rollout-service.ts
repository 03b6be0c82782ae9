// RolloutService on the wire.
import { selectorToWire } from '../../../common/rpc/selector.ts';
import { checkedTtl } from '../../../common/text/duration.ts';
import type { Rollout as RolloutWire } from '../../../proto/gen/fleetblock/v1/Rollout.ts';
import type { RolloutServiceHandlers } from '../../../proto/gen/fleetblock/v1/RolloutService.ts';
import type { Stages__Output } from '../../../proto/gen/fleetblock/v1/Stages.ts';
import type { PlanRequest } from '../../rollouts/plan.ts';
import { type Rollout, whatText } from '../../rollouts/rollout.ts';
import type { Rollouts } from '../../rollouts/rollouts.ts';
import { answers, type CallDeps, type MethodsOf, unary } from './calls.ts';
import { inPaces } from './message-size.ts';

/** Rollouts begin where the changes do that they carry. */
export interface RolloutServiceDeps extends CallDeps {
  readonly rollouts: Rollouts;
}

/** Every method of RolloutService. */
export function rolloutMethods(deps: RolloutServiceDeps): MethodsOf<RolloutServiceHandlers> {
  const { rollouts, clock } = deps;
  const toWire = (rollout: Rollout) => rolloutToWire(rollout, rollouts, clock.wallMs());
  return {
    ListRolloutChunks: answers(deps, async function* () {
      for await (const chunk of inPaces(rollouts.list(), toWire)) yield { rollouts: chunk };
    }),
    PauseRollout: unary(deps, async ({ id, reason }, { caller }) => ({
      rollout: toWire(await rollouts.pause(id, { caller, reason })),
    })),
    ResumeRollout: unary(deps, async ({ id, reason }, { caller }) => ({
      rollout: toWire(await rollouts.resume(id, { caller, reason })),
    })),
    AbortRollout: unary(deps, async ({ id, reason }, { caller }) => ({
      rollout: toWire(await rollouts.abort(id, { caller, reason })),
    })),
  };
}

/** Undefined: no stages are asked for. */
export function planFromWire(stages: Stages__Output | null): PlanRequest | undefined {
  if (!stages) return undefined;
  const { bakeMs, haltDrops, ignoreHosts, together } = stages;
  const halts = { haltDrops: Number(haltDrops), ignoreHosts };
  return { stages: stages.stages, bakeMs: checkedTtl(Number(bakeMs)), ...halts, together };
}

function rolloutToWire(rollout: Rollout, rollouts: Rollouts, nowMs: number): RolloutWire {
  const { id, carries, target, stages, stage, bakeMs, stageMs, state, why, by } = rollout;
  return {
    ...{ id, what: whatText(rollout), origin: carries.origin, target: selectorToWire(target), stages: [...stages] },
    ...{ stage: stage + 1, bakeMs, state, why, actor: by.actor, reason: carries.reason },
    remainingMs: state === 'running' ? Math.max(0, stageMs + bakeMs - nowMs) : 0,
    hosts: rollouts.hostsOf(rollout.selector),
    targeted: rollouts.hostsOf(target),
    startedAtMs: rollout.startedMs,
    changedAtMs: rollout.changedMs,
    haltDrops: rollout.haltDrops,
    ignoreHosts: [...rollout.ignoreHosts],
  };
}
