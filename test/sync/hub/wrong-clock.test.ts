// A controller that starts with a wrong clock, at the hub with the real store: no block ends for it, and a clock that is right is believed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../../../common/logger.ts';
import { parsePrefix } from '../../../common/text/prefix.ts';
import { type Controller, startController } from '../../../controller/controller.ts';
import { check } from '../../../controller/operations/queries/check.ts';
import { findEntries } from '../../../controller/operations/queries/entries.ts';
import { openSqliteStore } from '../../../controller/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../controller/store/store.ts';
import { listed, until } from '../fleet.ts';
import { FakeHost } from './fake-host.ts';

const BY = { actor: 'admin/test', reason: '' };
const DAY_MS = 86_400_000;
const BLOCK = 'block 198.51.100.1/32';

let directory: string;
let store: Store;
let controller: Controller;

async function start(aheadMs: number, trustClock = false): Promise<void> {
  const clock = { wallMs: () => Date.now() + aheadMs, monotonicMs: () => performance.now() };
  store = await openSqliteStore({ directory, create: true, clock });
  controller = await startController({ store, clock, log: createLogger('test', 'silent'), trustClock });
}
async function stop(): Promise<void> {
  await controller.close();
  await store.close();
}
/** Its clock is `aheadMs` ahead. It holds nothing, so that it gets the whole list. */
async function connect(id: string, aheadMs: number): Promise<FakeHost> {
  const host = new FakeHost(id, controller.hub, Date.now);
  host.wallMs = Date.now() + aheadMs;
  host.connect();
  expect(await controller.hub.prove([id], store.head, 30_000)).toMatchObject({ enforced: [id] });
  return host;
}
const inStore = async () => {
  let claims = 0;
  for await (const batch of store.claims({ expired: true })) claims += batch.length;
  return claims;
};

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-wrong-clock-'));
  await start(0);
  const secretHash = new Uint8Array(32);
  await store.createToken(
    { id: 't', secretHash, expiresMs: Date.now() + 60_000, maxUses: 3, labels: {}, hostName: '' },
    BY,
  );
  for (const id of ['h0', 'h1', 'h2'])
    await store.enroll({ tokenId: 't', secretHash, hostId: id, hostName: id, labels: {}, from: '' });
  await store.addClaims({
    ...BY,
    prefixes: [parsePrefix('198.51.100.1')],
    action: 'block',
    origin: 'manual',
    selector: { kind: 'all' },
    expiresMs: Date.now() + DAY_MS / 6,
    dryRun: false,
  });
  await stop();
});
afterEach(async () => {
  await stop();
  rmSync(directory, { recursive: true, force: true });
});

it('faults row 84: a clock a day ahead at the start ends nothing: hosts have another time, and get what is left of a block', async () => {
  await start(DAY_MS);
  expect(controller.warnings()).toEqual([
    expect.stringMatching(/^this machine's clock is 1d beyond .* more than half of/),
  ]);
  for (const id of ['h0', 'h1', 'h2']) {
    const host = await connect(id, 0);
    expect(listed(host.table)).toEqual([BLOCK]);
    // By the host's own clock, four hours but for what this test takes.
    const ends = host.table.family(4).expiryOf(0);
    expect(ends - Date.now()).toBeGreaterThan(DAY_MS / 12);
  }
  expect(controller.events.since(0).some(({ kind, text }) => kind === 'clock' && text.includes('--trust-clock'))).toBe(
    true,
  );
  expect(controller.warnings()).toEqual([expect.stringMatching(/most hosts have another time/)]);
  expect(await inStore()).toBe(1);
  // `check` and `list` say what hosts are to do, not what they would be by the clock that is in doubt.
  const { claims, hosts } = await check(controller, '198.51.100.1', '', 1);
  expect(claims).toHaveLength(1);
  expect(hosts.map(({ desired }) => desired)).toEqual(['drop', 'drop', 'drop']);
  const shown = [];
  const query = { actions: ['block' as const], origin: '', host: '' };
  for await (const found of findEntries({ ...controller, store }, query))
    if ('claims' in found) shown.push(...found.claims);
  expect(shown).toHaveLength(1);
  // Once the clock is right and it is restarted, it works as usual.
  await stop();
  await start(0);
  expect(listed((await connect('h0', 0)).table)).toEqual([BLOCK]);
});

it('faults row 84: after a day away it is the hosts that say so: most of them agree, and what has ended is removed', async () => {
  await start(DAY_MS);
  const first = await connect('h0', DAY_MS);
  expect(listed(first.table)).toEqual([BLOCK]);
  expect(await inStore()).toBe(1);
  // One of three, and one that has another time: the clock is in doubt still.
  expect(controller.warnings()).toHaveLength(1);
  new FakeHost('h1', controller.hub, Date.now).connect();
  expect(await inStore()).toBe(1);
  expect(controller.warnings()).toHaveLength(1);
  const third = new FakeHost('h2', controller.hub, Date.now);
  third.wallMs = Date.now() + DAY_MS + 60_000;
  third.connect();
  await until('the block is removed', async () => (await inStore()) === 0, 30_000);
  expect(controller.warnings()).toEqual([]);
  await until('and the host has heard of it', () => listed(first.table).length === 0, 30_000);
});

it('faults row 84: an admin may say that the clock is right', async () => {
  await start(DAY_MS, true);
  await until('the block is removed', async () => (await inStore()) === 0, 30_000);
});
