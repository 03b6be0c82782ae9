// Copies of a host's identity, at the hub with the real store: in whatever order they connect, nothing that they say counts from the
// moment on at which there can be no doubt, until the host is enrolled again; and no honest host is taken for one.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../common/logger.ts';
import { parsePrefix } from '../../../common/text/prefix.ts';
import { type Controller, startController } from '../../../controller/controller.ts';
import { openSqliteStore } from '../../../controller/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../controller/store/store.ts';
import { listed, until } from '../fleet.ts';
import { FakeHost } from './fake-host.ts';

const BY = { actor: 'admin/test', reason: '' };
const SECRET = new Uint8Array(32).fill(9);
const clock = { wallMs: () => Date.now(), monotonicMs: () => performance.now() };
const secretHash = new Uint8Array(32);

let directory: string;
let store: Store;
let controller: Controller;
let real: FakeHost;

async function start(): Promise<void> {
  store = await openSqliteStore({ directory, create: true, clock });
  controller = await startController({
    store,
    clock,
    log: createLogger('test', 'silent'),
    secret: { bytes: SECRET, isNew: false },
  });
}
async function stop(): Promise<void> {
  await controller.close();
  await store.close();
}
/** As after a stop, or as after a kill -9 some time later. */
async function restart(): Promise<void> {
  await stop();
  await start();
  // The hub is another; what is on the host's disk is not.
  real = Object.assign(new FakeHost('h0', controller.hub, clock.wallMs), diskOf(real));
}
const diskOf = ({ table, epoch, revision, seal, sessionKey, bootId, networkNamespace, machineFacts }: FakeHost) => ({
  table,
  epoch,
  revision,
  seal,
  sessionKey,
  bootId,
  networkNamespace,
  machineFacts,
});
async function enroll(keepIdentity: boolean): Promise<void> {
  const id = randomUUID();
  const expiresMs = Date.now() + 60_000;
  await store.createToken({ id, secretHash, expiresMs, maxUses: 1, labels: {}, hostName: 'web1', keepIdentity }, BY);
  await store.enroll({ tokenId: id, secretHash, hostId: 'h0', hostName: 'web1', labels: {}, from: '' });
}
let blocks = 0;
async function block() {
  const { revision } = await store.addClaims({
    ...BY,
    prefixes: [parsePrefix(`20.0.0.${++blocks}`)],
    action: 'block',
    origin: 'manual',
    selector: { kind: 'all' },
    expiresMs: 0,
    dryRun: false,
  });
  return controller.hub.prove(['h0'], revision, 300);
}
const connected = async (host: FakeHost) => {
  host.connect();
  await until('it is decided', () => host.connected || host.ended !== undefined);
};
const kept = (host: FakeHost) => until('it has kept its key', () => host.kinds.includes('welcome'));

async function expectCopied(): Promise<void> {
  expect(controller.hub.statusOf('h0')).toBe('degraded');
  expect(controller.hub.stateOf('h0').refusal?.code).toBe('DUPLICATE_IDENTITY');
  expect(await block()).toMatchObject({
    enforced: [],
    failed: [{ hostId: 'h0', refusal: { code: 'DUPLICATE_IDENTITY' } }],
  });
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-copies-'));
  blocks = 0;
  await start();
  await enroll(false);
  real = new FakeHost('h0', controller.hub, clock.wallMs);
  Object.assign(real, {
    bootId: 'boot-1',
    networkNamespace: '4026531840',
    machineFacts: [Buffer.from('id'), Buffer.from('mac')],
  });
  await connected(real);
  await kept(real);
  expect(await block()).toMatchObject({ enforced: ['h0'] });
});
afterEach(async () => {
  await stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('faults row 33: a copy is found', () => {
  it('while both live: neither is served, the host is shown, what it holds stays', async () => {
    const copy = real.copy();
    await connected(copy);
    await until('both refused', () => copy.ended !== undefined && real.ended !== undefined);
    expect([copy.ended?.code, real.ended?.code]).toEqual(['ALREADY_EXISTS', 'ALREADY_EXISTS']);
    await expectCopied();
    expect(listed(real.table)).toEqual(['block 20.0.0.1/32']);
  });

  it('and stays found, no matter who dials next, through restarts of the controller, until the host is enrolled again', async () => {
    await connected(real.copy());
    await until('refused', () => real.ended !== undefined);
    for (let i = 0; i < 3; i++) {
      await connected(i % 2 === 0 ? real : real.copy());
      await expectCopied();
    }
    await restart();
    await expectCopied();
    await connected(real);
    expect(real.ended?.code).toBe('ALREADY_EXISTS');
    await expectCopied();
    const duplicates: string[] = [];
    for await (const batch of store.audit({ verb: 'host.duplicate' }))
      duplicates.push(...batch.map(({ subject }) => subject));
    expect(duplicates).toEqual(['web1 (h0)']);
    await enroll(true);
    await connected(real);
    expect(await block()).toMatchObject({ enforced: ['h0'], failed: [] });
    await restart();
    await connected(real);
    expect(await block()).toMatchObject({ enforced: ['h0'], failed: [] });
  });

  it('when it was taken before the last session of the real one, however long that is away', async () => {
    const copy = real.copy();
    real.disconnect();
    await connected(real);
    await kept(real);
    real.disconnect();
    await connected(copy);
    expect(copy.ended?.code).toBe('ALREADY_EXISTS');
    await expectCopied();
  });

  it('when it was there while the real one was away, at the return of that', async () => {
    const copy = real.copy();
    real.disconnect();
    await connected(copy);
    await kept(copy);
    copy.disconnect();
    await restart();
    await connected(real);
    expect(real.ended?.code).toBe('ALREADY_EXISTS');
    await expectCopied();
  });

  it.each([
    ['in another network of the same boot', { networkNamespace: '4026532999' }],
    ['on another machine', { bootId: 'boot-7', machineFacts: [Buffer.from('other id'), Buffer.from('other mac')] }],
  ])('%s, at once, while the real one is away', async (_where, place) => {
    const copy = Object.assign(Object.assign(real.copy(), diskOf(real)), place);
    real.disconnect();
    await restart();
    const there = Object.assign(new FakeHost('h0', controller.hub, clock.wallMs), diskOf(copy));
    await connected(there);
    expect(there.ended?.code).toBe('ALREADY_EXISTS');
    await expectCopied();
  });
});

it.each([
  ['no key', new Uint8Array(0)],
  ['a key of its own making', new Uint8Array(24).fill(7)],
])('faults row 119: a copy that shows %s, where a key was kept', async (_what, sessionKey) => {
  const copy = Object.assign(real.copy(), { sessionKey });
  real.disconnect();
  await connected(copy);
  expect(copy.ended?.message).toMatch(/it does not show the session key that this host has kept/);
  await expectCopied();
});

it('faults row 119: a controller that has lost its secret knows no key, and takes no host for a copy', async () => {
  real.disconnect();
  await stop();
  store = await openSqliteStore({ directory, create: true, clock });
  const log = createLogger('test', 'silent');
  controller = await startController({ store, clock, log, secret: { bytes: new Uint8Array(32).fill(8), isNew: true } });
  // And after another start with what is the secret from then on.
  for (let i = 0; i < 2; i++) {
    real = Object.assign(new FakeHost('h0', controller.hub, clock.wallMs), diskOf(real));
    real.diskFull = i === 0;
    await connected(real);
    expect(await block()).toMatchObject({ enforced: ['h0'] });
    await stop();
    store = await openSqliteStore({ directory, create: true, clock });
    controller = await startController({
      store,
      clock,
      log,
      secret: { bytes: new Uint8Array(32).fill(8), isNew: false },
    });
  }
});

describe('no honest host is taken for a copy', () => {
  it.each([
    ['its network was cut', async () => real.disconnect()],
    [
      'it was killed before it had kept its key',
      async () => {
        const { sessionKey } = real;
        real.disconnect();
        real.diskFull = true;
        await connected(real);
        real.disconnect();
        expect(real.sessionKey).toEqual(sessionKey);
      },
    ],
    [
      'it was started again after a boot, with another network card',
      async () => {
        real.disconnect();
        Object.assign(real, { bootId: 'boot-2', networkNamespace: '4026531841', machineFacts: [Buffer.from('id')] });
      },
    ],
    [
      'it says less of where it runs, as an older agent',
      async () => {
        real.disconnect();
        Object.assign(real, { bootId: '', networkNamespace: '0', machineFacts: [] });
      },
    ],
    [
      'it lost its list',
      async () => {
        real.disconnect();
        real.forget();
      },
    ],
    [
      'its stream was half open',
      async () => {
        real.mute = true;
        real = Object.assign(new FakeHost('h0', controller.hub, clock.wallMs), diskOf(real));
      },
    ],
    ['the controller was restarted', restart],
    [
      'the controller lost what it had noted last',
      async () => {
        await controller.close();
        const notes = await store.hostNotes();
        const note = notes.get('h0');
        if (!note) throw new Error('nothing was noted');
        await store.saveHostNotes([['h0', { ...note, sessionSerial: note.sessionSerial - 5 }]]);
        await restart();
      },
    ],
  ])('%s', async (_what, happens) => {
    for (let i = 0; i < 3; i++) {
      await happens();
      await connected(real);
      expect(real.ended).toBeUndefined();
      expect(await block()).toMatchObject({ enforced: ['h0'], failed: [] });
    }
  });
});

it('faults row 89: several streams that come while the first is asked are each decided about', async () => {
  real.mute = true;
  const others = [1, 2, 3].map(() => Object.assign(new FakeHost('h0', controller.hub, clock.wallMs), diskOf(real)));
  for (const other of others) other.connect();
  await until('all are decided', () => others.every((other) => other.connected || other.ended !== undefined), 30_000);
  await expectCopied();
});
