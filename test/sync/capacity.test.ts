// A host without room for a list: what fits is still applied, and removing the list repairs it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NO_ENTRIES, unpackEntries } from '../../common/entries/packed.ts';
import { formatPrefix, parsePrefix } from '../../common/text/prefix.ts';
import { SimulatedHost, SyncFleet, until } from './fleet.ts';
import { addressRows } from './rows.ts';
import { seeded } from './seeded.ts';

const CAPACITY = 100;

let fleet: SyncFleet;
let small: SimulatedHost;
let large: SimulatedHost;
beforeAll(async () => {
  fleet = await SyncFleet.start({ hub: { retryMs: 500 } });
  small = new SimulatedHost(fleet.address, await fleet.enroll('small'), [], CAPACITY);
  large = await fleet.agent('large');
  await until('both are there', async () => (await fleet.operator.hosts()).every(({ status }) => status === 'synced'));
  await fleet.operator.block(['203.0.113.1', '203.0.113.2']);
});
afterAll(async () => {
  for (const host of [small, large]) await host.stop();
  await fleet.stop();
});

const holds = (host: SimulatedHost, text: string) => {
  const { family, address, length } = parsePrefix(text);
  return host.datapath.held.family(family).rowOf(address, 0, length, false) >= 0;
};
const statusOfSmall = async () => (await fleet.operator.hosts()).find(({ name }) => name === 'small');
/** One that addressRows() has. */
const listedAddress = (i: number) =>
  unpackEntries(addressRows(1, i)[0] ?? NO_ENTRIES).map(({ prefix }) => formatPrefix(prefix))[0] ?? '';
const FAILED = { enforced: 1, pending: [], failed: [{ name: 'small', code: 'CAPACITY' }] };
const DONE = { enforced: 2, pending: [], failed: [] };

async function expectCured(): Promise<void> {
  await until('the small host is synced', async () => (await statusOfSmall())?.status === 'synced');
  expect(small.datapath.held.digest()).toEqual(large.datapath.held.digest());
}

test('faults row 43: after a refusal an urgent block goes in, and removing the list that was too much is the cure', async () => {
  expect((await fleet.operator.importList('big', addressRows(200, 0))).hosts).toMatchObject(FAILED);
  expect((await fleet.operator.block(['203.0.113.9'])).hosts).toMatchObject(DONE);
  expect(holds(small, '203.0.113.9/32')).toBe(true);
  expect((await fleet.operator.unblock(['203.0.113.2'])).hosts).toMatchObject(DONE);
  expect(holds(small, '203.0.113.2/32')).toBe(false);
  // In the list as well: for the view nothing new, for this host all of it.
  const listed = listedAddress(7);
  expect((await fleet.operator.block([listed, '203.0.113.10'])).hosts).toMatchObject(DONE);
  for (const address of [listed, '203.0.113.10/32']) expect(holds(small, address), address).toBe(true);
  // It is not said to hold what it lacks.
  expect(await statusOfSmall()).toMatchObject({ status: 'degraded', problems: [expect.stringMatching(/CAPACITY/)] });
  expect(small.datapath.held.size).toBe(4);
  expect((await fleet.operator.removeList('big')).hosts).toMatchObject(DONE);
  await expectCured();
});

test('faults row 43: a list that has grown too long stays as it was, and others come and go', async () => {
  expect((await fleet.operator.importList('grown', addressRows(80, 0))).hosts).toMatchObject(DONE);
  expect((await fleet.operator.importList('grown', addressRows(120, 0))).hosts).toMatchObject(FAILED);
  // One of the four of before is in the list.
  expect(small.datapath.held.size).toBe(83);
  expect((await fleet.operator.importList('other', addressRows(10, 5000))).hosts).toMatchObject(DONE);
  expect((await fleet.operator.importList('third', addressRows(20, 6000))).hosts).toMatchObject(FAILED);
  expect(small.datapath.held.size).toBe(93);
  expect((await fleet.operator.removeList('third')).hosts).toMatchObject(DONE);
  expect((await fleet.operator.importList('grown', addressRows(70, 0))).hosts).toMatchObject(DONE);
  await expectCured();
  for (const list of ['grown', 'other']) await fleet.operator.removeList(list);
  await expectCured();
});

test('faults row 43: a block on the heels of the list that is too much goes in as well', async () => {
  for (let i = 0; i < 10; i++) {
    const [imported, blocked] = await Promise.all([
      fleet.operator.importList('big', addressRows(200, 0)),
      fleet.operator.block([`203.0.113.${20 + i}`]),
    ]);
    expect(imported.hosts).toMatchObject(FAILED);
    expect(blocked.hosts).toMatchObject(DONE);
    expect(holds(small, `203.0.113.${20 + i}`)).toBe(true);
    await fleet.operator.removeList('big');
    await expectCured();
  }
});

test('faults row 43: whatever comes in whatever order, proof is true and the end is the same', async () => {
  const random = seeded(43);
  const pick = (below: number) => Math.floor(random() * below);
  /** Some are in a list as well, which the small host may or may not hold. */
  const some = () =>
    Array.from({ length: 1 + pick(3) }, () => (pick(2) === 0 ? `198.51.100.${pick(40)}` : listedAddress(pick(140))));
  const step = async () => {
    const list = `list${pick(3)}`;
    switch (pick(4)) {
      case 0:
        return fleet.operator.importList(list, addressRows(1 + pick(140), 1000 * pick(3)));
      case 1:
        return fleet.operator.removeList(list).catch(() => undefined);
      case 2:
        return fleet.operator.unblock(some());
      default: {
        const prefixes = [...new Set(some())];
        const reply = await fleet.operator.block(prefixes);
        for (const prefix of reply.hosts?.enforced === 2 ? prefixes : [])
          expect(holds(small, prefix), prefix).toBe(true);
        return reply;
      }
    }
  };
  for (let i = 0; i < 60; i++) await step();
  const later = Array.from({ length: 40 }, () => fleet.operator.block([`198.51.100.${100 + pick(40)}`]));
  await Promise.all([...later, step(), step()]);
  for (const { name } of await fleet.server.store.lists()) await fleet.operator.removeList(name);
  await expectCured();
});

test('faults row 134: for a host that holds nothing yet, removing the list that is too much is the cure as well', async () => {
  await fleet.operator.importList('big', addressRows(200, 0));
  const born = new SimulatedHost(fleet.address, await fleet.enroll('born'), [], CAPACITY);
  const status = async () => (await fleet.operator.hosts()).find(({ name }) => name === 'born')?.status;
  try {
    await until('it refused the list', async () => (await status()) === 'degraded');
    // It cannot take a change by itself, and lacks room for the whole.
    expect((await fleet.operator.block(['203.0.113.90'])).hosts?.failed).toMatchObject([
      { name: 'born', code: 'CAPACITY' },
    ]);
    expect((await fleet.operator.removeList('big')).hosts).toMatchObject({ enforced: 3, pending: [], failed: [] });
    expect(born.datapath.held.digest()).toEqual(large.datapath.held.digest());
    await expectCured();
  } finally {
    await born.stop();
  }
});
