// External dynamic lists as firewalls fetch them: who may, forms, ETag, gzip; a million rows.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type PackedEntries, packEntries } from '../../common/entries/packed.ts';
import { createLogger } from '../../common/logger.ts';
import type { ClientIdentity } from '../../common/rpc/channel.ts';
import { parsePrefix } from '../../common/text/prefix.ts';
import { Bans } from '../../controller/operations/outlets/bans.ts';
import { EdlDoor } from '../../controller/server/doors/edl.ts';
import { HttpAdmission } from '../../controller/server/http/admission.ts';
import { send } from '../http/client.ts';
import { makeKey } from '../http/keys.ts';
import { type RunningFleet, servedOverHttp } from '../identity/running.ts';

let running: RunningFleet;
let admin: ClientIdentity;
let key: string;

beforeAll(async () => {
  ({ running, admin } = await servedOverHttp());
  key = await makeKey(running, { name: 'firewall', role: 'viewer' }, admin);
  await list('spam', ['203.0.113.0/24', '2001:db8::1']);
  await list('canary', ['198.51.100.9'], { kind: 'labels', terms: [{ key: 'env', operator: '=', value: 'canary' }] });
  await say('allow', '203.0.113.128/25');
  await say('block', '198.51.100.7');
});
afterAll(() => running.stop());

const all = { kind: 'all' } as const;
const by = { actor: 'test', reason: '' };

async function replace(name: string, rows: PackedEntries<'left'>, selector: typeof all | object = all): Promise<void> {
  const { store, controller } = running.server;
  const list = { name, action: 'block', selector: selector as typeof all, dryRun: false, ...by } as const;
  await store.replaceList({ ...list, chunks: [rows] });
  await controller.turn();
}

const list = (name: string, prefixes: readonly string[], selector: typeof all | object = all) =>
  replace(
    name,
    packEntries(prefixes.map((text) => ({ prefix: parsePrefix(text), action: 'block', ttlMs: 0 }))),
    selector,
  );

async function say(action: 'allow' | 'block', prefix: string): Promise<void> {
  const { store, controller } = running.server;
  const asked = {
    prefixes: [parsePrefix(prefix)],
    origin: 'manual',
    selector: all,
    action,
    expiresMs: 0,
    dryRun: false,
  };
  await store.addClaims({ ...asked, forced: false, ...by });
  await controller.turn();
}

const basic = (password: string) => `Basic ${Buffer.from(`any:${password}`).toString('base64')}`;
const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  send(running, path, '', { method, headers: { authorization: basic(key), ...headers } });
const lines = (body: Buffer) =>
  body
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .sort();

it('has what is dropped on every host, and of one list what no allow entry covers', async () => {
  const reply = await get('/edl/all.txt');
  expect([reply.status, reply.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
  expect(lines(reply.body)).toEqual(['198.51.100.7', '2001:db8::1', '203.0.113.0/25']);
  expect(lines((await get('/edl/spam.txt')).body)).toEqual(['2001:db8::1', '203.0.113.0/25']);
});

it.each([
  ['no key', { authorization: '' }, 401],
  ['a bad password', { authorization: basic('x') }, 401],
  ['a password that is a key', undefined, 200],
])('%s: %s', async (_, headers, status) => {
  const reply = await get('/edl/all.txt', headers);
  expect(reply.status).toBe(status);
  expect(reply.headers['www-authenticate']).toBe(status === 401 ? 'Basic realm="fleetblock"' : undefined);
});

it('takes a key as a bearer too', async () => {
  expect((await get('/edl/all.txt', { authorization: `Bearer ${key}` })).status).toBe(200);
});

it.each(['/edl/canary.txt', '/edl/none.txt', '/edl/all.csv', '/edl/../all.txt'])('%s is not there', async (path) => {
  expect((await get(path)).status).toBe(404);
});

it('a list without a row is empty, and one for some hosts alone is still none', async () => {
  await list('quiet', []);
  await list('elsewhere', [], { kind: 'labels', terms: [{ key: 'site', operator: '=', value: 'x' }] });
  const reply = await get('/edl/quiet.txt');
  expect([reply.status, lines(reply.body)]).toEqual([200, []]);
  expect((await get('/edl/elsewhere.txt')).status).toBe(404);
  await list('quiet', ['192.0.2.9']);
  expect(lines((await get('/edl/quiet.txt')).body)).toEqual(['192.0.2.9']);
  for (const name of ['quiet', 'elsewhere']) await running.server.store.removeList(name, by, false);
});

it('an ETag lasts as long as what the list says, and is that of gzip too', async () => {
  const first = await get('/edl/spam.txt');
  const etag = String(first.headers.etag);
  const again = await get('/edl/spam.txt', { 'if-none-match': etag });
  expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, etag]);
  const zipped = await get('/edl/spam.txt', { 'accept-encoding': 'gzip' });
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(zipped.body)).toEqual(first.body);
  expect((await get('/edl/spam.txt', { 'if-none-match': `W/${zipped.headers.etag}` })).status).toBe(304);
  // Something else changed.
  await say('block', '198.51.100.8');
  expect((await get('/edl/spam.txt', { 'if-none-match': etag })).status).toBe(304);
  expect((await get('/edl/all.txt', { 'if-none-match': etag })).status).toBe(200);
  await list('spam', ['203.0.113.0/24']);
  const changed = await get('/edl/spam.txt', { 'if-none-match': etag });
  expect([changed.status, lines(changed.body)]).toEqual([200, ['203.0.113.0/25']]);
});

it.each([
  ['gzip;q=0', undefined],
  ['gzip; q=0.000, identity', undefined],
  ['gzipped', undefined],
  ['deflate, gzip;q=0.05', 'gzip'],
  ['gzip;q=1.0, *;q=0', 'gzip'],
])('accept-encoding: %s', async (accepted, encoding) => {
  expect((await get('/edl/all.txt', { 'accept-encoding': accepted })).headers['content-encoding']).toBe(encoding);
});

it('a list may be named all', async () => {
  await list('all', ['192.0.2.5']);
  expect(lines((await get('/edl/list:all.txt')).body)).toEqual(['192.0.2.5']);
  expect(lines((await get('/edl/all.txt')).body)).toContain('198.51.100.7');
  await running.server.store.removeList('all', by, false);
  await running.server.controller.turn();
});

it('keeps nothing of a list that is gone', async () => {
  const { controller, store } = running.server;
  const bans = new Bans({ ...controller, store });
  const caller = { role: 'viewer', id: 'apikey/t', actor: 'apikey/t', serial: '', from: '' } as const;
  const admission = new HttpAdmission({ authorize: () => caller, watch: () => () => {} });
  const door = new EdlDoor({ ...controller, bans, log: createLogger('test', 'silent'), admission });
  const peer = { from: '', certificate: undefined, refusal: undefined, known: () => {}, cut: () => {} };
  const server = createServer((request, response) => door.at(request.url ?? '')?.serve(request, response, peer));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const ask = async (path: string) => {
    const { port } = server.address() as AddressInfo;
    expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(200);
  };
  await list('short', ['192.0.2.6']);
  await ask('/edl/short.txt');
  await ask('/edl/all.txt');
  expect(door.kept).toBe(2);
  await store.removeList('short', by, false);
  await controller.turn();
  await ask('/edl/all.txt');
  expect(door.kept).toBe(1);
});

it('HEAD says how long it is, and not what', async () => {
  const [head, whole] = [await get('/edl/all.txt', {}, 'HEAD'), await get('/edl/all.txt')];
  expect(head.headers['content-length']).toBe(`${whole.body.length}`);
  expect(head.body.length).toBe(0);
});

it('as a script for RouterOS: adds first, removes what is gone last', async () => {
  const text = (await get('/edl/all.rsc')).body.toString();
  const [v4 = '', v6 = ''] = text.split('/ipv6 firewall address-list\n');
  expect(v4).toMatch(/^\/ip firewall address-list\n/);
  expect(v4).toMatch(
    /:do \{ add list=fleetblock-all address=203\.0\.113\.0\/25 comment=(r\d+) \} on-error=\{ set \[find list=fleetblock-all address=203\.0\.113\.0\/25\] comment=\1 \}\n/,
  );
  for (const part of [v4, v6]) expect(part).toMatch(/\nremove \[find list=fleetblock-all comment!=r\d+\]\n$|^remove /);
});

it('a million rows come whole, once they are made, to all who ask', async () => {
  const count = 1_000_000;
  const addresses = new Uint8Array(count * 4);
  const view = new DataView(addresses.buffer);
  for (let row = 0; row < count; row++) view.setUint32(row * 4, 0x0b00_0000 + row * 3);
  const v4 = {
    count,
    addresses,
    lengths: new Uint8Array(count).fill(32),
    flags: new Uint8Array(count),
    timesMs: new Float64Array(0),
  };
  await replace('many', { v4, v6: packEntries([]).v6 });
  const [one, two] = await Promise.all([get('/edl/many.txt'), get('/edl/many.txt', { 'accept-encoding': 'gzip' })]);
  expect(one.body.toString().split('\n')).toHaveLength(count + 1);
  expect(gunzipSync(two.body).equals(one.body)).toBe(true);
  expect((await get('/edl/many.txt', { 'if-none-match': String(one.headers.etag) })).status).toBe(304);
});
