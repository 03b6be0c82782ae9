// A feed from its declaration to its end: fetched, put in force, left alone while nothing is new, kept across restarts.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { feedMetrics } from '../../controller/feeds/metrics.ts';
import { controllerMetrics } from '../../controller/server/metrics.ts';
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

test('what is the same again is taken again if its rows end', async () => {
  server.answer = (request, response) => {
    if (request.headers['if-none-match']) response.writeHead(304).end();
    else response.writeHead(200, { etag: '"1"' }).end('[{"duration":"4h","scope":"ip","value":"192.0.2.1"}]');
  };
  await fleet.add(server.url);
  expect((await fleet.refresh()).outcome).toMatchObject({ kind: 'taken', rows: 1 });
  expect(server.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined]);
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

test('a server that asks for a pause gets it, whoever asks, also after a restart', async () => {
  server.text(addresses(10));
  await fleet.add(server.url);
  server.answer = (_, response) => response.writeHead(429, { 'retry-after': '7200' }).end();
  expect((await fleet.refresh()).outcome).toMatchObject({ kind: 'failed', why: [expect.stringMatching(/429/)] });
  await expect(fleet.refresh()).rejects.toThrow(/does not want to be asked so soon: again in (1h59m|2h)/);
  fleet.clock.jump(3_600_000);
  await fleet.restart();
  await expect(fleet.refresh()).rejects.toThrow(/again in 59m/);
  expect(server.requests).toHaveLength(2);
  fleet.clock.jump(3_600_000);
  server.text(addresses(10));
  expect((await fleet.refresh()).outcome.kind).toBe('unchanged');
});

test('what is declared wrong is refused, and nothing is asked', async () => {
  const refused = (change: object, key = '') => expect(fleet.add(server.url, change, key)).rejects;
  await refused({ url: 'ftp://example.com/' }).toThrow(/http or https/);
  await refused({ url: 'https://me:secret@example.com/' }).toThrow(/--key-file/);
  await refused({ url: `${server.url}?key={key}` }).toThrow(/there is no key/);
  await refused({ name: 'No Name' }).toThrow(/cannot be a feed's name/);
  await refused({ everyMs: 1000 }).toThrow(/once per minute at most/);
  await refused({ format: 'xml' }).toThrow(/no form of a feed/);
  await refused({ format: 'plain', at: '/data/*/ip' }).toThrow(/no place in plain/);
  await refused({ keyHeader: 'Host' }, 'secret').toThrow(/no header that takes a key/);
  await refused({ keyHeader: 'X-Key', url: `${server.url}?key={key}` }, 'secret').toThrow(/leave out --key-header, or/);
  await refused({ format: 'crowdsec', keyHeader: 'X-Key' }, 'secret').toThrow(/takes its key as X-Api-Key/);
  await refused({ format: 'crowdsec', skipInvalid: 3 }, 'secret').toThrow(/leave out .*--skip-invalid/);
  await refused({}, 'two\nlines').toThrow(/a key is one line/);
  await expect(
    fleet.controller.feeds.add({ ...(await fleet.add(server.url)).feed, name: 'other' }, '', caller('operator'), false),
  ).rejects.toThrow(/only an admin/);
  await refused({}).toThrow(/there is a feed test/);
  expect(server.requests).toHaveLength(1);
});

test('a list for other hosts is not taken over; one for the same is, if it is alike', async () => {
  server.text(addresses(100));
  await fleet.add(server.url);
  await fleet.controller.feeds.remove('test', true, caller('operator'), '');
  await expect(fleet.add(server.url, { target: 'labels:env=prod' })).rejects.toThrow(/a list test for all/);
  server.text(addresses(30));
  expect((await fleet.add(server.url)).outcome).toMatchObject({ kind: 'held', why: [expect.stringMatching(/shrink/)] });
  expect(await fleet.rows()).toHaveLength(100);
  expect((await fleet.refresh('test', true)).outcome).toMatchObject({ kind: 'taken', change: { removed: 70 } });
});

test('its forms: a key in the URL, a column of CSV, a pointer into JSON, DShield', async () => {
  server.answer = (request, response) => {
    const lists: Readonly<Record<string, string>> = {
      '/csv?k=a%2Fb': 'id,addr\n1,192.0.2.1\n2,192.0.2.2\n',
      '/json': '{"data":[{"ip":"192.0.2.3"},{"ip":"192.0.2.4"}]}',
      '/dshield': '# DShield\n192.0.2.0\t192.0.2.255\t24\t1234\tname\tUS\tx@example.com\n',
    };
    response.end(lists[request.url ?? ''] ?? '<html>');
  };
  const url = (path: string) => `http://${server.host}${path}`;
  await fleet.add(url('/csv?k={key}'), { name: 'csv', format: 'csv', at: 'addr' }, 'a/b');
  await fleet.add(url('/json'), { name: 'json', at: '/data/*/ip', action: 'monitor' });
  await fleet.add(url('/dshield'), { name: 'dshield', format: 'dshield' });
  expect(await fleet.rows('csv')).toEqual(['192.0.2.1/32', '192.0.2.2/32']);
  expect(await fleet.rows('json')).toEqual(['192.0.2.3/32', '192.0.2.4/32']);
  expect(await fleet.rows('dshield')).toEqual(['192.0.2.0/24']);
  expect(fleet.controller.feeds.find('csv')).toMatchObject({ hasKey: true });
  expect(JSON.stringify(fleet.controller.feeds.list())).not.toContain('a/b');
  expect((await fleet.store.lists()).find(({ name }) => name === 'json')?.action).toBe('monitor');
});

test('metrics say how each feed is', async () => {
  server.text(addresses(10));
  await fleet.add(server.url);
  await fleet.add(`${server.url}?never`, { name: 'empty' });
  server.text('');
  await fleet.refresh('empty');
  const how = { caller: caller('admin'), reason: '', dryRun: false, waitMs: undefined };
  await fleet.controller.lists.remove('empty', how);
  server.answer = (_, response) => response.writeHead(500).end();
  await fleet.refresh();
  await fleet.refresh();
  const text = await controllerMetrics({
    connections: () => ({}),
    hosts: () => ({}),
    revision: () => 0n,
    rollouts: () => ({}),
    halts: () => 0,
    warnings: () => 0,
    diskFreeBytes: () => 0,
    metrics: feedMetrics(fleet.controller.feeds),
  }).metrics();
  expect(text).toContain('fleetblock_feed_entries{feed="test"} 10\n');
  expect(text).toContain('fleetblock_feed_entries{feed="empty"} 0\n');
  expect(text).toContain('fleetblock_feed_failures{feed="test"} 2\n');
  expect(text).toContain('fleetblock_feed_held{feed="test"} 0\n');
  expect(text).toContain('fleetblock_feed_held{feed="empty"} 1\n');
  const [, seconds] = /fleetblock_feed_last_success_timestamp_seconds\{feed="test"\} ([0-9.]+)/.exec(text) ?? [];
  expect(Math.abs(Number(seconds) - fleet.clock.wallMs() / 1000)).toBeLessThan(600);
});

test('a rehearsal says what the list has that is allowed, or shared by many, and changes nothing', async () => {
  await fleet.controller.changes.block({
    ...{ caller: caller('admin'), arrivedMs: fleet.clock.monotonicMs(), prefixes: ['20.0.0.0/31', '198.51.100.7'] },
    ...{ target: { kind: 'all' }, origin: '', action: 'allow', reason: '', ttlMs: 0, dryRun: false, force: false },
    ...{ confirmMs: 0, waitMs: undefined },
  });
  server.text(`${addresses(10)}198.51.100.0/24\n8.8.8.8\n104.17.0.1\n`);
  const { head } = fleet.store;
  const feed = { ...(await fleet.add(server.url, { name: 'other' })).feed, name: 'test' };
  expect(fleet.store.head).not.toBe(head);
  const { outcome } = await fleet.controller.feeds.add(feed, '', caller('admin'), true);
  expect(outcome.notes).toEqual([
    'read as plain',
    'it has what is allowed, and passes: 198.51.100.7/32, 20.0.0.0/32, 20.0.0.1/32',
    'it has addresses of services that many share: 8.8.8.8/32, 104.17.0.1/32',
  ]);
  expect(outcome).toMatchObject({ kind: 'taken', change: { added: 13 } });
  expect(fleet.controller.feeds.list().map(({ feed: { name } }) => name)).toEqual(['other']);
  expect((await fleet.store.lists()).map(({ name }) => name)).toEqual(['other']);
});

test('a list whose stages were undone is fetched again, although its server has nothing newer', async () => {
  const answer = (tag: string, body: string) => {
    server.answer = (request, response) => {
      if (request.headers['if-none-match'] === tag) response.writeHead(304).end();
      else response.writeHead(200, { etag: tag }).end(body);
    };
  };
  answer('"1"', addresses(100));
  await fleet.add(server.url);
  answer('"2"', addresses(120, 5));
  expect((await fleet.refresh()).outcome).toMatchObject({ kind: 'staged', rows: 120 });
  const [rollout] = fleet.controller.rollouts.list();
  await fleet.controller.rollouts.abort(rollout?.id ?? '', { caller: caller('admin'), reason: '' });
  expect(await fleet.rows()).toHaveLength(100);
  expect((await fleet.refresh()).outcome).toMatchObject({ kind: 'staged', rows: 120 });
  expect(server.requests.map(({ headers }) => headers['if-none-match'])).not.toContain('"2"');
});
