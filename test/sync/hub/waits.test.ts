// Whom a wait for proof waits for: at the hub, by a clock that the test moves. No wait here ends by its own time.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../../../common/logger.ts';
import { type Controller, startController } from '../../../controller/controller.ts';
import { openSqliteStore } from '../../../controller/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../controller/store/store.ts';
import { FakeHost } from './fake-host.ts';

const BY = { actor: 'admin/test', reason: '' };
const LONG_MS = 600_000;
let aheadMs: number;
const clock = { wallMs: () => Date.now(), monotonicMs: () => performance.now() + aheadMs };

let directory: string;
let store: Store;
let controller: Controller;
let hosts: FakeHost[];
beforeEach(async () => {
  aheadMs = 0;
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-waits-'));
  store = await openSqliteStore({ directory, create: true, clock });
  controller = await startController({ store, clock, log: createLogger('test', 'silent') });
  const secretHash = new Uint8Array(32);
  await store.createToken(
    { id: 't', secretHash, expiresMs: Date.now() + LONG_MS, maxUses: 4, labels: {}, hostName: '' },
    BY,
  );
  for (const id of ['h0', 'h1', 'h2'])
    await store.enroll({ tokenId: 't', secretHash, hostId: id, hostName: id, labels: {}, from: '' });
  hosts = ['h0', 'h1', 'h2'].map((id) => new FakeHost(id, controller.hub, clock.wallMs));
});
afterEach(async () => {
  await controller.close();
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const host = (i: number): FakeHost => {
  const found = hosts[i];
  if (!found) throw new Error(`no host ${i}`);
  return found;
};
const prove = (all = false) => controller.hub.prove(['h0', 'h1', 'h2'], store.head, LONG_MS, all);

it('faults row 85: a host that has been offline for some time is pending at once, unless all are waited for', async () => {
  host(0).connect();
  host(1).connect();
  aheadMs += 60_000;
  expect(await prove()).toMatchObject({ pending: ['h2'], failed: [] });
  const patient = prove(true);
  host(2).connect();
  expect((await patient).enforced.toSorted()).toEqual(['h0', 'h1', 'h2']);
});

it('faults row 85: a host that was lost a moment ago is waited for, and no longer when it does not come back', async () => {
  for (const each of hosts) each.connect();
  await prove();
  aheadMs += 60_000;
  host(1).disconnect();
  const returning = prove();
  host(1).connect();
  expect(await returning).toMatchObject({ pending: [], failed: [] });
  host(1).disconnect();
  const leaving = prove();
  aheadMs += 60_000;
  expect(await leaving).toMatchObject({ pending: ['h1'], failed: [] });
});

it('faults row 85: a host that was enrolled a moment ago is on its way', async () => {
  for (const each of hosts) each.connect();
  aheadMs += 60_000;
  const secretHash = new Uint8Array(32);
  const enrolled = { hostId: 'h3', hostName: 'h3', labels: {}, from: '' };
  await store.enroll({ tokenId: 't', secretHash, ...enrolled });
  const proof = controller.hub.prove(['h3'], store.head, LONG_MS);
  new FakeHost('h3', controller.hub, clock.wallMs).connect();
  expect(await proof).toMatchObject({ enforced: ['h3'], pending: [] });
});

it('faults row 85: after the start of a controller the whole fleet is on its way', async () => {
  const proof = prove();
  for (const each of hosts) each.connect();
  expect((await proof).enforced).toHaveLength(3);
});
