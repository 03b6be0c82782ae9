// One command, several agents: block, proof, unblock, labels, restarts, over real gRPC.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listed, type SimulatedHost, SyncFleet, until } from './fleet.ts';

let fleet: SyncFleet;
let hosts: SimulatedHost[];

beforeEach(async () => {
  fleet = await SyncFleet.start();
  hosts = [
    await fleet.agent('web1', { role: 'web' }),
    await fleet.agent('web2', { role: 'web' }),
    await fleet.agent('db1', { role: 'db' }),
  ];
  await until('all synced', async () => (await fleet.operator.hosts()).every((host) => host.status === 'synced'));
});
afterEach(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await fleet.stop();
});

const held = () => hosts.map((host) => listed(host.datapath.held).join());

it('blocks on every host, with proof', async () => {
  const reply = await fleet.operator.block(['198.51.100.1', '2001:db8::/32']);
  expect(reply.hosts).toMatchObject({ targeted: 3, enforced: 3, pending: [], failed: [] });
  expect(reply.outcomes.map((outcome) => outcome.change)).toEqual(['ADDED', 'ADDED']);
  expect(held()).toEqual(Array(3).fill('block 198.51.100.1/32,block 2001:db8::/32'));
});

it('repeats a block without a new revision, and still with proof', async () => {
  const first = await fleet.operator.block(['198.51.100.1']);
  const second = await fleet.operator.block(['198.51.100.1']);
  expect(second.outcomes[0]?.change).toBe('UNCHANGED');
  expect(second.revision).toBe(first.revision);
  expect(second.hosts).toMatchObject({ targeted: 3, enforced: 3 });
});

it('targets by labels and by name; unblock takes away only what was asked for', async () => {
  await fleet.operator.block(['198.51.100.1'], { target: { labels: 'role=web' } });
  await fleet.operator.block(['198.51.100.1'], { target: { hosts: { names: ['db1', 'web1'] } } });
  expect(held()).toEqual(Array(3).fill('block 198.51.100.1/32'));
  const reply = await fleet.operator.unblock(['198.51.100.1'], { target: { labels: 'role=web' } });
  expect(reply.hosts).toMatchObject({ targeted: 2, enforced: 2 });
  expect(reply.outcomes[0]).toMatchObject({ change: 'REMOVED', stillBlockedBy: [{ origin: 'manual' }] });
  expect(held()).toEqual(['block 198.51.100.1/32', '', 'block 198.51.100.1/32']);
  expect((await fleet.operator.unblock(['198.51.100.1'])).outcomes[0]?.change).toBe('REMOVED');
  expect(held()).toEqual(['', '', '']);
  expect((await fleet.operator.unblock(['198.51.100.1'])).outcomes[0]?.change).toBe('NOT_FOUND');
});

it('moves a host to its new view by difference when its labels change', async () => {
  await fleet.operator.block(['198.51.100.1'], { target: { labels: 'role=web' } });
  await fleet.operator.block(['198.51.100.2'], { target: { labels: 'role=db' } });
  await fleet.server.store.labelHost('web1', { role: 'db' }, { actor: 'admin/test', reason: '' });
  await until('web1 moved', () => held()[0] === 'block 198.51.100.2/32');
  const reply = await fleet.operator.block(['198.51.100.3']);
  expect(reply.hosts).toMatchObject({ targeted: 3, enforced: 3 });
  expect(held()).toEqual([
    'block 198.51.100.2/32,block 198.51.100.3/32',
    'block 198.51.100.1/32,block 198.51.100.3/32',
    'block 198.51.100.2/32,block 198.51.100.3/32',
  ]);
});

it('resumes by revision after a restart of the controller', async () => {
  await fleet.operator.block(['198.51.100.1']);
  await fleet.restart();
  await fleet.operator.block(['198.51.100.2']);
  await until(
    'both held',
    () => held().every((list) => list === 'block 198.51.100.1/32,block 198.51.100.2/32'),
    20_000,
  );
});

it('ends a block on time, by a removal of its own', async () => {
  await fleet.operator.block(['198.51.100.1'], { ttlMs: 300 });
  expect(held()).toEqual(Array(3).fill('block 198.51.100.1/32'));
  await until('ended', () => held().every((list) => list === ''));
  expect(await fleet.operator.entries({ expired: true })).toEqual([]);
});

it('counts hosts that are away as pending', async () => {
  await hosts[2]?.stop();
  await until('db1 offline', async () => (await fleet.operator.host('db1')).status === 'offline');
  const reply = await fleet.operator.block(['198.51.100.1'], { wait: { timeoutMs: 200 } });
  expect(reply.hosts).toMatchObject({ targeted: 3, enforced: 2, pending: [{ name: 'db1', status: 'offline' }] });
});
