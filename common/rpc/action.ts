// Actions on the operators' wire: as the action of their slot, with a flag for what only monitors.
import type { Action__Output } from '../../proto/gen/fleetblock/v1/Action.ts';
import { ACTION_NAMES, type Action, type Slot, slotOf } from '../action.ts';
import { FleetblockError } from '../errors.ts';

/** How messages carry an action. */
export interface ActionWire {
  readonly action: 'ACTION_BLOCK' | 'ACTION_ALLOW';
  readonly monitor: boolean;
}

const WIRE: Readonly<Record<Action, ActionWire>> = {
  block: { action: 'ACTION_BLOCK', monitor: false },
  monitor: { action: 'ACTION_BLOCK', monitor: true },
  allow: { action: 'ACTION_ALLOW', monitor: false },
};

/** Never `ACTION_UNSPECIFIED`. */
export function actionToWire(action: Action): ActionWire {
  return WIRE[action];
}

/**
 * Unspecified means block. `program`: what is to be upgraded, where it does not know the action.
 * @throws FleetblockError INVALID_ARGUMENT: an action of a later version, which must not become a block; or an allow that only monitors
 */
export function actionFromWire(
  wire: { readonly action: Action__Output; readonly monitor: boolean },
  program = 'the controller',
): Action {
  const sent = wire.action === 'ACTION_UNSPECIFIED' ? 'ACTION_BLOCK' : wire.action;
  const alike = ACTION_NAMES.filter((name) => WIRE[name].action === sent);
  const action = alike.find((name) => WIRE[name].monitor === wire.monitor);
  if (action) return action;
  throw new FleetblockError(
    'INVALID_ARGUMENT',
    alike.length > 0
      ? 'an allow entry drops nothing that could be monitored: leave monitor out'
      : // A number, where the protocol has no name for it.
        `action ${String(sent)} is not known here: upgrade ${program}`,
  );
}

/** Of a request that is about every action of a slot. @throws FleetblockError INVALID_ARGUMENT: an action of a later version */
export function slotFromWire(action: Action__Output): Slot {
  return slotOf(actionFromWire({ action, monitor: false }));
}
