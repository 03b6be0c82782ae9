// Who is let in, and which refusals are recorded, whatever carries the call.
import { expect, it } from 'vitest';
import { FleetblockError } from '../../../common/errors.ts';
import { systemClock } from '../../../common/time/clock.ts';
import type { Refusal } from '../../identity/auth/authorizer.ts';
import type { Caller } from '../../identity/auth/caller.ts';
import { UnderWay } from '../../operations/under-way.ts';
import { collected, type Incoming, unary } from './calls.ts';

const CALLER: Caller = { role: 'operator', id: 'apikey/t', actor: 'apikey/t', serial: '', from: '192.0.2.1:1' };

function incomingOf(path: string): Incoming {
  return { getPeer: () => '192.0.2.1:1', getPath: () => path, getAuthContext: () => ({}), sendAhead: () => {} };
}

it('a caller that is revoked while it sends changes nothing', async () => {
  let revoked = false;
  const committed: number[] = [];
  const authorize = () => {
    if (revoked) throw new FleetblockError('UNAUTHENTICATED', 'revoked');
    return CALLER;
  };
  const deps = { authorize, clock: systemClock, underWay: new UnderWay() };
  const method = collected(deps, async (rows: AsyncIterable<number>) => {
    const all = [];
    for await (const row of rows) all.push(row);
    committed.push(...all);
    return {};
  });
  async function* rows(revoke: boolean) {
    yield 1;
    revoked = revoke;
    yield 2;
  }
  await method.answer(rows(false), incomingOf('/fleetblock.v1.OperatorService/ImportList'));
  expect(committed).toEqual([1, 2]);
  const late = method.answer(rows(true), incomingOf('/fleetblock.v1.OperatorService/ImportList'));
  await expect(late).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(committed).toEqual([1, 2]);
});

it.each([
  ['PERMISSION_DENIED', true, 1],
  ['PERMISSION_DENIED', false, 1],
  // The guard's word, asked for before the change.
  ['FAILED_PRECONDITION', true, 0],
  ['FAILED_PRECONDITION', false, 1],
  ['INVALID_ARGUMENT', false, 0],
] as const)('%s with dryRun %s leaves %d records', async (code, dryRun, records) => {
  const refusals: Refusal[] = [];
  const onRefused = (refusal: Refusal) => void refusals.push(refusal);
  const deps = { authorize: () => CALLER, clock: systemClock, underWay: new UnderWay(), onRefused };
  const method = unary(deps, (_request: { dryRun: boolean }) => Promise.reject(new FleetblockError(code, 'no')));
  const asked = method.answer({ dryRun }, incomingOf('/fleetblock.v1.OperatorService/Block'));
  await expect(asked).rejects.toMatchObject({ code });
  expect(refusals).toHaveLength(records);
});

it('one caller has 256 calls under way at the most, those included that were given up', async () => {
  const deps = { authorize: () => CALLER, clock: systemClock, underWay: new UnderWay() };
  const { promise, resolve } = Promise.withResolvers<object>();
  const waiting = unary(deps, () => promise);
  const block = () => waiting.answer({}, incomingOf('/fleetblock.v1.OperatorService/Block'));
  const first = Array.from({ length: 256 }, block);
  await expect(block()).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
  resolve({});
  await Promise.all(first);
  await expect(block()).resolves.toEqual({});
});
