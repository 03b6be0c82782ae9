// Imports against a real controller: what would take something away is refused, whole, until somebody says that it is meant.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NO_ENTRIES } from '../../common/packed.ts';
import type { ImportBegin } from '../../proto/gen/fleetblock/v1/ImportBegin.ts';
import { type SimulatedHost, SyncFleet, until } from './fleet.ts';
import { addressRows } from './rows.ts';

let fleet: SyncFleet;
let hosts: SimulatedHost[];
beforeAll(async () => {
  fleet = await SyncFleet.start();
  hosts = [await fleet.agent('host1'), await fleet.agent('host2')];
  await until('both are there', async () => (await fleet.operator.hosts()).every(({ status }) => status === 'synced'));
});
afterAll(async () => {
  for (const host of hosts) await host.stop();
  await fleet.stop();
});

/** As the command line asks, without a word that says what is meant. */
const plainly = (list: string, rows = [NO_ENTRIES], begin: ImportBegin = {}) =>
  fleet.operator.importList(list, rows, { allowShrink: false, retarget: false, ...begin });
const held = () => hosts.map((host) => host.datapath.held.size);

test('faults row 99: nothing, and fewer than half, is refused and changes nothing', async () => {
  await plainly('a', addressRows(1000, 0));
  const { head } = fleet.server.store;
  await expect(plainly('a')).rejects.toThrow(/no entries, list a has 1,000: add --allow-shrink/);
  await expect(plainly('a', addressRows(499, 0))).rejects.toThrow(/from 1,000 to 499 entries/);
  await expect(plainly('new')).rejects.toThrow(/no entries/);
  expect(fleet.server.store.head).toBe(head);
  expect(held()).toEqual([1000, 1000]);
  expect((await fleet.operator.audit({ verb: 'refused' })).at(-1)?.subject).toMatch(/ImportList/);
});

test('faults row 99: a dry run answers with what it would be refused for', async () => {
  const rehearsed = await plainly('a', undefined, { dryRun: true });
  expect(rehearsed).toMatchObject({ removed: '1000', objections: [{ kind: 'SHRINKS' }] });
});

test('faults row 99: each import is held against what the one before it left', async () => {
  for (let round = 0; round < 5; round++) {
    // The small one is none of the list as it is, and too small for the list that the large one makes.
    await Promise.allSettled([plainly('a', addressRows(3000, 0)), plainly('a', addressRows(1000, 0))]);
    expect((await fleet.server.store.lists())[0]?.entries).toBe(3000);
    await plainly('a', addressRows(1000, 0), { allowShrink: true });
  }
});

test('faults row 99: said to be meant, it is done', async () => {
  expect(await plainly('a', undefined, { allowShrink: true })).toMatchObject({ removed: '1000', objections: [] });
  expect(held()).toEqual([0, 0]);
});

test('faults row 100: other targets and another action are refused, and with --retarget done and told', async () => {
  await plainly('b', addressRows(20, 0));
  const narrower: ImportBegin = { target: { hosts: { names: ['host1'] } } };
  await expect(plainly('b', addressRows(20, 0), narrower)).rejects.toThrow(
    /list b is a blocklist for all and would be a blocklist for host:host1, so that hosts lose its entries: add --retarget/,
  );
  await expect(plainly('b', addressRows(20, 0), { monitor: true })).rejects.toThrow(/a monitor-only list/);
  await expect(plainly('b', addressRows(20, 0), { action: 'ACTION_ALLOW' })).rejects.toThrow(/an allowlist/);
  expect(held()).toEqual([20, 20]);
  expect(await plainly('b', addressRows(20, 0), { ...narrower, dryRun: true })).toMatchObject({
    objections: [{ kind: 'RETARGETS' }],
    former: { selector: { allHosts: true } },
  });
  const done = await plainly('b', addressRows(20, 0), { ...narrower, retarget: true });
  expect(done).toMatchObject({ former: { selector: { allHosts: true } }, hosts: { enforced: 2 } });
  expect(held()).toEqual([20, 0]);
  // Back to more hosts takes nothing away.
  await plainly('b', addressRows(20, 0));
  expect(held()).toEqual([20, 20]);
});
