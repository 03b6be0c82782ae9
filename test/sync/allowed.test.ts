// Allow entries win over blocks in the kernel: no host counts as enforcing a block that it lets through, and what operators are told.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { packEntries } from '../../common/entries/packed.ts';
import { parsePrefix } from '../../common/text/prefix.ts';
import { type SimulatedHost, SyncFleet, until } from './fleet.ts';

let fleet: SyncFleet;
let hosts: SimulatedHost[];

beforeAll(async () => {
  fleet = await SyncFleet.start();
  hosts = [
    await fleet.agent('web1', { role: 'web' }, ['10.1.0.1', '2001:db8:1::1']),
    await fleet.agent('web2', { role: 'web' }, ['10.1.0.2']),
    await fleet.agent('db1', { role: 'db' }, ['10.1.0.3', '10.9.0.0/16']),
  ];
  await until('all synced', async () => (await fleet.operator.hosts()).every((host) => host.status === 'synced'));
});
afterAll(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await fleet.stop();
});
beforeEach(async () => {
  for (const { name } of await fleet.server.store.lists()) await fleet.operator.removeList(name);
  for (const { prefix, action, origin } of await fleet.operator.entries())
    await fleet.operator.unblock([prefix], { action, origin });
});

const allow = (prefix: string, more = {}) => fleet.operator.block([prefix], { action: 'ACTION_ALLOW', ...more });
const importList = (name: string, prefixes: string[], more = {}) => {
  const rows = prefixes.map((text) => ({ prefix: parsePrefix(text), action: 'block' as const, ttlMs: 0 }));
  return fleet.operator.importList(name, [packEntries(rows)], more);
};
const failedOf = (reply: { hosts: { failed: { name: string; code: string; text: string }[] } | null }) =>
  (reply.hosts?.failed ?? []).map(({ name, code, text }) => `${name} ${code}: ${text}`).sort();

describe('a block of what is allowed', () => {
  it.each(['198.51.100.0/24', '198.51.0.0/16'])(
    'as a whole, by %s, is enforced nowhere, and says by what',
    async (entry) => {
      await allow(entry);
      const reply = await fleet.operator.block(['198.51.100.0/24', '203.0.113.1']);
      expect(reply.hosts).toMatchObject({ targeted: 3, enforced: 0, pending: [] });
      expect(failedOf(reply)).toEqual(
        ['db1', 'web1', 'web2'].map(
          (name) =>
            `${name} ALLOWED: 198.51.100.0/24 goes on passing here: ${entry} (allowed by manual on all); an allow entry wins over every block`,
        ),
      );
      expect(reply.warnings).toEqual([]);
      // A second try says the same.
      expect((await fleet.operator.block(['198.51.100.0/24'])).hosts).toMatchObject({ enforced: 0 });
      await fleet.operator.unblock([entry], { action: 'ACTION_ALLOW' });
      expect((await fleet.operator.block(['198.51.100.0/24'])).hosts).toMatchObject({ targeted: 3, enforced: 3 });
    },
  );

  it('on some hosts is enforced on the others', async () => {
    await allow('198.51.100.0/24', { target: { labels: 'role=web' } });
    const reply = await fleet.operator.block(['198.51.100.9']);
    expect(reply.hosts).toMatchObject({ targeted: 3, enforced: 1, pending: [] });
    expect(failedOf(reply).map((text) => text.split(':')[0])).toEqual(['web1 ALLOWED', 'web2 ALLOWED']);
    expect(failedOf(reply)[0]).toContain('198.51.100.0/24 (allowed by manual on labels:role=web)');
  });

  it('in parts is enforced, with a warning that names them', async () => {
    await allow('198.51.100.7');
    await allow('198.51.100.128/25', { origin: 'crowdsec', target: { labels: 'role=web' } });
    const reply = await fleet.operator.block(['198.51.100.0/24']);
    expect(reply.hosts).toMatchObject({ targeted: 3, enforced: 3, failed: [] });
    expect(reply.warnings).toEqual([
      'parts of 198.51.100.0/24 go on passing: 198.51.100.7/32 (allowed by manual on all), 198.51.100.128/25 (allowed by crowdsec on labels:role=web)',
    ]);
  });

  it('by parts that make up all of it is enforced nowhere', async () => {
    await allow('198.51.100.0/25');
    await importList('office', ['198.51.100.128/26', '198.51.100.192/26'], { action: 'ACTION_ALLOW' });
    const reply = await fleet.operator.block(['198.51.100.0/24']);
    expect(reply.hosts).toMatchObject({ targeted: 3, enforced: 0 });
    expect(failedOf(reply)[0]).toContain('198.51.100.128/26 (allowed by list:office on all)');
    await importList('office', ['198.51.100.128/26'], { action: 'ACTION_ALLOW' });
    expect((await fleet.operator.block(['198.51.100.0/24'])).hosts).toMatchObject({ enforced: 3 });
  });

  it('until a time counts only while that lasts, and is known after a restart', async () => {
    await allow('198.51.100.1', { ttlMs: 1500 });
    await allow('198.51.100.2');
    await fleet.restart();
    await until(
      'all back',
      async () => (await fleet.operator.hosts()).every((host) => host.status === 'synced'),
      20_000,
    );
    await until('ended', async () => (await fleet.operator.block(['198.51.100.1'])).hosts?.enforced === 3);
    expect((await fleet.operator.block(['198.51.100.2'])).hosts).toMatchObject({ enforced: 0 });
  });
});

describe('a block of what a host protects by itself', () => {
  it('is not enforced there', async () => {
    const reply = await fleet.operator.block(['10.1.0.1']);
    expect(reply.hosts).toMatchObject({ targeted: 3, enforced: 2, pending: [] });
    expect(failedOf(reply)).toEqual([
      'web1 ALLOWED: 10.1.0.1/32 goes on passing here: 10.1.0.1/32 (protected by web1 itself: setting); an allow entry wins over every block',
    ]);
    expect(failedOf(await fleet.operator.block(['10.9.1.0/24']))[0]).toContain('10.9.0.0/16 (protected by db1 itself');
    expect(failedOf(await fleet.operator.block(['2001:db8:1::1']))).toHaveLength(1);
  });

  it('in parts is enforced, with a warning', async () => {
    const reply = await fleet.operator.block(['10.1.0.0/30'], { target: { labels: 'role=web' } });
    expect(reply.hosts).toMatchObject({ targeted: 2, enforced: 2, failed: [] });
    expect(reply.warnings).toEqual([
      'parts of 10.1.0.0/30 go on passing: 10.1.0.1/32 (protected by web1 itself: setting), 10.1.0.2/32 (protected by web2 itself: setting)',
    ]);
  });
});

it('an allow entry over blocks names what it takes the effect from', async () => {
  await fleet.operator.block(['198.51.100.0/24']);
  await fleet.operator.block(['198.51.100.7'], { target: { labels: 'role=db' }, origin: 'crowdsec' });
  await importList('drop', ['198.51.100.8', '198.51.100.9', '198.51.101.1'], { target: { labels: 'role=web' } });
  const reply = await allow('198.51.100.0/28', { target: { labels: 'role=web' } });
  expect(reply.warnings).toEqual([
    '198.51.100.0/28 passes from now on in spite of the block of 198.51.100.0/24 by manual on all, the block of 198.51.100.8/32 by list:drop on labels:role=web, the block of 198.51.100.9/32 by list:drop on labels:role=web',
  ]);
  expect((await allow('192.0.2.1')).warnings).toEqual([]);
});

it('a dry run proves nothing: no host counts as enforcing, and what would pass is named', async () => {
  await fleet.operator.block(['203.0.113.1']);
  await allow('203.0.113.2', { target: { hosts: { names: ['db1'] } } });
  const rehearsal = await fleet.operator.block(['203.0.113.1'], { dryRun: true });
  expect(rehearsal.hosts).toMatchObject({ targeted: 3, enforced: 0, pending: [], failed: [] });
  const passing = await fleet.operator.block(['203.0.113.2'], { dryRun: true });
  expect(passing.hosts).toMatchObject({
    targeted: 3,
    enforced: 0,
    pending: [],
    failed: [{ name: 'db1', code: 'ALLOWED' }],
  });
  expect((await fleet.operator.unblock(['203.0.113.1'], { dryRun: true })).hosts).toMatchObject({
    targeted: 3,
    enforced: 0,
  });
  expect((await importList('drop', ['203.0.113.3'], { dryRun: true })).hosts).toMatchObject({
    targeted: 3,
    enforced: 0,
  });
  await importList('drop', ['203.0.113.3']);
  expect((await importList('drop', ['203.0.113.3'], { dryRun: true })).hosts).toMatchObject({
    targeted: 3,
    enforced: 0,
  });
});
