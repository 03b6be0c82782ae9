// What is sent to a host that was away, over real TLS: the difference when there is one, a snapshot in pieces when there is
// none, and nothing of a snapshot that was cut.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type HostIdentity, SimulatedHost, SyncFleet, until } from '../sync/fleet.ts';
import { addressRows } from '../sync/rows.ts';
import { TapHost } from '../sync/simulated/tap-host.ts';

const ROWS = 1_000_000;
const BY = { actor: 'admin/test', reason: '' };
const KIB = 1024;

let fleet: SyncFleet;
let identity: HostIdentity;
const cleanUps: (() => Promise<void> | void)[] = [];
beforeAll(async () => {
  fleet = await SyncFleet.start();
  identity = await fleet.enroll('web1', { role: 'web' });
  await fleet.operator.importList('big', addressRows(ROWS), { wait: null });
  await until(
    'the list is in the views',
    () => fleet.server.controller.views.sizeFor(identity.hostId) === ROWS,
    60_000,
  );
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});
afterAll(() => fleet.stop());

function tap(hello: ConstructorParameters<typeof TapHost>[2]): TapHost {
  const host = new TapHost(fleet.address, identity, hello);
  cleanUps.push(async () => {
    host.close();
    await until('gone', () => fleet.server.controller.hub.statusOf(identity.hostId) === 'offline');
  });
  return host;
}

/** The hello of an agent that holds the whole list as it is now. */
function present() {
  const { store, controller } = fleet.server;
  const { views } = controller;
  return {
    storeEpoch: store.epoch,
    revision: `${store.head}`,
    digest: views.digestFor(identity.hostId),
    entries: `${views.sizeFor(identity.hostId)}`,
  };
}

const claim = (last: number) => ({
  ...BY,
  prefixes: [{ family: 4 as const, address: Uint8Array.of(200, 0, 0, last), length: 32 }],
  action: 'block' as const,
  origin: 'manual',
  selector: { kind: 'all' as const },
  dryRun: false,
});

it('a host one entry behind a list of a million is sent one entry', async () => {
  const held = present();
  await fleet.server.store.addClaims({ ...claim(1), expiresMs: 0 });
  const host = tap(held);
  const delta = await host.first('delta');
  expect(delta.rows).toBe(1);
  expect(delta.message.delta).toMatchObject({ fromRevision: held.revision, toRevision: `${fleet.server.store.head}` });
  host.send({ ack: { ...present(), entries: 1, kernelUs: 1 } });
  await until('synced', () => fleet.server.controller.hub.statusOf(identity.hostId) === 'synced');
  expect(host.kinds).toEqual(['welcome', 'delta']);
  const bytes = host.messages.reduce((sum, each) => sum + each.bytes, 0);
  expect(bytes).toBeLessThan(500);
});

it('a host that is up to date is sent nothing but its welcome', async () => {
  const host = tap(present());
  await until('synced', () => fleet.server.controller.hub.statusOf(identity.hostId) === 'synced');
  await host.first('welcome');
  // What was sent after it would be here with the next answer to a question.
  expect(await fleet.server.controller.hub.lookUp(identity.hostId, Uint8Array.of(1, 2, 3, 4), 50)).toBeUndefined();
  expect(host.kinds).toEqual(['welcome', 'lookup']);
});

it('other labels: a host moves to its new view by the rows that differ', async () => {
  const { store } = fleet.server;
  await fleet.operator.block(['203.0.113.1', '203.0.113.2'], { target: { labels: 'role=web' }, wait: null });
  await fleet.operator.block(['203.0.113.2', '203.0.113.3'], { target: { labels: 'role=db' }, wait: null });
  await until('in the views', () => fleet.server.controller.views.revision === store.head);
  const host = tap(present());
  await until('synced', () => fleet.server.controller.hub.statusOf(identity.hostId) === 'synced');
  await store.labelHost('web1', { role: 'db' }, BY);
  // 203.0.113.1 goes, 203.0.113.3 comes, 203.0.113.2 is in both, and so is the million.
  const delta = await host.first('delta');
  expect(delta.rows).toBe(2);
  expect([...(delta.message.delta?.adds?.v4Addresses ?? [])]).toEqual([203, 0, 113, 3]);
  expect([...(delta.message.delta?.removes?.v4Addresses ?? [])]).toEqual([203, 0, 113, 1]);
  expect(host.kinds).toEqual(['welcome', 'delta']);
});

it('faults row 26: a snapshot of a million comes in pieces of at most 256 KiB', async () => {
  const host = tap({});
  const end = await host.first('snapshotEnd', 60_000);
  expect(end.message.snapshotEnd?.revision).toBe(`${fleet.server.store.head}`);
  const chunks = host.of('snapshotChunk');
  expect(chunks.reduce((sum, chunk) => sum + chunk.rows, 0)).toBeGreaterThanOrEqual(ROWS);
  expect(chunks.length).toBeGreaterThan(20);
  expect(Math.max(...host.messages.map((each) => each.bytes))).toBeLessThanOrEqual(256 * KIB);
});

it('faults row 27: a revision that history no longer reaches gets a snapshot, never a delta with a gap', async () => {
  const { store, controller } = fleet.server;
  const held = present();
  const changes = Array.from({ length: 11_100 }, (_, i) =>
    i % 2 === 0 ? store.addClaims({ ...claim(2), expiresMs: 0 }) : store.removeClaims({ ...claim(2) }),
  );
  await Promise.all(changes);
  await until('in the views', () => controller.views.revision === store.head, 60_000);
  const host = tap(held);
  await host.first('snapshotEnd', 60_000);
  expect(host.of('delta')).toEqual([]);
});

describe('through a wire that is cut', () => {
  it('faults row 26: nothing of a snapshot is applied when it is cut mid-way, all of it when it comes whole', async () => {
    const wire = await CutWire.start(fleet.server.listening.port);
    cleanUps.push(() => wire.close());
    // About 6 MB are all of it.
    wire.cutAfter(3_000_000);
    const agent = new SimulatedHost(wire.address, identity);
    cleanUps.push(() => agent.stop());
    await until('cut mid-way', () => wire.cuts >= 2, 60_000);
    expect(agent.datapath.held.size).toBe(0);
    expect(agent.agent.reconciler.held.epoch).toBe('');
    wire.cutAfter(Number.POSITIVE_INFINITY);
    await until('synced', () => fleet.server.controller.hub.statusOf(identity.hostId) === 'synced', 60_000);
    expect(agent.datapath.held.size).toBe(fleet.server.controller.views.sizeFor(identity.hostId));
    expect([...agent.datapath.held.digest()]).toEqual([...fleet.server.controller.views.digestFor(identity.hostId)]);
  });
});

/** Passes TCP on and cuts every connection after a number of bytes from the controller. */
class CutWire {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #limit = Number.POSITIVE_INFINITY;
  cuts = 0;

  private constructor(target: number) {
    this.#server = createServer((near) => {
      const far = connect(target, '127.0.0.1');
      let passed = 0;
      far.on('data', (bytes: Buffer) => {
        passed += bytes.length;
        if (passed <= this.#limit) return;
        this.cuts++;
        near.destroy();
        far.destroy();
      });
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => {
          near.destroy();
          far.destroy();
        });
      }
      near.pipe(far);
      far.pipe(near);
    });
  }

  static async start(target: number): Promise<CutWire> {
    const wire = new CutWire(target);
    await new Promise<void>((resolve) => wire.#server.listen(0, '127.0.0.1', resolve));
    return wire;
  }

  get address(): string {
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  cutAfter(bytes: number): void {
    this.#limit = bytes;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
