// Hosts that are away while the controller starts again, at the hub with the real store: shown as they were when they were last here.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../../../common/logger.ts';
import { parsePrefix } from '../../../common/text/prefix.ts';
import { systemClock } from '../../../common/time/clock.ts';
import { type Controller, startController } from '../../../controller/controller.ts';
import { HostNotes } from '../../../controller/fleet/host/host-notes.ts';
import { LastSeen } from '../../../controller/fleet/host/last-seen.ts';
import { hostToWire } from '../../../controller/server/services/operator/operator-wire.ts';
import { openSqliteStore } from '../../../controller/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../controller/store/store.ts';
import { until } from '../fleet.ts';
import { FakeHost } from './fake-host.ts';

const BY = { actor: 'admin/test', reason: '' };
const ETH0 = { name: 'eth0', index: 2, mode: 'native', problem: '' };
const log = createLogger('test', 'silent');

let directory: string;
let store: Store;
let controller: Controller;
let host: FakeHost;

async function start(): Promise<void> {
  store = await openSqliteStore({ directory, create: true, clock: systemClock });
  controller = await startController({ store, clock: systemClock, log });
}
async function stop(): Promise<void> {
  await controller.close();
  await store.close();
}
const diskOf = ({ table, epoch, revision, sessionKey }: FakeHost) => ({ table, epoch, revision, sessionKey });
/** As `fleetblock hosts -o json` gets it. */
function shown() {
  const record = controller.registry.find('h0');
  if (!record) throw new Error('no host');
  return hostToWire(record, controller.hub.statusOf('h0'), controller.hub.stateOf('h0'));
}
/** Its status says so. */
const says = (problems: string[]) =>
  host.reply({
    status: {
      entries: 1,
      interfaces: [ETH0],
      counters: { droppedPackets: 12_345, droppedBytes: '18446744073709551615' },
      driftRepairs: 2,
      problems,
      protectedAddresses: [{ prefix: '10.1.2.3/32', why: 'own address' }],
    },
  });

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-last-seen-'));
  await start();
  const secretHash = new Uint8Array(32);
  const token = { id: 't', secretHash, expiresMs: Date.now() + 60_000, maxUses: 1, labels: {}, hostName: '' };
  await store.createToken(token, BY);
  await store.enroll({ tokenId: 't', secretHash, hostId: 'h0', hostName: 'web1', labels: {}, from: '' });
  const { revision } = await store.addClaims({
    ...BY,
    prefixes: [parsePrefix('198.51.100.1')],
    action: 'block',
    origin: 'manual',
    selector: { kind: 'all' },
    expiresMs: 0,
    dryRun: false,
  });
  host = new FakeHost('h0', controller.hub, Date.now);
  host.interfaces = [ETH0];
  host.connect();
  await controller.hub.prove(['h0'], revision, 30_000);
});
afterEach(async () => {
  await stop();
  rmSync(directory, { recursive: true, force: true });
});

it('faults row 90: a host that is away is known after a restart as it was when it went', async () => {
  says(['the disk is full']);
  host.disconnect();
  const before = shown();
  expect(before).toMatchObject({ status: 'offline', revision: `${store.head}`, entries: 1, driftRepairs: 2 });
  await stop();
  await start();
  expect(shown()).toEqual({ ...before, topSources: [] });
  expect(shown().counters).toMatchObject({ droppedPackets: '12345', droppedBytes: '18446744073709551615' });
  expect(controller.hub.stateOf('h0').protectedAddresses).toHaveLength(1);
});

it('faults row 90: so is one that was connected when the controller stopped', async () => {
  says([]);
  await stop();
  await start();
  expect(shown()).toMatchObject({
    status: 'offline',
    revision: `${store.head}`,
    entries: 1,
    interfaces: [ETH0],
    problems: [],
  });
  expect(shown().lastSeenMs).toBeGreaterThan(Date.now() - 60_000);
});

it('faults row 90: what its agent had repaired before is counted once', async () => {
  says([]);
  await stop();
  await start();
  host = Object.assign(new FakeHost('h0', controller.hub, Date.now), diskOf(host));
  host.connect();
  await until('it is connected', () => host.connected);
  says([]);
  expect(shown().driftRepairs).toBe(2);
});

it('faults row 90: a host that was detached is shown as detached after a restart', async () => {
  host.disconnect();
  host.detached = { everything: true, leaving: true, interfaces: ['eth0'] };
  host.interfaces = [{ ...ETH0, mode: 'none' }];
  host.connect();
  expect(shown().problems).toEqual([expect.stringMatching(/^detached from eth0 by its own root/)]);
  await stop();
  await start();
  expect(shown()).toMatchObject({
    status: 'offline',
    interfaces: [{ mode: 'none' }],
    problems: [expect.stringMatching(/^detached from eth0 by its own root/)],
  });
});

it('faults row 90: hosts that stay are noted every now and then, many in one transaction, for a controller that is killed', async () => {
  let saves = 0;
  const counted = {
    hostNotes: () => store.hostNotes(),
    saveHostNotes: (notes: Parameters<Store['saveHostNotes']>[0]) => {
      saves++;
      return store.saveHostNotes(notes);
    },
  };
  const ids = Array.from({ length: 1000 }, (_, i) => `host${i}`);
  const seen = new LastSeen({ notes: await HostNotes.load({ store: counted, log }), connected: () => ids }, 20);
  for (const id of ids) seen.of(id).agentVersion = '1.2.3';
  await until('they are noted', async () => saves > 0 && (await store.hostNotes()).size > ids.length);
  seen.close();
  expect(saves).toBeLessThan(ids.length / 10);
  const again = new LastSeen({ notes: await HostNotes.load({ store, log }), connected: () => [] });
  again.close();
  expect(ids.map((id) => again.of(id).agentVersion)).toEqual(ids.map(() => '1.2.3'));
});

it('a note that no version has written says nothing, and does no harm', async () => {
  await store.saveHostNotes([
    [
      'h1',
      { sessionSerial: 0, duplicate: '', place: { bootId: '', network: '0', machine: [] }, seen: { entries: 'many' } },
    ],
  ]);
  const seen = new LastSeen({ notes: await HostNotes.load({ store, log }), connected: () => [] });
  seen.close();
  expect(seen.of('h1').lastSeenMs).toBe(0);
});
