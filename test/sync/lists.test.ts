// Imports against a real controller: what would take something away is refused as a whole, until it is explicitly allowed.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NO_ENTRIES, type PackedEntries, packEntries } from '../../common/entries/packed.ts';
import { parsePrefix } from '../../common/text/prefix.ts';
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
const plainly = (list: string, rows: readonly PackedEntries<'left'>[] = [NO_ENTRIES], begin: ImportBegin = {}) =>
  fleet.operator.importList(list, rows, { allowShrink: false, retarget: false, ...begin });
const pack = (...texts: string[]) =>
  packEntries(texts.map((text) => ({ prefix: parsePrefix(text), action: 'block', ttlMs: 0 })));
const held = () => hosts.map((host) => host.datapath.held.size);

test('faults row 99: nothing, and fewer than half, is refused and changes nothing', async () => {
  await plainly('a', addressRows(1000, 0));
  const { head } = fleet.server.store;
  await expect(plainly('a')).rejects.toThrow(/no entries, list a has 1,000: add --allow-shrink/);
  await expect(plainly('a', addressRows(499, 0))).rejects.toThrow(/from 1,000 to 499 entries/);
  await expect(plainly('new')).rejects.toThrow(/no entries/);
  expect(fleet.server.store.head).toBe(head);
  expect(held()).toEqual([1000, 1000]);
  expect((await fleet.operator.audit({ verb: 'refused' })).at(-1)?.subject).toMatch(/import list/);
});

test('faults row 99: a dry run answers with what it would be refused for', async () => {
  const rehearsed = await plainly('a', undefined, { dryRun: true });
  expect(rehearsed).toMatchObject({ removed: '1000', objections: [{ kind: 'SHRINKS' }] });
});

test('faults row 99: each import is compared with what the one before it left', async () => {
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

test('faults row 101: with --skip-refused the rest of a list goes in, for an operator too', async () => {
  const rows = [pack('198.51.100.1', '0.0.0.0/8', '203.0.113.0/24', '169.254.1.1')];
  await expect(plainly('c', rows)).rejects.toThrow(
    /refused: row 2: 0.0.0.0\/8 covers the unspecified address; row 4: 169.254.1.1\/32 covers link-local/,
  );
  expect(await plainly('c', rows, { skipRefused: true })).toMatchObject({
    added: '2',
    skipped: '2',
    skippedRows: [
      { row: '2', prefix: '0.0.0.0/8' },
      { row: '4', prefix: '169.254.1.1/32' },
    ],
  });
  expect((await fleet.operator.audit({ verb: 'import' })).at(-1)?.subject).toMatch(/2 refused rows left out/);
  await fleet.operator.removeList('c');
});

test('faults row 102: an endless import is refused on its way', async () => {
  const endless = Array.from({ length: 105 }, () => addressRows(40_000)[0] ?? NO_ENTRIES);
  await expect(plainly('endless', endless)).rejects.toThrow(/this one has more/);
});

test('faults row 104: an exception reaches the hosts, shows everywhere, and is kept by the next import', async () => {
  await fleet.operator.removeList('b');
  const rows = [pack('198.51.100.0/24', '203.0.113.7')];
  await plainly('d', rows);
  const except = (prefix: string) => fleet.operator.unblock([prefix], { origin: 'list:d', reason: 'false positive' });
  expect(await except('203.0.113.7')).toMatchObject({
    outcomes: [{ change: 'REMOVED', stillBlockedBy: [] }],
    hosts: { targeted: 2, enforced: 2 },
  });
  expect(await except('198.51.100.1')).toMatchObject({ outcomes: [{ change: 'REMOVED', stillBlockedBy: [] }] });
  expect((await except('192.0.2.1')).outcomes).toMatchObject([{ change: 'NOT_FOUND' }]);
  await plainly('d', rows);
  for (const address of ['203.0.113.7', '198.51.100.1'])
    expect(await fleet.operator.check(address)).toMatchObject({
      claims: [],
      hosts: [
        { desired: 'pass', realized: 'pass' },
        { desired: 'pass', realized: 'pass' },
      ],
    });
  expect((await fleet.operator.check('198.51.100.2')).hosts).toMatchObject([
    { realized: 'drop' },
    { realized: 'drop' },
  ]);
  // The rest of a /24 without one address is eight prefixes.
  expect(held()).toEqual([8, 8]);
  expect(await fleet.operator.entries({ origin: 'list:d' })).toHaveLength(8);
  expect((await fleet.operator.audit({ verb: 'list.except' })).map(({ subject }) => subject)).toContain(
    '203.0.113.7/32 of list:d',
  );
});

test('faults rows 104 and 105: what else blocks it is said, and taken back it is blocked again', async () => {
  expect((await fleet.operator.unblock(['198.51.100.2'])).outcomes).toMatchObject([
    { change: 'NOT_FOUND', stillBlockedBy: [{ prefix: '198.51.100.2/31', origin: 'list:d' }] },
  ]);
  await fleet.operator.block(['198.51.100.1']);
  expect((await fleet.operator.unblock(['198.51.100.1'], { origin: 'list:d' })).outcomes).toMatchObject([
    { change: 'NOT_FOUND', stillBlockedBy: [{ origin: 'manual' }] },
  ]);
  await fleet.operator.unblock(['198.51.100.1']);
  expect(await fleet.operator.includeInList('d', ['198.51.100.1', '192.0.2.1', '10.1.1.1'])).toMatchObject({
    outcomes: [{ change: 'ADDED' }, { change: 'UPDATED' }, { change: 'NOT_FOUND' }],
    hosts: { enforced: 2 },
  });
  expect(held()).toEqual([1, 1]);
  await expect(fleet.operator.includeInList('nobody', ['192.0.2.1'])).rejects.toThrow(/no list "nobody"/);
  await expect(
    fleet.operator.unblock(['192.0.2.1'], { origin: 'list:d', target: { hosts: { names: ['host1'] } } }),
  ).rejects.toThrow(/leave the target out/);
});
