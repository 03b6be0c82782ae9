// Times to live past a century, at the controller's edge and in a store of an earlier version.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packEntries } from '../../common/entries/packed.ts';
import { toWire } from '../../common/entries/wire.ts';
import { parsePrefix } from '../../common/text/prefix.ts';
import type { ListChangeReply__Output } from '../../proto/gen/fleetblock/v1/ListChangeReply.ts';
import { listed, type SimulatedHost, SyncFleet, until } from './fleet.ts';

let fleet: SyncFleet;
let host: SimulatedHost;
beforeAll(async () => {
  fleet = await SyncFleet.start();
  host = await fleet.agent('web1');
  await until('synced', async () => (await fleet.operator.host('web1')).status === 'synced');
});
afterAll(async () => {
  await host?.stop();
  await fleet?.stop();
});

const entry = (prefix: string, ttlMs: number) => ({ prefix: parsePrefix(prefix), action: 'block' as const, ttlMs });

function importTtl(ttl: bigint): Promise<ListChangeReply__Output | undefined> {
  const rows = toWire(packEntries([entry('203.0.113.2', 1)]));
  new DataView(rows.v4Ttls.buffer).setBigUint64(0, ttl, true);
  return new Promise((resolve, reject) => {
    const call = fleet.operator.client.ImportList((error, reply) => (error ? reject(error) : resolve(reply)));
    call.write({ begin: { list: 'late', target: { allHosts: true } } });
    call.write({ rows });
    call.end();
  });
}

it.each([2n ** 53n, 2n ** 62n, 2n ** 63n - 1n, 2n ** 64n - 1n])(
  'faults row 57: an import that ends in %d ms is refused, and nothing is committed',
  async (ttl) => {
    const { head } = fleet.server.store;
    await expect(importTtl(ttl)).rejects.toThrow(/INVALID_ARGUMENT: .*row 0 ends in more than 100 years/);
    await expect(fleet.operator.block(['203.0.113.9'], { ttlMs: String(ttl) })).rejects.toThrow(/at most 100 years/);
    expect(fleet.server.store.head).toBe(head);
  },
);

it('faults row 57: a store that holds such a row starts, serves and reaches the hosts', async () => {
  const chunks = [packEntries([entry('203.0.113.2', 2_600_000_000 * 3_600_000)])];
  const list = { name: 'late', action: 'block' as const, selector: { kind: 'all' as const } };
  await fleet.server.store.replaceList({ ...list, actor: 'admin/test', reason: '', chunks, dryRun: false });
  await fleet.restart();
  await until('synced', async () => (await fleet.operator.host('web1')).status === 'synced');
  expect(await fleet.operator.block(['198.51.100.1'])).toMatchObject({ hosts: { enforced: 1 } });
  expect(listed(host.datapath.held)).toEqual(['block 198.51.100.1/32', 'block 203.0.113.2/32']);
  const ends = (await fleet.operator.entries()).map((claim) => new Date(Number(claim.expiresAtMs)).getFullYear());
  expect(ends.toSorted()).toEqual([1970, 275_760]);
});
