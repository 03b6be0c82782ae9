// The guard as operators meet it: what may not be blocked without an admin's override, by every kind of request.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packEntries } from '../../common/entries/packed.ts';
import { createLogger } from '../../common/logger.ts';
import { parsePrefix } from '../../common/text/prefix.ts';
import { startController } from '../../controller/controller.ts';
import type { Changes } from '../../controller/operations/block.ts';
import type { BlockRequest } from '../../proto/gen/fleetblock/v1/BlockRequest.ts';
import { SyncFleet } from './fleet.ts';

let fleet: SyncFleet;
beforeAll(async () => {
  fleet = await SyncFleet.start();
});
afterAll(() => fleet.stop());

it('faults row 87: an allow entry that only monitors is refused, alone and as a list', async () => {
  const monitored = { action: 'ACTION_ALLOW', monitor: true } as const;
  await expect(fleet.operator.block(['0.0.0.0/0'], monitored)).rejects.toThrow(/leave monitor out/);
  await expect(fleet.operator.block(['192.0.2.1'], monitored)).rejects.toThrow(/leave monitor out/);
  const rows = packEntries([{ prefix: parsePrefix('0.0.0.0/0'), action: 'allow', ttlMs: 0 }]);
  await expect(fleet.operator.importList('all', [rows], monitored)).rejects.toThrow(/leave monitor out/);
  expect(await fleet.operator.entries()).toEqual([]);
});

it('faults row 129: an action of a later version is refused by every call that takes one, and blocks nothing', async () => {
  // As a number on the wire: the protocol has no name for it here.
  const later: BlockRequest = JSON.parse('{ "action": 7 }');
  const { operator } = fleet;
  await expect(operator.block(['17.0.0.1'], later)).rejects.toThrow(/action 7 is not known/);
  await expect(operator.unblock(['17.0.0.1'], later)).rejects.toThrow(/action 7 is not known/);
  const rows = packEntries([{ prefix: parsePrefix('17.0.0.1'), action: 'block', ttlMs: 0 }]);
  await expect(operator.importList('later', [rows], later)).rejects.toThrow(/action 7 is not known/);
  await expect(operator.entries(later)).rejects.toThrow(/action 7 is not known/);
  expect(await operator.entries()).toEqual([]);
});

it('faults row 88: many wide blocks of one caller are refused as one that is as wide would be', async () => {
  // A /6 in all, in two requests, one of them twice.
  await fleet.operator.block(['11.0.0.0/8', '12.0.0.0/8', '13.0.0.0/8']);
  await fleet.operator.block(['13.0.0.0/8', '14.0.0.0/8']);
  await expect(fleet.operator.block(['15.0.0.0/20'])).rejects.toThrow(/wider than a \/6 together.*--force/);
  await expect(fleet.operator.block(['15.0.0.0/8'], { dryRun: true })).rejects.toThrow(/wider than a \/6/);
  // Nothing of a request that is refused is there.
  await expect(fleet.operator.block(['203.0.113.1', '15.0.0.0/8'])).rejects.toThrow(/wider/);
  expect((await fleet.operator.entries()).map(({ prefix }) => prefix)).toHaveLength(4);
  // Single addresses, what only monitors, and the other family go on; so does an admin who means it.
  await fleet.operator.block(['203.0.113.1', '2001::/19']);
  await fleet.operator.block(['16.0.0.0/8'], { monitor: true });
  await fleet.operator.block(['15.0.0.0/8'], { force: true });
  await fleet.operator.unblock(['11.0.0.0/8', '12.0.0.0/8']);
  await fleet.operator.block(['15.0.0.0/20']);
});

it('faults row 138: a list as wide as a quarter of all addresses is refused, whatever its rows are by themselves', async () => {
  const { operator } = fleet;
  const slashEights = (from: number, count: number) => [
    packEntries(
      Array.from({ length: count }, (_, i) => ({
        prefix: parsePrefix(`${from + i}.0.0.0/8`),
        action: 'block',
        ttlMs: 0,
      })),
    ),
  ];
  // Loopback among them: what the guard leaves out does not count.
  await operator.importList('quarter', slashEights(64, 65), { skipRefused: true });
  const wide = slashEights(20, 66);
  const refused = /the rows of list wide are 26 % of all IPv4 addresses, at most 25 % may be.*--force/;
  for (const begin of [{}, { skipRefused: true }, { dryRun: true }, { action: 'ACTION_ALLOW' as const }])
    await expect(operator.importList('wide', wide, begin)).rejects.toThrow(refused);
  expect((await fleet.server.store.lists()).map(({ name }) => name)).toEqual(['quarter']);
  await operator.importList('wide', wide, { monitor: true });
  await operator.importList('wide', wide, { force: true });
});

it('faults row 86: neither the caller nor a connected host is blocked by a mistake; a dry run says so too', async () => {
  const { store } = fleet.server;
  const connected = () => [{ actor: 'operator/carl', from: '198.51.100.20:4711', serial: '1' }];
  const clock = { wallMs: () => Date.now(), monotonicMs: () => performance.now() };
  const controller = await startController({ store, clock, connected, log: createLogger('test', 'silent') });
  try {
    const block = (prefix: string, force = false): ReturnType<Changes['block']> =>
      controller.changes.block({
        caller: { role: 'admin', id: 'dora', actor: 'admin/dora', serial: '', from: '17.77.0.2:1024' },
        arrivedMs: clock.monotonicMs(),
        prefixes: [prefix],
        action: 'block',
        origin: '',
        reason: '',
        dryRun: true,
        waitMs: undefined,
        target: { kind: 'all' },
        ttlMs: 0,
        force,
      });
    await expect(block('17.0.0.0/8')).rejects.toThrow('covers your own address 17.77.0.2');
    await expect(block('198.51.100.0/24')).rejects.toThrow(
      'covers 198.51.100.20, from where operator/carl is connected',
    );
    expect(await block('17.0.0.0/8', true)).toMatchObject({ outcomes: [{ change: 'ADDED' }] });
    expect(await block('198.51.101.0/24')).toMatchObject({ outcomes: [{ change: 'ADDED' }] });
  } finally {
    controller.close();
  }
});
