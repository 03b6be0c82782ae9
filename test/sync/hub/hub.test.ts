// The hub under slow, lost, copied and lying hosts, with the real store and views and hosts that speak straight into it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../../../common/logger.ts';
import { parsePrefix } from '../../../common/text/prefix.ts';
import { type Controller, startController } from '../../../controller/controller.ts';
import { Seals } from '../../../controller/fleet/host/seals.ts';
import type { HubOptions } from '../../../controller/fleet/hub/hub-options.ts';
import { backupStore, restoreStore } from '../../../controller/store/sqlite/file/backup.ts';
import { openSqliteStore } from '../../../controller/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../controller/store/store.ts';
import { listed, until } from '../fleet.ts';
import { addressRows } from '../rows.ts';
import { FakeHost } from './fake-host.ts';

const SECRET = new Uint8Array(32).fill(7);
const BY = { actor: 'admin/test', reason: '' };
const clock = { wallMs: () => Date.now(), monotonicMs: () => performance.now() };

let directory: string;
let store: Store;
let controller: Controller;
let hosts: FakeHost[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-hub-'));
  hosts = [];
});
afterEach(async () => {
  controller.close();
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

async function start(count: number, hub: HubOptions = {}, history = 10_000): Promise<void> {
  store = await openSqliteStore({ directory, create: true, clock, historyRevisions: history });
  controller = await startController({
    store,
    clock,
    log: createLogger('test', 'silent'),
    hub,
    secret: { bytes: SECRET, isNew: false },
  });
  if ((await store.hosts()).length === 0) {
    const secretHash = new Uint8Array(32);
    const expiresMs = Date.now() + 60_000;
    await store.createToken({ id: 'some-token', secretHash, expiresMs, maxUses: count, labels: {}, hostName: '' }, BY);
    for (let i = 0; i < count; i++)
      await store.enroll({
        tokenId: 'some-token',
        secretHash,
        hostId: `h${i}`,
        hostName: `h${i}`,
        labels: {},
        from: '',
      });
  }
  hosts = Array.from({ length: count }, (_, i) => new FakeHost(`h${i}`, controller.hub, clock.wallMs));
}

const host = (i: number): FakeHost => {
  const found = hosts[i];
  if (!found) throw new Error(`no host ${i}`);
  return found;
};
const block = (prefix: string) =>
  store.addClaims({
    ...BY,
    prefixes: [parsePrefix(prefix)],
    action: 'block',
    origin: 'manual',
    selector: { kind: 'all' },
    expiresMs: 0,
    monitor: false,
    dryRun: false,
  });
const bigList = (rows: number) =>
  store.replaceList({
    ...BY,
    name: 'big',
    action: 'block',
    selector: { kind: 'all' },
    monitor: false,
    chunks: addressRows(rows),
    dryRun: false,
  });
const prove = (timeoutMs = 5000) =>
  controller.hub.prove(
    hosts.map((each) => each.id),
    store.head,
    timeoutMs,
  );

it('faults row 25: a host that does not read is lagging, costs nothing more, and catches up by one change', async () => {
  await start(2, { queueLimit: 4 });
  for (const each of hosts) each.connect();
  await prove();
  host(0).stalled = true;
  const before = host(0).bytes;
  for (let i = 0; i < 200; i++) await block(`20.0.0.${i}`);
  expect(host(0).bytes - before).toBeLessThan(1000);
  expect(controller.hub.statusOf('h0')).toBe('lagging');
  expect(controller.hub.statusOf('h1')).toBe('synced');
  const acks = host(0).acks.length;
  host(0).resume();
  expect(await prove()).toMatchObject({ pending: [], failed: [] });
  expect(host(0).acks.length - acks).toBeLessThanOrEqual(6);
  expect(listed(host(0).table)).toEqual(listed(host(1).table));
  expect(
    controller.events
      .since(0)
      .filter((event) => event.hostId === 'h0')
      .map((event) => event.kind),
  ).toEqual(['host.connected', 'host.lagging', 'host.synced']);
});

it('pings a host that is quiet, and none that does not read: they would pile up in front of it', async () => {
  await start(2, { silenceLimitMs: 600 });
  for (const each of hosts) each.connect();
  await until('synced', () => controller.hostCounts().synced === 2);
  const [quiet, deaf] = [host(0), host(1)];
  deaf.stalled = true;
  await block('198.51.100.1/32');
  const before = deaf.bytes;
  const pings = () => quiet.kinds.filter((kind) => kind === 'ping').length;
  await until('several turns of pings', () => {
    // It reads nothing, and lives.
    deaf.session?.heard();
    return pings() >= 4;
  });
  expect(deaf.bytes).toBe(before);
});

it('faults row 26: a snapshot is chunked; cut midway, nothing of it is applied', async () => {
  await start(1);
  await bigList(200_000);
  host(0).room = 4;
  host(0).connect();
  await until('some chunks are sent', () => host(0).stalled);
  expect(host(0).bytes).toBeGreaterThan(200 * 1024);
  expect(host(0).bytes).toBeLessThan(600 * 1024);
  host(0).disconnect();
  expect(host(0).table.size).toBe(0);
  host(0).resume();
  host(0).connect();
  expect(await prove()).toMatchObject({ pending: [], failed: [] });
  expect(host(0).table.size).toBe(200_000);
  expect(host(0).kinds.filter((kind) => kind === 'snapshotChunk').length).toBeGreaterThan(4);
});

it('faults row 27: a revision that history does not reach gets a snapshot; one that it reaches gets the difference', async () => {
  await start(2, {}, 10);
  for (const each of hosts) each.connect();
  await prove();
  host(0).disconnect();
  for (let i = 0; i < 1200; i++) await block(`20.0.${i >> 8}.${i & 255}`);
  host(1).disconnect();
  await block('20.1.0.1');
  host(0).kinds.length = 0;
  host(1).kinds.length = 0;
  for (const each of hosts) each.connect();
  expect(await prove()).toMatchObject({ pending: [], failed: [] });
  expect(host(0).kinds).toContain('snapshotEnd');
  expect(host(1).kinds).toEqual(['welcome', 'delta']);
  expect(listed(host(0).table)).toEqual(listed(host(1).table));
});

it('an import reaches hosts as one revision in parts, not as a snapshot', async () => {
  await start(1);
  host(0).connect();
  await prove();
  host(0).kinds.length = 0;
  await bigList(100_000);
  expect(await prove()).toMatchObject({ pending: [], failed: [] });
  expect(new Set(host(0).kinds)).toEqual(new Set(['delta']));
  expect(host(0).kinds.length).toBeGreaterThan(1);
  expect(host(0).acks.at(-1)).toBe(store.head);
  expect(host(0).table.size).toBe(100_000);
});

it('faults row 29: 1,000 hosts come back together: snapshots a few at a time, operators answered meanwhile', async () => {
  await start(1000, { concurrentSnapshots: 4 });
  await bigList(500);
  let most = 0;
  for (const each of hosts) {
    each.onWrite = () => {
      most = Math.max(most, controller.hub.snapshotsUnderWay);
    };
    // Takes a message and no more until it is told to go on: a snapshot stays under way.
    each.room = 2;
    each.connect();
  }
  let over = false;
  const proof = controller.hub
    .prove(
      hosts.map((each) => each.id),
      store.head,
      60_000,
    )
    .finally(() => {
      over = true;
    });
  // The storm goes on only when it is told to: a block that waited for its end would never be answered.
  let answered = 0;
  while (!over) {
    if (answered < 30) await block(`20.1.0.${answered++}`);
    else await new Promise((resolve) => setImmediate(resolve));
    // Those alone that are under way now: whoever gets a slot by this waits for the next round.
    for (const each of hosts.filter((host) => host.stalled)) each.resume();
  }
  expect(await proof).toMatchObject({ pending: [], failed: [] });
  // The cap was reached and never passed.
  expect(most).toBe(4);
  expect(answered).toBeGreaterThan(10);
  expect(await prove(60_000)).toMatchObject({ pending: [], failed: [] });
  expect(new Set(hosts.map((each) => each.table.size))).toEqual(new Set([500 + answered]));
}, 120_000);

it('faults row 28: hosts cut off during 1,000 changes hold the same when they come back, each revision once', async () => {
  await start(300);
  for (const each of hosts) each.connect();
  await prove();
  for (const each of hosts) each.disconnect();
  for (let i = 0; i < 1000; i++) await block(`20.0.${i >> 8}.${i & 255}`);
  for (const each of hosts) each.connect();
  expect(await prove()).toMatchObject({ pending: [], failed: [] });
  for (const each of hosts) expect(new Set(each.acks).size).toBe(each.acks.length);
}, 60_000);

it('faults row 31: a host that falls silent is let go, and what it holds stays', async () => {
  await start(1, { silenceLimitMs: 200 });
  host(0).connect();
  await prove();
  host(0).mute = true;
  await until('let go', () => host(0).ended !== undefined);
  expect(host(0).ended?.code).toBe('UNAVAILABLE');
  expect(controller.hub.statusOf('h0')).toBe('offline');
});

/** The same host, by the session key that it kept, with nothing else of before. */
const anotherStream = ({ id, sessionKey }: FakeHost) =>
  Object.assign(new FakeHost(id, controller.hub, clock.wallMs), { sessionKey });

it('lets a new stream take the place of one that does not answer', async () => {
  await start(1);
  host(0).connect();
  await prove();
  host(0).mute = true;
  const rebooted = anotherStream(host(0));
  rebooted.connect();
  await until('admitted', () => rebooted.connected);
  expect(host(0).ended?.code).toBe('ABORTED');
});

it('lets a new stream in when the old one ends while it is being asked', async () => {
  await start(1);
  host(0).connect();
  await prove();
  host(0).mute = true;
  const back = anotherStream(host(0));
  back.connect();
  expect(back.connected).toBe(false);
  host(0).disconnect();
  expect(back.connected).toBe(true);
  await block('198.51.100.1/32');
  expect(await prove()).toMatchObject({ enforced: ['h0'] });
  expect(listed(back.table)).toEqual(['block 198.51.100.1/32']);
  // And the stop of the controller keeps nobody who is waiting so.
  back.mute = true;
  const late = anotherStream(back);
  late.connect();
  controller.close();
  expect(late.connected).toBe(false);
  expect(late.ended?.code).toBe('UNAVAILABLE');
});

it('faults row 22: a host that holds a later revision than the store puts it in quarantine: nothing sent, nothing changed', async () => {
  await start(2);
  for (const each of hosts) each.connect();
  await block('20.0.0.1');
  await prove();
  host(0).disconnect();
  host(0).revision = 99n;
  host(0).seal = new Seals(SECRET).revision(store.epoch, 99n);
  host(0).connect();
  const kinds = host(1).kinds.length;
  expect(() => controller.hub.quarantine.assertOpen()).toThrow(/quarantine/);
  await block('20.0.0.2');
  expect(host(1).kinds.length).toBe(kinds);
  expect(controller.hub.statusOf('h1')).toBe('degraded');
  expect(listed(host(0).table)).toEqual(['block 20.0.0.1/32']);
  // The word of a host that is revoked counts no more.
  await store.revokeHost('h0', BY);
  expect(() => controller.hub.quarantine.assertOpen()).not.toThrow();
  const proof = await controller.hub.prove(['h1'], store.head, 5000);
  expect(proof).toMatchObject({ pending: [], failed: [] });
  expect(listed(host(1).table)).toEqual(['block 20.0.0.1/32', 'block 20.0.0.2/32']);
});

it('faults row 83: a host that claims a revision of which it has no proof harms itself alone', async () => {
  await start(2);
  for (const each of hosts) each.connect();
  await block('20.0.0.1');
  await prove();
  for (const claim of [{ revision: 9_000_000_000_000_000_000n }, { revision: 99n, seal: Buffer.alloc(16, 1) }]) {
    host(0).disconnect();
    // With the seal of the revision that it does hold.
    Object.assign(host(0), claim);
    host(0).connect();
    expect(() => controller.hub.quarantine.assertOpen()).not.toThrow();
    expect(controller.hub.stateOf('h0').refusal?.code).toBe('IMPOSSIBLE_REVISION');
    await block(`20.0.0.${2n + (claim.revision % 2n)}`);
    expect(await prove()).toMatchObject({ enforced: ['h1'], failed: [{ hostId: 'h0' }] });
  }
  // Nothing was taken from it, and an operator's word brings it back.
  expect(listed(host(0).table)).toEqual(['block 20.0.0.1/32']);
  controller.hub.resync('h0');
  expect(await prove()).toMatchObject({ failed: [], pending: [] });
  expect(listed(host(0).table)).toEqual(listed(host(1).table));
});

it('faults row 23: after a restore hosts keep what they hold until they are ordered to resync', async () => {
  await start(1);
  await block('20.0.0.1');
  backupStore(directory, join(directory, 'backup.db'));
  await block('20.0.0.2');
  host(0).connect();
  await prove();
  const { table, epoch, revision } = host(0);
  controller.close();
  await store.close();
  restoreStore(directory, join(directory, 'backup.db'));
  await start(1);
  Object.assign(host(0), { table, epoch, revision });
  host(0).connect();
  expect(await prove(500)).toMatchObject({ failed: [{ hostId: 'h0', refusal: { code: 'EPOCH_MISMATCH' } }] });
  expect(listed(host(0).table)).toEqual(['block 20.0.0.1/32', 'block 20.0.0.2/32']);
  controller.hub.resync('h0');
  expect(await prove()).toMatchObject({ pending: [], failed: [] });
  expect(listed(host(0).table)).toEqual(['block 20.0.0.1/32']);
});

it('faults row 127: a resync that is ordered before the host is back is what it gets when it comes', async () => {
  await start(1);
  await block('20.0.0.1');
  Object.assign(host(0), { epoch: 'of-another-store', revision: 7n });
  controller.hub.resync('h0');
  const proof = prove();
  host(0).connect();
  expect(await proof).toMatchObject({ enforced: ['h0'], pending: [], failed: [] });
  expect(listed(host(0).table)).toEqual(['block 20.0.0.1/32']);
  // Once: what it holds of yet another store it keeps.
  host(0).disconnect();
  Object.assign(host(0), { epoch: 'of-a-third-store', revision: 9n });
  host(0).connect();
  expect(await prove()).toMatchObject({ failed: [{ hostId: 'h0', refusal: { code: 'EPOCH_MISMATCH' } }] });
});

it('an ack is no proof while an interface of the host lets everything through, however it came to that', async () => {
  await start(2);
  host(1).connect();
  await prove(0);
  const detached = [{ name: 'eth0', index: 2, mode: 'none', problem: 'the program is gone' }];
  host(1).mute = true;
  await block('20.0.0.1');
  const proof = prove();
  // One comes back during the wait without its program, the other loses it during the wait.
  host(0).interfaces = detached;
  host(0).connect();
  host(1).mute = false;
  host(1).reply({ status: { interfaces: detached } });
  const { enforced, pending, failed } = await proof;
  expect({ enforced, pending }).toEqual({ enforced: [], pending: [] });
  expect(failed.map(({ hostId, refusal }) => `${hostId} ${refusal.code}`).sort()).toEqual([
    'h0 DETACHED',
    'h1 DETACHED',
  ]);
});

it('a hello that names the head with another digest proves nothing: the host is repaired first', async () => {
  await start(1);
  await block('20.0.0.1');
  host(0).connect();
  await prove();
  host(0).disconnect();
  host(0).tamper();
  host(0).mute = true;
  const proof = prove(300);
  host(0).connect();
  expect(await proof).toMatchObject({ enforced: [], pending: ['h0'], failed: [] });
  expect(controller.hub.stateOf('h0').acked).toBe(0n);
  host(0).disconnect();
  host(0).tamper();
  host(0).mute = false;
  host(0).connect();
  expect(await prove()).toMatchObject({ enforced: ['h0'], pending: [] });
  expect(listed(host(0).table)).toEqual(['block 20.0.0.1/32']);
});

it('counts nobody as enforcing a revision that the views have not come to, and keeps the deadline', async () => {
  await start(1);
  host(0).connect();
  await prove();
  const ahead = store.head + 1n;
  expect(await controller.hub.prove(['h0'], ahead, 0)).toMatchObject({ enforced: [], pending: ['h0'] });
  expect(await controller.hub.prove(['h0'], ahead, 50)).toMatchObject({ enforced: [], pending: ['h0'] });
});
