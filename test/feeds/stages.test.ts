// A feed's list that reaches its hosts in stages: the feed knows what became of it.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ROLLOUT } from '../../controller/rollouts/rollout.ts';
import { addresses, caller, FeedFleet, ListServer } from './fleet.ts';

let fleet: FeedFleet;
let server: ListServer;
beforeEach(async () => {
  fleet = await FeedFleet.start();
  server = await ListServer.start();
});
afterEach(async () => {
  await fleet.stop();
  await server.close();
});

const feed = () => fleet.controller.feeds.find('test');
const rollouts = () => fleet.controller.rollouts.list();
const abort = () =>
  fleet.controller.rollouts.abort(rollouts()[0]?.id ?? '', { caller: caller('admin'), reason: 'too many' });

/** There are no hosts: each stage is watched for its time alone. */
async function done(): Promise<void> {
  for (const stage of [1, 2]) {
    fleet.clock.jump(31_000);
    const reached = { stage, toward: undefined };
    await vi.waitFor(() => expect(rollouts()[0]).toMatchObject(reached), { timeout: 30_000 });
  }
  expect(rollouts()[0]?.state).toBe('done');
}

/** As its timer does. */
async function due(): Promise<void> {
  const { lookedMs } = feed().state;
  fleet.clock.jump(feed().feed.everyMs * 1.2);
  await fleet.restart();
  await vi.waitFor(() => expect(feed().state.lookedMs).toBeGreaterThan(lookedMs), { timeout: 30_000 });
}

test('faults row 180: growth that was accepted counts as taken when its stages are done', async () => {
  server.text(addresses(500));
  await fleet.add(server.url);
  server.text(addresses(20_000));
  expect((await fleet.refresh()).outcome.kind).toBe('held');
  expect((await fleet.refresh('test', true)).outcome.kind).toBe('staged');
  expect(feed().state).toMatchObject({ rows: 500, staged: { rollout: rollouts()[0]?.id } });
  expect((await fleet.refresh()).outcome).toMatchObject({ kind: 'staged', rows: 20_000 });
  await done();
  expect(feed().state).toMatchObject({ rows: 20_000, changedMs: rollouts()[0]?.changedMs });
  expect(feed().state.staged).toBeUndefined();
  expect((await fleet.refresh()).outcome.kind).toBe('unchanged');
  server.text(addresses(20_010));
  expect((await fleet.refresh()).outcome).toMatchObject({ kind: 'taken', change: { added: 10 } });
  expect(await fleet.rows()).toHaveLength(20_010);
});

test('faults row 181: what was undone is held, not tried again by itself, and by an operator it is', async () => {
  server.text(addresses(100));
  await fleet.add(server.url);
  const { goodMs } = feed().state;
  server.text(addresses(120, 5));
  expect((await fleet.refresh()).outcome.kind).toBe('staged');
  expect(feed().state.goodMs).toBe(goodMs);
  await abort();
  const why = [expect.stringMatching(/was aborted \(too many\): fleetblock feed refresh test tries it again/)];
  expect(feed().state.held).toMatchObject({ rows: 120, why });
  await due();
  await due();
  expect(rollouts()).toHaveLength(1);
  expect(feed().state.held).toMatchObject({ rows: 120, why });
  await expect(fleet.refresh('test', true)).rejects.toThrow(/cannot be accepted: rollout .* was aborted/);
  expect((await fleet.refresh()).outcome.kind).toBe('staged');
  expect(rollouts()).toHaveLength(2);
  await abort();
  server.text(addresses(121, 5));
  await due();
  expect(rollouts()).toHaveLength(3);
  server.text(addresses(100));
  await abort();
  await due();
  expect(feed().state).toMatchObject({ error: '', rows: 100 });
  expect(feed().state.held).toBeUndefined();
});

test('faults row 182: what was undone is tried again by the next look when its server wants none now, without the hosts that were named', async () => {
  server.text(addresses(100));
  await fleet.add(server.url);
  server.text(addresses(120, 5));
  await fleet.refresh();
  await abort();
  server.answer = (_, response) => response.writeHead(429, { 'retry-after': '1800' }).end();
  await fleet.refresh();
  const token = {
    id: 't',
    secretHash: new Uint8Array(32),
    expiresMs: fleet.clock.wallMs() + 1e9,
    maxUses: 1,
    labels: {},
  };
  await fleet.store.createToken({ ...token, hostName: 'liar' }, { actor: 'admin/alice', reason: '' });
  const host = { hostId: 'c0ffee00-0000-4000-8000-000000000001', hostName: 'liar', labels: {}, from: '' };
  await fleet.store.enroll({ tokenId: 't', secretHash: token.secretHash, ...host });
  const again = { accept: false, dryRun: false, ignoreHosts: ['liar'] };
  expect((await fleet.controller.feeds.refresh('test', again, caller('operator'))).outcome).toMatchObject({
    kind: 'held',
    why: [expect.stringMatching(/^tried again by the next look: .* again in (29|30)m/)],
  });
  server.text(addresses(120, 5));
  await due();
  expect(rollouts()).toMatchObject([{ state: 'running', ignoreHosts: ['liar'] }, { state: 'aborted' }]);
  expect(feed().state.held).toBeUndefined();
});

test('rows that end are known again by what they say', async () => {
  const ending = (n: number) =>
    JSON.stringify(
      addresses(n)
        .trim()
        .split('\n')
        .map((value) => ({ duration: '4h', scope: 'ip', value })),
    );
  server.text(ending(100));
  await fleet.add(server.url);
  server.text(ending(200));
  expect((await fleet.refresh()).outcome.kind).toBe('staged');
  await abort();
  await due();
  expect(rollouts()).toHaveLength(1);
  expect(feed().state.held?.rows).toBe(200);
});

test('another list waits while one is on its way, and nobody can accept it', async () => {
  server.text(addresses(100));
  await fleet.add(server.url);
  server.text(addresses(120, 5));
  await fleet.refresh();
  server.text(addresses(10));
  expect((await fleet.refresh()).outcome).toMatchObject({
    kind: 'held',
    why: [expect.stringMatching(/rollout .* is running: its next change waits/)],
    shown: { kinds: [] },
  });
  await expect(fleet.refresh('test', true)).rejects.toThrow(/cannot be accepted/);
  await fleet.restart();
  await done();
  expect((await fleet.refresh()).outcome).toMatchObject({ kind: 'held', why: [expect.stringMatching(/shrank/)] });
});

test('a list that comes while the one before it becomes done is judged by that one', async () => {
  server.text(addresses(100));
  await fleet.add(server.url);
  server.text(addresses(120, 5));
  expect((await fleet.refresh()).outcome.kind).toBe('staged');
  let answer = () => {};
  server.answer = (_, response) => {
    answer = () => void response.end(addresses(20_000, 5));
  };
  const looking = fleet.refresh();
  await vi.waitFor(() => expect(server.requests).toHaveLength(3), { timeout: 30_000 });
  await done();
  answer();
  expect((await looking).outcome).toMatchObject({ kind: 'held', why: ['it grew from 120 to 20,000 entries'] });
  expect(feed().state).toMatchObject({ rows: 120 });
  expect(rollouts()).toHaveLength(1);
});

test.each(['pause', 'remove'] as const)('to %s a feed undoes what is on its way', async (order) => {
  server.text(addresses(100));
  await fleet.add(server.url);
  server.text(addresses(120, 5));
  await fleet.refresh();
  const feeds = () => fleet.controller.feeds;
  if (order === 'remove') await feeds().remove('test', true, caller('operator'), 'too wide');
  else await feeds().setPaused('test', true, caller('operator'), 'too wide');
  expect(rollouts()).toMatchObject([{ state: 'aborted', why: 'too wide' }]);
  expect((await fleet.store.lists()).map(({ name }) => name)).toEqual(['test']);
  expect(await fleet.rows()).toHaveLength(100);
  if (order === 'remove') return;
  await fleet.restart();
  await feeds().setPaused('test', false, caller('operator'), '');
  expect(feed().state.held).toBeUndefined();
  expect((await fleet.refresh()).outcome.kind).toBe('staged');
});

test('faults row 181: what was undone stays held when so many rollouts came after it that it is forgotten', async () => {
  server.text(addresses(100));
  await fleet.add(server.url);
  server.text(addresses(120, 5));
  await fleet.refresh();
  await abort();
  await due();
  await fleet.store.changeSettings({ deletes: rollouts().map(({ id: name }) => ({ kind: ROLLOUT, name })) });
  await due();
  await due();
  expect(rollouts()).toEqual([]);
  expect(feed().state.held).toMatchObject({ rows: 120, why: [expect.stringMatching(/was aborted/)] });
  expect((await fleet.refresh()).outcome.kind).toBe('staged');
});

test('faults row 181: what was undone stays held when its server says something else in between', async () => {
  server.text(addresses(100));
  await fleet.add(server.url);
  server.text(addresses(120, 5));
  await fleet.refresh();
  await abort();
  await due();
  // A cut list, which is held itself, and an answer that is none.
  server.text(addresses(10));
  await due();
  expect(feed().state.held).toMatchObject({ rows: 10 });
  server.answer = (_, response) => response.writeHead(500).end();
  await due();
  server.text(addresses(120, 5));
  await due();
  expect(feed().state.held).toMatchObject({ rows: 120, why: [expect.stringMatching(/undone|was aborted/)] });
  await due();
  expect(rollouts()).toHaveLength(1);
  expect((await fleet.refresh()).outcome.kind).toBe('staged');
});
