import { expect, test } from 'vitest';
import { callText } from './call-text.ts';

test.each([
  ['Block', { prefixes: ['10.0.0.0/8', '::/0', '1.1.1.1'] }, 'block 10.0.0.0/8 and 2 more'],
  ['Unblock', { prefixes: ['10.0.0.1'], action: 'ACTION_ALLOW' }, 'stop allowing 10.0.0.1'],
  ['RevokeOperator', { name: 'x'.repeat(100) }, `revoke operator ${'x'.repeat(64)}`],
  ['RemoveList', { list: 'drop' }, 'remove list drop'],
  ['Confirm', { id: 'k7m2pq' }, 'confirm k7m2pq'],
  ['ImportList', undefined, 'import list'],
])('%s %j', (method, request, text) => {
  expect(callText(`/fleetblock.v1.OperatorService/${method}`, request)).toBe(text);
});
