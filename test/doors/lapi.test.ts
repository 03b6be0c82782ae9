// The bouncer half of LAPI as its clients speak it: keys, filters, pulls, and answers that cannot be finished.
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packEntries } from '../../common/entries/packed.ts';
import type { ClientIdentity } from '../../common/rpc/channel.ts';
import { parsePrefix } from '../../common/text/prefix.ts';
import { ask, IDENTITY, OPERATOR, requestTo, send } from '../http/client.ts';
import { makeKey } from '../http/keys.ts';
import { type RunningFleet, servedOverHttp } from '../identity/running.ts';
import { until } from '../sync/fleet.ts';

let running: RunningFleet;
let admin: ClientIdentity;
let key: string;

beforeAll(async () => {
  ({ running, admin } = await servedOverHttp());
  key = await makeKey(running, { name: 'nginx', role: 'viewer' }, admin);
  await block(['203.0.113.7'], { origin: 'crowdsec', reason: 'ssh', ttlMs: '3600000' });
  await block(['203.0.113.7'], { reason: 'longer' });
  await block(['198.51.100.0/24', '2001:db8::/32']);
  await block(['192.0.2.77'], { target: { labels: 'env=prod' } });
  await block(['192.0.2.78'], { monitor: true });
  await block(['198.51.100.7'], { action: 'ACTION_ALLOW' });
});
afterAll(() => running.stop());

async function block(prefixes: readonly string[], more: object = {}): Promise<void> {
  const request = { prefixes, target: { allHosts: true }, ...more };
  const reply = await ask(running, `${OPERATOR}Block`, request, { identity: admin });
  if (reply.status !== 200) throw new Error(`${reply.body}`);
  await running.server.controller.turn();
}

const get = (path: string, headers: Record<string, string> = { 'x-api-key': key }, method = 'GET') =>
  send(running, path, '', { method, headers });

async function values(path: string): Promise<string[]> {
  const rows = (await get(path)).json();
  return (rows ?? []).map(({ value }: { value: string }) => value);
}

describe('who may', () => {
  it.each([
    ['no key', {}, 403],
    ['a bad key', { 'x-api-key': 'nonsense' }, 403],
    ['a viewer', undefined, 200],
  ])('%s: %s', async (_, headers, status) => {
    for (const path of ['/v1/decisions', '/v1/decisions/stream?startup=true']) {
      const reply = await get(path, headers);
      expect(reply.status).toBe(status);
      if (status !== 200) expect(reply.json().message).toContain('API key');
    }
  });
  it('a key that is revoked is refused from then on', async () => {
    const gone = await makeKey(running, { name: 'gone', role: 'viewer' }, admin);
    expect((await get('/v1/decisions', { 'x-api-key': gone })).status).toBe(200);
    await ask(running, `${IDENTITY}RevokeApiKey`, { name: 'gone' }, { identity: admin });
    expect((await get('/v1/decisions', { 'x-api-key': gone })).status).toBe(403);
  });
  it('only asks: nothing else is taken', async () => {
    expect((await get('/v1/decisions', undefined, 'DELETE')).status).toBe(405);
    expect((await get('/v1/alerts')).status).toBe(404);
  });
});

describe('what is served', () => {
  it('is what is dropped on every host, each value once and until its latest end, around what is allowed', async () => {
    const all = await values('/v1/decisions');
    expect(all).toContain('203.0.113.7');
    expect(all.filter((value) => value === '203.0.113.7')).toHaveLength(1);
    expect(all).toContain('2001:db8::/32');
    expect(all).toContain('198.51.100.128/25');
    expect(all).toContain('198.51.100.6');
    for (const not of ['198.51.100.0/24', '198.51.100.7', '192.0.2.77', '192.0.2.78']) expect(all).not.toContain(not);
  });
  it('has the fields of a decision', async () => {
    const [row] = (await get('/v1/decisions?ip=203.0.113.7')).json();
    expect(row).toEqual({
      ...{
        id: expect.any(Number),
        scope: 'Ip',
        type: 'ban',
        value: '203.0.113.7',
        origin: 'manual',
        scenario: 'longer',
      },
      duration: '87600h0m0s',
    });
    const [short] = (await get('/v1/decisions?ip=203.0.113.7&origins=crowdsec')).json();
    expect(short).toMatchObject({ origin: 'crowdsec', scenario: 'ssh', duration: expect.stringMatching(/^0h59m/) });
  });
  it.each([
    ['ip=198.51.100.9', ['198.51.100.0/24']],
    ['ip=198.51.100.7', []],
    ['ip=192.0.2.9', []],
    ['range=198.51.100.128/26', ['198.51.100.0/24']],
    ['range=203.0.113.0/24&contains=false', ['203.0.113.7']],
    ['value=203.0.113.7', ['203.0.113.7']],
    ['scopes=range&value=2001:db8::/32', ['2001:db8::/32']],
    ['scopes=ip&value=2001:db8::/32', []],
    ['type=captcha', []],
    ['origins=nobody', []],
  ])('%s', async (query, expected) => {
    expect(await values(`/v1/decisions?${query}`)).toEqual(expected);
    if (expected.length === 0) expect((await get(`/v1/decisions?${query}`)).body.toString()).toBe('null');
  });
  it('says what is wrong with a query', async () => {
    const reply = await get('/v1/decisions?ip=203.0.113');
    expect(reply.status).toBe(400);
    expect(reply.json().message).toMatch(/^ip: /);
  });
  it('HEAD has no body, and takes part in no pull', async () => {
    const reply = await get('/v1/decisions/stream?startup=true', undefined, 'HEAD');
    expect([reply.status, reply.body.length]).toEqual([200, 0]);
  });
  it('takes what bouncers report', async () => {
    const reply = await send(running, '/v1/usage-metrics', '{"remediation_components":[]}', {
      headers: { 'x-api-key': key },
    });
    expect(reply.status).toBe(201);
  });
});

describe('pulls', () => {
  it('say what changed, twice, and then nothing', async () => {
    const own = { 'x-api-key': await makeKey(running, { name: 'puller', role: 'viewer' }, admin) };
    const pull = async (startup = false) => (await get(`/v1/decisions/stream?startup=${startup}`, own)).json();
    expect((await pull(true)).new.length).toBeGreaterThan(3);
    expect(await pull()).toEqual({ deleted: [], new: [] });
    await block(['192.0.2.50']);
    await ask(running, `${OPERATOR}Unblock`, { prefixes: ['2001:db8::/32'] }, { identity: admin });
    await running.server.controller.turn();
    for (const _ of [1, 2])
      expect(await pull()).toMatchObject({ deleted: [{ value: '2001:db8::/32' }], new: [{ value: '192.0.2.50' }] });
    expect(await pull()).toEqual({ deleted: [], new: [] });
  });
  it('of a key that never pulled are everything', async () => {
    const own = { 'x-api-key': await makeKey(running, { name: 'late', role: 'viewer' }, admin) };
    const first = (await get('/v1/decisions/stream', own)).json();
    expect(first.new.length).toBeGreaterThan(3);
    expect((await get('/v1/decisions/stream', own)).json()).toEqual({ deleted: [], new: [] });
  });
  it('of a key that is revoked are forgotten', async () => {
    const { store } = running.server;
    const kept = async () => (await store.settings('bouncer')).map(({ name }) => name);
    const pullAs = async (name: string) => {
      const own = { 'x-api-key': await makeKey(running, { name, role: 'viewer' }, admin) };
      await get('/v1/decisions/stream?startup=true', own);
      await until(`${name} is kept`, async () => (await kept()).includes(`apikey/${name}`));
    };
    await pullAs('past');
    await ask(running, `${IDENTITY}RevokeApiKey`, { name: 'past' }, { identity: admin });
    await pullAs('present');
    expect(await kept()).not.toContain('apikey/past');
  });
  it('that are not finished are cut off, and count for nothing', async () => {
    const { store } = running.server;
    const secret = await makeKey(running, { name: 'cut', role: 'viewer' }, admin);
    const own = { 'x-api-key': secret };
    // More than sockets hold.
    const rows = packEntries(
      Array.from({ length: 100_000 }, (_, i) => {
        return {
          prefix: parsePrefix(`10.${77 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`),
          action: 'block',
          ttlMs: 0,
        } as const;
      }),
    );
    const list = { name: 'many', action: 'block', selector: { kind: 'all' }, actor: 'test', reason: '' } as const;
    await store.replaceList({ ...list, chunks: [rows], dryRun: false });
    await running.server.controller.turn();
    const sent = requestTo(running, '/v1/decisions/stream?startup=true', { method: 'GET', headers: own });
    sent.end();
    const [response] = await once(sent, 'response');
    // The key goes while its answer is on its way and not read.
    await ask(running, `${IDENTITY}RevokeApiKey`, { name: 'cut' }, { identity: admin });
    response.resume();
    response.on('error', () => {});
    await new Promise((resolve) => response.once('close', resolve));
    expect(response.complete).toBe(false);
    expect((await store.settings('bouncer')).map(({ name }) => name)).not.toContain('apikey/cut');
  });
});
