// What is blocked, asked in parts: inside or around a prefix, by origin, effect, reason, actor; rows of lists come packed.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packEntries } from '../../common/entries/packed.ts';
import { parsePrefix } from '../../common/text/prefix.ts';
import type { ListEntriesRequest } from '../../proto/gen/fleetblock/v1/ListEntriesRequest.ts';
import { SyncFleet } from './fleet.ts';

const row = (text: string, ttlMs = 0) => ({ prefix: parsePrefix(text), action: 'block' as const, ttlMs });
let fleet: SyncFleet;
beforeAll(async () => {
  fleet = await SyncFleet.start();
  const { operator } = fleet;
  const wait = null;
  await operator.block(['5.5.5.5', '5.0.0.0/8', '6.0.0.1'], { reason: 'Scan, ticket 4711', wait });
  await operator.block(['5.6.0.0/16'], { monitor: true, wait });
  await operator.block(['5.5.5.0/24'], { action: 'ACTION_ALLOW', wait });
  await operator.importList('feed', [packEntries([row('5.5.5.6'), row('5.5.0.0/16', 3_600_000), row('2001:db8::1')])], {
    wait,
  });
});
afterAll(() => fleet?.stop());

const listed = async (request: ListEntriesRequest) =>
  (await fleet.operator.entries(request)).map(({ prefix }) => prefix).sort();

test.each<[string, ListEntriesRequest, string[]]>([
  [
    'faults row 94: inside and around a prefix',
    { prefix: '5.5.5.0/24' },
    ['5.0.0.0/8', '5.5.0.0/16', '5.5.5.0/24', '5.5.5.5/32', '5.5.5.6/32'],
  ],
  ['inside', { prefix: '5.5.5.0/24', overlap: 'INSIDE' }, ['5.5.5.0/24', '5.5.5.5/32', '5.5.5.6/32']],
  ['covering', { prefix: '5.5.5.6', overlap: 'COVERING' }, ['5.0.0.0/8', '5.5.0.0/16', '5.5.5.0/24', '5.5.5.6/32']],
  ['covering, of a range', { prefix: '5.5.5.0/24', overlap: 'COVERING' }, ['5.0.0.0/8', '5.5.0.0/16', '5.5.5.0/24']],
  ['IPv6', { prefix: '2001:db8::/32' }, ['2001:db8::1/128']],
  ['nothing', { prefix: '7.0.0.0/8' }, []],
  ['an origin', { origin: 'list:feed' }, ['2001:db8::1/128', '5.5.0.0/16', '5.5.5.6/32']],
  ['an origin that is not there', { origin: 'list:foo' }, []],
  ['only what counts', { effect: 'MONITORED' }, ['5.6.0.0/16']],
  [
    'only what is enforced',
    { effect: 'ENFORCED', prefix: '5.0.0.0/8' },
    ['5.0.0.0/8', '5.5.0.0/16', '5.5.5.0/24', '5.5.5.5/32', '5.5.5.6/32'],
  ],
  ['part of a reason', { reason: 'TICKET' }, ['5.0.0.0/8', '5.5.5.5/32', '6.0.0.1/32']],
  ['an actor', { actor: 'admin/nobody' }, []],
  ['allowed', { action: 'ACTION_ALLOW' }, ['5.5.5.0/24']],
])('%s', async (_, request, expected) => {
  expect(await listed(request)).toEqual(expected);
});

test('a limit holds over claims and rows', async () => {
  expect(await listed({ limit: 2 })).toHaveLength(2);
  expect(await listed({ limit: 7 })).toHaveLength(7);
  expect(await listed({ limit: 100 })).toHaveLength(8);
});

test('ends of rows are what the store holds, however often one asks', async () => {
  const ends = async () =>
    (await fleet.operator.entries({ prefix: '5.5.0.0/16', overlap: 'INSIDE' }))
      .filter(({ prefix }) => prefix === '5.5.0.0/16')
      .map(({ expiresAtMs, origin, actor }) => ({ expiresAtMs, origin, actor }));
  const [first] = await ends();
  expect(first).toMatchObject({ origin: 'list:feed', actor: 'admin/admin' });
  expect(Number(first?.expiresAtMs)).toBeGreaterThan(Date.now());
  expect(await ends()).toEqual([first]);
});

test('a malformed prefix is refused', async () => {
  await expect(listed({ prefix: '5.5.5.5/8' })).rejects.toThrow(/5\.0\.0\.0\/8/);
});
