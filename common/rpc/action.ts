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
 * Unspecified means block. `program`: what has to be upgraded if it does not know the action.
 * @throws FleetblockError INVALID_ARGUMENT: an action of a later version, which must not become a block; or an allow that only monitors
 */
export function actionFromWire(
  wire: { readonly action: Action__Output; readonly monitor: boolean },
  program = 'the controller',
): Action {
  const alike = actionsFromWire(wire.action === 'ACTION_UNSPECIFIED' ? 'ACTION_BLOCK' : wire.action, program);
  const action = alike.find((name) => WIRE[name].monitor === wire.monitor);
  if (action) return action;
  throw new FleetblockError(
    'INVALID_ARGUMENT',
    'an allow entry drops nothing that could be monitored: leave monitor out',
  );
}

/** Which slot a request is about. Unspecified means block. @throws FleetblockError INVALID_ARGUMENT: an action of a later version */
export function slotFromWire(action: Action__Output): Slot {
  return slotOf(actionFromWire({ action, monitor: false }));
}

/** Those that travel as this one. Unspecified: all. @throws FleetblockError INVALID_ARGUMENT: an action of a later version */
export function actionsFromWire(action: Action__Output, program = 'the controller'): readonly Action[] {
  const alike = ACTION_NAMES.filter((name) => action === 'ACTION_UNSPECIFIED' || WIRE[name].action === action);
  if (alike.length > 0) return alike;
  // A number, where the protocol has no name for it.
  throw new FleetblockError('INVALID_ARGUMENT', `action ${String(action)} is not known here: upgrade ${program}`);
}
