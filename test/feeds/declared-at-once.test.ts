// Calls on one feed at the same time, and calls that fail half-way: a feed is there or it is not, and nothing fetches that is not declared.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addresses, caller, FeedFleet, ListServer } from './fleet.ts';

let fleet: FeedFleet;
let server: ListServer;
beforeEach(async () => {
  fleet = await FeedFleet.start();
  server = await ListServer.start();
  server.text(addresses(10));
});
afterEach(async () => {
  vi.useRealTimers();
  await fleet.stop();
  await server.close();
});

const by = caller('operator');
const pause = (paused: boolean) => fleet.controller.feeds.setPaused('test', paused, by, '');
const remove = () => fleet.controller.feeds.remove('test', false, by, '');

/** Hours later: whatever has a timer asked the server by then. */
async function asksStill(): Promise<boolean> {
  const before = server.requests.length;
  fleet.clock.jump(4 * 3_600_000);
  await vi.advanceTimersByTimeAsync(3 * 3_600_000);
  // A request that was sent arrives with those of a server that was asked after it.
  await fetch(server.url);
  await fetch(server.url);
  return server.requests.length > before + 2;
}

test('two that resume at once leave one feed, and nothing of it after its removal', async () => {
  await fleet.add(server.url);
  await pause(true);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await Promise.all([pause(false), pause(false)]);
  await remove();
  expect(await asksStill()).toBe(false);
});

test('of two that add a feed at once one does', async () => {
  const added = await Promise.allSettled([fleet.add(server.url), fleet.add(`${server.url}?other`)]);
  expect(added.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(server.requests.map(({ url }) => url)).toEqual(['/list.txt']);
});

test('paused and removed at once, it is removed', async () => {
  await fleet.add(server.url);
  await Promise.allSettled([pause(true), remove()]);
  expect(fleet.controller.feeds.list()).toEqual([]);
  await fleet.restart();
  expect(fleet.controller.feeds.list()).toEqual([]);
});

test('a removal that fails leaves the feed as it was, and it is removed when that is over', async () => {
  await fleet.add(server.url);
  fleet.controller.hub.quarantine.enter('host1', 'it has a newer revision');
  await expect(remove()).rejects.toThrow(/quarantine/);
  expect((await fleet.refresh()).outcome.kind).toBe('unchanged');
  fleet.controller.hub.quarantine.release('host1');
  const full = vi.spyOn(fleet.store, 'removeList').mockRejectedValueOnce(new Error('the disk is full'));
  await expect(remove()).rejects.toThrow(/disk is full/);
  full.mockRestore();
  expect((await fleet.refresh()).outcome.kind).toBe('unchanged');
  expect(await fleet.audit()).not.toContain('operator/alice feed.remove');
  await fleet.restart();
  expect(fleet.controller.feeds.list()).toHaveLength(1);
  expect(await remove()).toMatchObject({ removed: 10 });
});

test('faults row 183: a feed that cannot be read keeps nobody from starting, and can be removed', async () => {
  await fleet.add(server.url);
  await fleet.add(server.url, { name: 'other' });
  await fleet.store.changeSettings({ sets: [{ kind: 'feed', name: 'test', body: '{"name":"test","action":"drop"}' }] });
  await fleet.restart();
  const { feeds } = fleet.controller;
  expect(feeds.list().map(({ feed: { name } }) => name)).toEqual(['other']);
  const text =
    'feed test cannot be read, and is not at work: fleetblock feed rm test --keep-list, and declare it again';
  expect(fleet.controller.warnings()).toEqual([text]);
  await expect(fleet.refresh()).rejects.toThrow(text);
  await expect(fleet.add(server.url)).rejects.toThrow('fleetblock feed rm test --keep-list first');
  await feeds.remove('test', true, by, '');
  expect(fleet.controller.warnings()).toEqual([]);
  expect(await fleet.rows()).toHaveLength(10);
  expect((await fleet.add(server.url)).outcome.kind).toBe('taken');
});
