// Servers as they should not be: whatever they do, the list that is in force stays, and the feed says what is wrong.
import type { RequestListener, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addresses, FeedFleet, ListServer } from './fleet.ts';

let fleet: FeedFleet;
let server: ListServer;
beforeAll(async () => {
  fleet = await FeedFleet.start();
  server = await ListServer.start();
});
afterAll(async () => {
  await fleet.stop();
  await server.close();
});

type Kind = 'failed' | 'held';
const GOOD = addresses(2000);
const text = (body: string | Buffer, headers: Readonly<Record<string, string>> = {}): RequestListener => {
  return (_, response) => response.writeHead(200, headers).end(body);
};
/** Bytes on the wire, and the end of the connection. */
const raw = (...lines: readonly string[]): RequestListener => {
  return (_, response) => response.socket?.end(lines.join('\r\n'));
};
const status = (code: number, headers: Readonly<Record<string, string>> = {}): RequestListener => {
  return (_, response) => response.writeHead(code, headers).end(GOOD);
};
function cut(response: ServerResponse, body: string | Buffer): void {
  response.write(body, () => response.socket?.destroy());
}
const damaged = Buffer.from(gzipSync(GOOD));
damaged.writeUInt32LE(7, damaged.length - 4);
const spamhaus = (rows: number, records = rows) =>
  `${Array.from({ length: rows }, (_, i) => JSON.stringify({ cidr: `20.0.${i}.0/24` })).join('\n')}\n${JSON.stringify({ type: 'metadata', records })}\n`;

const MISBEHAVIOUR: readonly (readonly [string, Kind, RegExp, RequestListener])[] = [
  ['breaks the connection', 'failed', /socket hang up|ECONNRESET/, (_, response) => response.destroy()],
  ['speaks no HTTP', 'failed', /Parse Error/, raw('220 mail.example ESMTP', '', '')],
  [
    'sends less than it announced',
    'failed',
    /cut it off after \d+ bytes/,
    (_, response) => cut(response.writeHead(200, { 'content-length': String(GOOD.length) }), GOOD.slice(0, 20_000)),
  ],
  [
    'ends in the middle of a chunk',
    'failed',
    /cut it off after \d+ bytes/,
    (_, response) => cut(response.writeHead(200), GOOD.slice(0, 20_000)),
  ],
  [
    'is cut off where nothing says how long it is',
    'held',
    /shrank from 2,000 to 1,\d\d\d entries, and its server does not say where it ends/,
    raw('HTTP/1.0 200 OK', '', GOOD.slice(0, 17_500)),
  ],
  ['says that it is gzip, and is not', 'failed', /it is not/, text(GOOD, { 'content-encoding': 'gzip' })],
  [
    'sends a truncated archive',
    'failed',
    /cannot be unpacked: unexpected end of file/,
    text(gzipSync(GOOD).subarray(0, -100), { 'content-encoding': 'gzip' }),
  ],
  ['sends an archive with a wrong trailer', 'failed', /cannot be unpacked: incorrect length check/, text(damaged)],
  ['sends an archive that is a bomb', 'failed', /over 256 MiB/, text(gzipSync(Buffer.alloc(300 * 1024 * 1024, 10)))],
  ['packs by what was not asked for', 'failed', /packed by br/, text(GOOD, { 'content-encoding': 'br' })],
  ['answers 404', 'failed', /answered 404 Not Found/, status(404)],
  ['answers 500', 'failed', /answered 500/, status(500)],
  ['answers 204', 'failed', /answered 204/, status(204)],
  ['answers 206, a part', 'failed', /answered 206/, status(206, { 'content-range': 'bytes 0-1/2' })],
  ['answers 304 unasked', 'failed', /answered 304/, status(304)],
  ['answers 200 with a page of HTML', 'failed', /a page of HTML/, text('<!DOCTYPE html><title>Log in</title>')],
  ['answers 200 with an error in JSON', 'failed', /error page of an API/, text('{"success":false,"error":"limit"}')],
  ['answers 200 with a sentence', 'failed', /line 1: there is text after "You"/, text('You have reached your limit\n')],
  ['has a bad row', 'failed', /line 2001: .*leading zeros/, text(`${GOOD}010.0.0.1\n`)],
  ['is empty', 'held', /it is empty, and had 2,000 entries/, text('')],
  ['has comments alone', 'held', /it is empty/, text('# nothing today\n')],
  ['has lost half of its rows', 'held', /shrank from 2,000 to 900 entries/, text(addresses(900))],
  ['has grown a hundredfold', 'held', /grew from 2,000 to 200,000 entries/, text(addresses(200_000))],
  [
    'covers half of all addresses',
    'held',
    /covers .* times as many IPv4 addresses/,
    text(`${GOOD}${Array.from({ length: 128 }, (_, i) => `${i + 64}.0.0.0/8\n`).join('')}`),
  ],
  ['has an address that the guard protects', 'held', /127\.0\.0\.1\/32 covers loopback/, text(`${GOOD}127.0.0.1\n`)],
  ['redirects in circles', 'failed', /redirects more than 5 times/, status(302, { location: '/again' })],
  ['redirects to nowhere', 'failed', /redirects to nowhere/, status(301)],
  ['redirects to a file', 'failed', /redirects to nowhere/, status(302, { location: 'file:///etc/passwd' })],
  [
    'lacks rows that its end counts',
    'failed',
    /it says that there are 5 records, but 3 were read/,
    text(spamhaus(3, 5)),
  ],
  ['is a zip archive', 'failed', /zip archive/, text(Buffer.from('PK\x03\x04 list'))],
  ['is UTF-16', 'failed', /UTF-16/, text(Buffer.from(`\ufeff${GOOD}`, 'utf16le'))],
  [
    'has a header that is too long',
    'failed',
    /Header overflow|ECONNRESET/,
    text(GOOD, { 'x-long': 'a'.repeat(100_000) }),
  ],
];

test.each(MISBEHAVIOUR.map((row, i) => [`case${i}`, ...row] as const))(
  '%s: a server that %s: %s',
  async (name, _, kind, why, answer) => {
    server.text(GOOD);
    expect((await fleet.add(server.url, { name })).outcome.kind).toBe('taken');
    const { head } = fleet.store;
    server.answer = answer;
    const { outcome, state } = await fleet.refresh(name);
    expect(outcome.why.join('; ')).toMatch(why);
    expect(outcome.kind).toBe(kind);
    expect(kind === 'held' ? state.held?.why.join('; ') : state.error).toMatch(why);
    expect(state).toMatchObject({ rows: 2000, failures: kind === 'failed' ? 1 : 0 });
    expect(fleet.store.head).toBe(head);
    expect(await fleet.rows(name)).toHaveLength(2000);
  },
);

test('all of that is remembered, and over as soon as the server is well again', async () => {
  const states = () => fleet.controller.feeds.list().map(({ state }) => state);
  const before = states();
  await fleet.restart();
  expect(states()).toEqual(before);
  server.text(GOOD);
  for (const { feed } of fleet.controller.feeds.list())
    expect((await fleet.refresh(feed.name)).outcome.kind, feed.name).toBe('unchanged');
  for (const state of states()) {
    expect(state).toMatchObject({ error: '', failures: 0 });
    expect(state.held).toBeUndefined();
  }
});

test('a Spamhaus list without its end was cut off', async () => {
  server.text(spamhaus(5));
  expect((await fleet.add(server.url, { name: 'spamhaus', format: 'spamhaus' })).outcome).toMatchObject({
    kind: 'taken',
    rows: 5,
  });
  server.text(spamhaus(5).split('\n').slice(0, 4).join('\n'));
  expect((await fleet.refresh('spamhaus')).outcome.why).toEqual([
    expect.stringMatching(/number of its rows: it was cut off/),
  ]);
  expect(await fleet.rows('spamhaus')).toHaveLength(5);
});

test('what is accepted is what was shown: not as many rows that are wider', async () => {
  server.text(GOOD);
  await fleet.add(server.url, { name: 'shown' });
  server.text(addresses(900));
  await fleet.refresh('shown');
  server.text(Array.from({ length: 900 }, (_, i) => `20.${i >> 8}.${i & 255}.0/24\n`).join(''));
  expect((await fleet.refresh('shown', true)).outcome).toMatchObject({ kind: 'held', rows: 900 });
  expect(await fleet.rows('shown')).toHaveLength(2000);
  expect((await fleet.refresh('shown', true)).outcome).toMatchObject({ kind: 'staged', rows: 900 });
});

test('a LAPI may end what it likes and decide as often as it likes, but not widen it unseen', async () => {
  const says = (...values: readonly string[]) => {
    const row = (value: string, id: number) => ({ id, value, type: 'ban', scope: 'Range', duration: '4h' });
    server.text(JSON.stringify({ new: values.map(row), deleted: [] }));
  };
  const narrow = Array.from({ length: 10 }, (_, i) => `20.0.0.${i}/32`);
  says(...narrow);
  await fleet.add(server.url, { name: 'lapi', format: 'crowdsec' }, 'key');
  const many = Array.from({ length: 20_000 }, (_, i) => `20.1.${i >> 8}.${i & 255}/32`);
  says(...many);
  expect((await fleet.refresh('lapi')).outcome.kind).toBe('taken');
  says(...many, '20.64.0.0/10');
  expect((await fleet.refresh('lapi')).outcome).toMatchObject({
    kind: 'held',
    why: [expect.stringMatching(/times as many IPv4 addresses/)],
  });
  expect((await fleet.rows('lapi')).length).toBeGreaterThanOrEqual(19_990);
});

test('while the controller is in quarantine a new list fails, and is not held', async () => {
  server.text(GOOD);
  await fleet.add(server.url, { name: 'closed' });
  fleet.controller.hub.quarantine.enter('host1', 'it has a newer revision');
  server.text(addresses(2001));
  expect((await fleet.refresh('closed')).outcome).toMatchObject({
    kind: 'failed',
    why: [expect.stringMatching(/quarantine/)],
  });
  fleet.controller.hub.quarantine.release('host1');
});

test('what is held is taken when an operator has seen it, and only that', async () => {
  server.text(GOOD);
  await fleet.add(server.url);
  await expect(fleet.refresh('test', true)).rejects.toThrow(/nothing of feed test is held/);
  server.text(addresses(900));
  await fleet.refresh();
  server.text(addresses(10));
  expect((await fleet.refresh('test', true)).outcome).toMatchObject({ kind: 'held', rows: 10 });
  server.text(addresses(11));
  expect((await fleet.refresh('test', true)).outcome).toMatchObject({ kind: 'taken', change: { removed: 1989 } });
  expect(await fleet.audit()).toContain('operator/alice feed.accept');
  expect(await fleet.rows()).toHaveLength(11);
});
