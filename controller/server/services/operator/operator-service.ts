// What operators ask: converts between the wire and the controller, and nothing else.

import { slotFromWire } from '../../../../common/rpc/action.ts';
import { selectorFromWire } from '../../../../common/rpc/selector.ts';
import { checkedTtl } from '../../../../common/text/duration.ts';
import { createToken } from '../../../identity/tokens.ts';
import type { Changes } from '../../../operations/block.ts';
import type { Rollouts } from '../../../rollouts/rollouts.ts';
import { unary } from '../calls.ts';
import { planFromWire } from '../rollout-service.ts';
import { type ConfirmCallDeps, confirmMethods } from './confirm-calls.ts';
import { type EntryCallDeps, entryMethods } from './entry-calls.ts';
import { type FleetCallDeps, fleetMethods } from './fleet-calls.ts';
import { type HostCallDeps, hostMethods } from './host-calls.ts';
import { type ListCallDeps, listMethods } from './list-calls.ts';
import type { OperatorMethods } from './operator-methods.ts';
import { changeReplyToWire, statementFromWire, waitFromWire } from './operator-wire.ts';

/** The sum of what the calls in this folder need. */
export interface OperatorServiceDeps extends EntryCallDeps, FleetCallDeps, HostCallDeps, ListCallDeps, ConfirmCallDeps {
  readonly changes: Changes;
  readonly rollouts: Rollouts;
  /** SHA-256 over the fleet root's SubjectPublicKeyInfo: goes into every enrollment token. */
  readonly rootPin: Uint8Array;
}

/** Every method of OperatorService. */
export function operatorMethods(deps: OperatorServiceDeps): OperatorMethods {
  const { store, changes, rollouts, clock } = deps;
  return {
    Block: unary(deps, async (request, { caller, arrivedMs, onWaiting }) => {
      const asked = {
        caller,
        arrivedMs,
        prefixes: request.prefixes,
        target: selectorFromWire(request.target),
        origin: request.origin,
        ...statementFromWire(request),
        ttlMs: checkedTtl(Number(request.ttlMs)),
        dryRun: request.dryRun,
        ...waitFromWire(request.wait, onWaiting),
        force: request.force,
        confirmMs: checkedTtl(Number(request.confirmMs)),
      };
      const plan = planFromWire(request.stages);
      if (!plan) return changeReplyToWire(await changes.block(asked));
      const begun = await rollouts.block(asked, plan);
      return { ...changeReplyToWire(begun), rollout: begun.rollout?.id ?? '' };
    }),
    Unblock: unary(deps, async (request, { caller, arrivedMs, onWaiting }) =>
      changeReplyToWire(
        await changes.unblock({
          caller,
          arrivedMs,
          prefixes: request.prefixes,
          target: request.target?.target ? selectorFromWire(request.target) : undefined,
          action: slotFromWire(request.action),
          origin: request.origin,
          reason: request.reason,
          dryRun: request.dryRun,
          ...waitFromWire(request.wait, onWaiting),
        }),
      ),
    ),
    ...entryMethods(deps),
    ...hostMethods(deps),
    ...listMethods(deps),
    ...fleetMethods(deps),
    ...confirmMethods(deps),
    CreateToken: unary(deps, (request, { caller }) =>
      createToken(
        { store, clock, rootPin: deps.rootPin },
        {
          ttlMs: checkedTtl(Number(request.ttlMs)),
          maxUses: request.maxUses,
          labels: request.labels,
          hostName: request.hostName,
          keepIdentity: request.keepIdentity,
          onlyLabels: request.onlyLabels,
          actor: caller.actor,
          from: caller.from,
        },
      ),
    ),
  };
}
