// The hub under slow, cut off and silent hosts, with the real store and views and hosts that speak straight into it.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listed, until } from '../fleet.ts';
import { FakeHost } from './fake-host.ts';
import { clock, HubStage } from './stage.ts';

let stage: HubStage;
beforeEach(() => {
  stage = new HubStage();
});
afterEach(() => stage.remove());

it('faults row 25: a host that does not read is lagging, costs nothing more, and catches up by one change', async () => {
  await stage.start(2, { queueLimit: 4 });
  for (const each of stage.hosts) each.connect();
  await stage.prove();
  stage.host(0).stalled = true;
  const before = stage.host(0).bytes;
  for (let i = 0; i < 200; i++) await stage.block(`20.0.0.${i}`);
  expect(stage.host(0).bytes - before).toBeLessThan(1000);
  expect(stage.controller.hub.statusOf('h0')).toBe('lagging');
  expect(stage.controller.hub.statusOf('h1')).toBe('synced');
  const acks = stage.host(0).acks.length;
  stage.host(0).resume();
  expect(await stage.prove()).toMatchObject({ pending: [], failed: [] });
  expect(stage.host(0).acks.length - acks).toBeLessThanOrEqual(6);
  expect(listed(stage.host(0).table)).toEqual(listed(stage.host(1).table));
  expect(
    stage.controller.events
      .since(0)
      .filter((event) => event.hostId === 'h0')
      .map((event) => event.kind),
  ).toEqual(['host.connected', 'host.lagging', 'host.synced']);
});

it('pings a host that is quiet, and none that does not read: they would pile up in front of it', async () => {
  await stage.start(2, { silenceLimitMs: 600 });
  for (const each of stage.hosts) each.connect();
  await until('synced', () => stage.controller.hostCounts().synced === 2);
  const [quiet, deaf] = [stage.host(0), stage.host(1)];
  deaf.stalled = true;
  await stage.block('198.51.100.1/32');
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
  await stage.start(1);
  await stage.bigList(200_000);
  stage.host(0).room = 4;
  stage.host(0).connect();
  await until('some chunks are sent', () => stage.host(0).stalled);
  expect(stage.host(0).bytes).toBeGreaterThan(200 * 1024);
  expect(stage.host(0).bytes).toBeLessThan(600 * 1024);
  stage.host(0).disconnect();
  expect(stage.host(0).table.size).toBe(0);
  stage.host(0).resume();
  stage.host(0).connect();
  expect(await stage.prove()).toMatchObject({ pending: [], failed: [] });
  expect(stage.host(0).table.size).toBe(200_000);
  expect(stage.host(0).kinds.filter((kind) => kind === 'snapshotChunk').length).toBeGreaterThan(4);
});

it('faults row 27: a revision that history does not reach gets a snapshot; one that it reaches gets the difference', async () => {
  await stage.start(2, {}, 10);
  for (const each of stage.hosts) each.connect();
  await stage.prove();
  stage.host(0).disconnect();
  for (let i = 0; i < 1200; i++) await stage.block(`20.0.${i >> 8}.${i & 255}`);
  stage.host(1).disconnect();
  await stage.block('20.1.0.1');
  stage.host(0).kinds.length = 0;
  stage.host(1).kinds.length = 0;
  for (const each of stage.hosts) each.connect();
  expect(await stage.prove()).toMatchObject({ pending: [], failed: [] });
  expect(stage.host(0).kinds).toContain('snapshotEnd');
  expect(stage.host(1).kinds).toEqual(['welcome', 'delta']);
  expect(listed(stage.host(0).table)).toEqual(listed(stage.host(1).table));
});

it('an import reaches hosts as one revision in parts, not as a snapshot', async () => {
  await stage.start(1);
  stage.host(0).connect();
  await stage.prove();
  stage.host(0).kinds.length = 0;
  await stage.bigList(100_000);
  expect(await stage.prove()).toMatchObject({ pending: [], failed: [] });
  expect(new Set(stage.host(0).kinds)).toEqual(new Set(['delta']));
  expect(stage.host(0).kinds.length).toBeGreaterThan(1);
  expect(stage.host(0).acks.at(-1)).toBe(stage.store.head);
  expect(stage.host(0).table.size).toBe(100_000);
});

it('faults row 29: 1,000 hosts come back together: snapshots a few at a time, operators answered meanwhile', async () => {
  await stage.start(1000, { concurrentSnapshots: 4 });
  await stage.bigList(500);
  let most = 0;
  for (const each of stage.hosts) {
    each.onWrite = () => {
      most = Math.max(most, stage.controller.hub.snapshotsUnderWay);
    };
    // Takes a message and no more until it is told to go on: a snapshot stays under way.
    each.room = 2;
    each.connect();
  }
  let over = false;
  const proof = stage.controller.hub
    .prove(
      stage.hosts.map((each) => each.id),
      stage.store.head,
      60_000,
    )
    .finally(() => {
      over = true;
    });
  // The storm continues only on request: a block that waited for its end would never be answered.
  let answered = 0;
  while (!over) {
    if (answered < 30) await stage.block(`20.1.0.${answered++}`);
    else await new Promise((resolve) => setImmediate(resolve));
    // Those alone that are under way now: one that gets a slot by this waits for the next round.
    for (const each of stage.hosts.filter((host) => host.stalled)) each.resume();
  }
  expect(await proof).toMatchObject({ pending: [], failed: [] });
  // The cap was reached and never passed.
  expect(most).toBe(4);
  expect(answered).toBeGreaterThan(10);
  expect(await stage.prove(60_000)).toMatchObject({ pending: [], failed: [] });
  expect(new Set(stage.hosts.map((each) => each.table.size))).toEqual(new Set([500 + answered]));
}, 120_000);

it('faults row 28: hosts cut off during 1,000 changes hold the same when they come back, each revision once', async () => {
  await stage.start(300);
  for (const each of stage.hosts) each.connect();
  await stage.prove();
  for (const each of stage.hosts) each.disconnect();
  for (let i = 0; i < 1000; i++) await stage.block(`20.0.${i >> 8}.${i & 255}`);
  for (const each of stage.hosts) each.connect();
  expect(await stage.prove()).toMatchObject({ pending: [], failed: [] });
  for (const each of stage.hosts) expect(new Set(each.acks).size).toBe(each.acks.length);
});

it('faults row 31: a host that falls silent is let go, and what it holds stays', async () => {
  await stage.start(1, { silenceLimitMs: 200 });
  stage.host(0).connect();
  await stage.prove();
  stage.host(0).mute = true;
  await until('let go', () => stage.host(0).ended !== undefined);
  expect(stage.host(0).ended?.code).toBe('UNAVAILABLE');
  expect(stage.controller.hub.statusOf('h0')).toBe('offline');
});

/** The same host, by the session key that it kept, with nothing else of before. */
const anotherStream = ({ id, sessionKey }: FakeHost) =>
  Object.assign(new FakeHost(id, stage.controller.hub, clock.wallMs), { sessionKey });

it('lets a new stream take the place of one that does not answer', async () => {
  await stage.start(1);
  stage.host(0).connect();
  await stage.prove();
  stage.host(0).mute = true;
  const rebooted = anotherStream(stage.host(0));
  rebooted.connect();
  await until('admitted', () => rebooted.connected);
  expect(stage.host(0).ended?.code).toBe('ABORTED');
});

it('lets a new stream in when the old one ends while it is being asked', async () => {
  await stage.start(1);
  stage.host(0).connect();
  await stage.prove();
  stage.host(0).mute = true;
  const back = anotherStream(stage.host(0));
  back.connect();
  expect(back.connected).toBe(false);
  stage.host(0).disconnect();
  expect(back.connected).toBe(true);
  await stage.block('198.51.100.1/32');
  expect(await stage.prove()).toMatchObject({ enforced: ['h0'] });
  expect(listed(back.table)).toEqual(['block 198.51.100.1/32']);
  // And the stop of the controller does not keep such callers waiting.
  back.mute = true;
  const late = anotherStream(back);
  late.connect();
  stage.controller.close();
  expect(late.connected).toBe(false);
  expect(late.ended?.code).toBe('UNAVAILABLE');
});
