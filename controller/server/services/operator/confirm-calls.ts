// Confirming changes, and which of them wait.
import { formatPrefix } from '../../../../common/text/prefix.ts';
import type { Confirmation as ConfirmationWire } from '../../../../proto/gen/fleetblock/v1/Confirmation.ts';
import type { Confirmation } from '../../../claims/confirmation.ts';
import type { Confirmations } from '../../../operations/confirm.ts';
import { type CallDeps, unary } from '../calls.ts';
import { ListRoom } from '../message-size.ts';
import type { OperatorMethods } from './operator-methods.ts';
import { changeReplyToWire, waitFromWire } from './operator-wire.ts';

/** `confirmations` also answers which changes wait. */
export interface ConfirmCallDeps extends CallDeps {
  readonly confirmations: Confirmations;
}

/** Prefixes of a change that are named; all are counted. */
const MAX_NAMED = 100;

/** Of all changes in a reply, bytes: below the limit of a message, and room for 150 changes that name 100 prefixes. */
const MAX_REPLY_BYTES = 768 * 1024;

/** Remaining times are computed here, so that a caller with a wrong clock shows them right. What fits a reply is listed, the first to be undone first. */
export function confirmMethods(deps: ConfirmCallDeps): Pick<OperatorMethods, 'Confirm' | 'ListConfirmations'> {
  return {
    Confirm: unary(deps, async ({ id, reason, wait }, { caller, arrivedMs, onWaiting }) =>
      changeReplyToWire(
        await deps.confirmations.confirm({
          caller,
          arrivedMs,
          id,
          reason,
          ...waitFromWire(wait, onWaiting),
        }),
      ),
    ),
    ListConfirmations: unary(deps, async () => {
      const { confirmations, nowMs } = await deps.confirmations.waiting();
      return {
        confirmations: new ListRoom(MAX_REPLY_BYTES).fitting(
          confirmations.map((each) => confirmationToWire(each, nowMs)),
        ),
      };
    }),
  };
}

function confirmationToWire(confirmation: Confirmation, nowMs: number): ConfirmationWire {
  const { id, deadlineMs, actor, reason, forced, claims } = confirmation;
  return {
    id,
    remainingMs: Math.max(0, deadlineMs - nowMs),
    deadlineMs,
    actor,
    reason,
    forced,
    prefixes: claims.slice(0, MAX_NAMED).map(({ prefix }) => formatPrefix(prefix)),
    claims: claims.length,
  };
}
