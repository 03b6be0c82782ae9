// Actions on the operators' wire.
import { expect, it } from 'vitest';
import type { Action__Output } from '../../proto/gen/fleetblock/v1/Action.ts';
import { ACTION_NAMES } from '../action.ts';
import { actionFromWire, actionsFromWire, actionToWire, slotFromWire } from './action.ts';

it('keeps every action', () => {
  expect(ACTION_NAMES.map((action) => actionFromWire(actionToWire(action)))).toEqual(ACTION_NAMES);
});

it('takes unspecified for a block', () => {
  const action = 'ACTION_UNSPECIFIED';
  expect([false, true].map((monitor) => actionFromWire({ action, monitor }))).toEqual(['block', 'monitor']);
  expect(slotFromWire(action)).toBe('block');
});

it('filters by what travels as the action', () => {
  expect(actionsFromWire('ACTION_UNSPECIFIED')).toEqual(ACTION_NAMES);
  expect(actionsFromWire('ACTION_BLOCK')).toEqual(['block', 'monitor']);
  expect(actionsFromWire('ACTION_ALLOW')).toEqual(['allow']);
});

it('refuses an action of a later version, and an allow that only monitors', () => {
  // A number, as the decoder leaves what the protocol has no name for.
  const action: Action__Output = JSON.parse('7');
  for (const monitor of [false, true])
    expect(() => actionFromWire({ action, monitor }, 'fleetblock')).toThrow(
      /action 7 is not known.*upgrade fleetblock$/,
    );
  for (const read of [slotFromWire, (sent: Action__Output) => actionsFromWire(sent)])
    expect(() => read(action)).toThrow(/action 7 is not known here: upgrade the controller$/);
  expect(() => actionFromWire({ action: 'ACTION_ALLOW', monitor: true })).toThrow(/leave monitor out/);
});
