// A feed from its declaration to its end: fetched, put in force, left alone while nothing is new, kept across restarts.
import { afterEach, beforeEach, expect, test } from 'vitest';
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

test('what is fetched is the list of its name, by the feed itself', async () => {
  server.text('192.0.2.1\n198.51.100.0/24 # a net\n2001:db8::/32\n');
  const { outcome, state } = await fleet.add(server.url);
  expect(outcome).toMatchObject({ kind: 'taken', rows: 3, change: { added: 3, removed: 0 } });
  expect(state).toMatchObject({ rows: 3, error: '', failures: 0 });
  expect(await fleet.rows()).toEqual(['192.0.2.1/32', '198.51.100.0/24', '2001:db8::/32']);
  expect(await fleet.audit()).toEqual(['admin/alice feed.add', 'feed/test import', 'feed/test result']);
  server.text('192.0.2.2\n198.51.100.0/24\n');
  expect((await fleet.refresh()).outcome).toMatchObject({ kind: 'taken', change: { added: 1, removed: 2 } });
  expect(await fleet.rows()).toEqual(['192.0.2.2/32', '198.51.100.0/24']);
});

test('a 304, or the same again, makes no revision and no record, also after a restart', async () => {
  server.answer = (request, response) => {
    if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end();
    else response.writeHead(200, { etag: '"1"' }).end(addresses(100));
  };
  await fleet.add(server.url);
  const [head, records] = [fleet.store.head, await fleet.audit()];
  expect((await fleet.refresh()).outcome.kind).toBe('unchanged');
  await fleet.restart();
  expect((await fleet.refresh()).outcome.kind).toBe('unchanged');
  expect(server.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"', '"1"']);
  server.text(addresses(100));
  expect((await fleet.refresh()).outcome.kind).toBe('unchanged');
  expect([fleet.store.head, await fleet.audit()]).toEqual([head, records]);
  expect(await fleet.rows()).toHaveLength(100);
});

test('a list that somebody else changed is fetched whole', async () => {
  server.answer = (request, response) => {
    if (request.headers['if-none-match']) response.writeHead(304).end();
    else response.writeHead(200, { etag: '"1"' }).end(addresses(20));
  };
  await fleet.add(server.url);
  fleet.clock.jump(1000);
  await fleet.controller.lists.remove('test', {
    caller: caller('admin'),
    reason: '',
    dryRun: false,
    waitMs: undefined,
  });
  expect(await fleet.controller.feeds.find('test').state.rows).toBe(20);
  expect((await fleet.refresh()).outcome).toMatchObject({ kind: 'taken', change: { added: 20 } });
});

test('what is due is fetched without being asked for, and what is paused is not', async () => {
  server.text(addresses(10));
  await fleet.add(server.url, { everyMs: 60_000 });
  await fleet.controller.feeds.setPaused('test', true, caller('operator'), '');
  fleet.clock.jump(120_000);
  server.text(addresses(12));
  await fleet.restart();
  expect(server.requests).toHaveLength(1);
  await fleet.controller.feeds.setPaused('test', false, caller('operator'), '');
  await expect.poll(() => fleet.rows(), { timeout: 30_000 }).toHaveLength(12);
});

test('a removed feed takes its list along, unless that is to stay', async () => {
  server.text(addresses(10));
  await fleet.add(server.url);
  await fleet.add(server.url, { name: 'kept' });
  await fleet.controller.feeds.remove('kept', true, caller('operator'), '');
  expect(await fleet.controller.feeds.remove('test', false, caller('operator'), '')).toMatchObject({ removed: 10 });
  await fleet.restart();
  expect(fleet.controller.feeds.list()).toEqual([]);
  expect((await fleet.store.lists()).map(({ name }) => name)).toEqual(['kept']);
});
