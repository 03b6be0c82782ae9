// A fleet whose replies would not fit one message: they come in several, filtered by the controller, or cut with their totals.
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MAX_MESSAGE_BYTES } from '../../common/rpc/channel.ts';
import { SyncFleet } from './fleet.ts';

const HOSTS = 3000;
const nameOf = (i: number) => `${String(i).padStart(4, '0')}-${'x'.repeat(50)}`;

let fleet: SyncFleet;
beforeAll(async () => {
  fleet = await SyncFleet.start();
  const { store } = fleet.server;
  const by = { actor: 'admin/test', reason: '' };
  const secretHash = createHash('sha256').update('x').digest();
  const token = { id: 'many', secretHash, maxUses: HOSTS, labels: {}, hostName: '', expiresMs: Date.now() + 3_600_000 };
  await store.createToken(token, by);
  const labels = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`label-${i}`, 'y'.repeat(50)]));
  const enroll = (i: number) =>
    store.enroll({
      ...{ tokenId: 'many', secretHash, hostId: randomUUID(), from: 'test', hostName: nameOf(i) },
      labels: { ...labels, odd: i % 2 ? 'yes' : 'no' },
    });
  await Promise.all(Array.from({ length: HOSTS }, (_, i) => enroll(i)));
});
afterAll(() => fleet?.stop());

async function listed(request: object) {
  const sizes: number[] = [];
  const names: string[] = [];
  const counts: Record<string, number>[] = [];
  for await (const reply of fleet.operator.client.ListHostChunks(request)) {
    sizes.push(JSON.stringify(reply).length);
    counts.push(reply.counts);
    for (const host of reply.hosts) names.push(host.name);
  }
  return { sizes, names, counts };
}

it('faults row 62: hosts come by name in bounded messages, and as many as are asked for', async () => {
  const all = await listed({});
  expect(all.names).toEqual(Array.from({ length: HOSTS }, (_, i) => nameOf(i)));
  expect(all.sizes.length).toBeGreaterThanOrEqual(HOSTS / 200);
  expect(all.counts[0]).toEqual({ offline: HOSTS });
  const odd = await listed({ target: { labels: 'odd=yes' }, limit: 3 });
  expect(odd).toMatchObject({ names: [1, 3, 5].map(nameOf), counts: [{ offline: HOSTS / 2 }] });
  expect((await listed({ target: { hosts: { names: [nameOf(7)] } } })).names).toEqual([nameOf(7)]);
  expect(await listed({ statuses: ['synced', 'lagging'] })).toMatchObject({ names: [], counts: [{ offline: HOSTS }] });
  await expect(listed({ statuses: ['broken'] })).rejects.toThrow(/INVALID_ARGUMENT: "broken" is no state of a host/);
  await expect(listed({ target: { hosts: { names: ['nobody'] } } })).rejects.toThrow(/NOT_FOUND/);
});

it('faults row 62: a change and a check of all of them are answered', async () => {
  const failed = { code: 'CAPACITY', text: 't'.repeat(500) };
  for (const host of fleet.server.controller.registry.live())
    fleet.server.controller.hub.stateOf(host.id).refusal = failed;
  const reply = await fleet.operator.block(['198.51.100.1'], { wait: { timeoutMs: 1 } });
  expect(reply.hosts).toMatchObject({ targeted: HOSTS, enforced: 0, pendingTotal: HOSTS, failedTotal: 0 });
  expect(JSON.stringify(reply).length).toBeLessThan(MAX_MESSAGE_BYTES);
  expect(reply.hosts?.pending.length).toBeGreaterThan(1000);
  expect((await fleet.operator.check('198.51.100.1')).hosts).toHaveLength(HOSTS);
});

it('faults row 66: the end of the audit is read in bounded pieces', async () => {
  await expect(fleet.operator.audit({ last: 10_001 })).rejects.toThrow(/INVALID_ARGUMENT: .*at most 10000/);
  expect((await fleet.operator.audit({ last: 10_000 })).length).toBeGreaterThan(HOSTS);
});
