// Webhooks: who is believed, what of a body is reported, and that nothing comes past the policy, the guard and the allowlist.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClientIdentity } from '../../common/rpc/channel.ts';
import { formatPrefix, parsePrefix } from '../../common/text/prefix.ts';
import { parseSelector } from '../../common/text/selector.ts';
import type { NewHook } from '../../controller/hooks/hooks.ts';
import { ask, send } from '../http/client.ts';
import { type RunningFleet, servedOverHttp } from '../identity/running.ts';
import { now, post, SECRET, SIGNED, textOf } from './signed.ts';

const BY = { actor: 'admin/alice', reason: '' };
const HOUR = 3_600_000;
const HOOK: NewHook = {
  name: 'siem',
  scheme: 'standard',
  rows: '',
  address: '/ip',
  duration: '/for',
  reason: '/why',
  unbanIf: '/verb=unban',
};
const POLICY = { pattern: 'hook:*', scope: 'fleet', maxDurationMs: HOUR, maxClaims: 20, rate: 1_000_000, quorum: 1 };

let running: RunningFleet;
let admin: ClientIdentity;
/** Unix seconds. */
let begunAt: number;
beforeAll(async () => {
  begunAt = now();
  ({ running, admin } = await servedOverHttp());
  const { store } = running.server;
  const add = { ...BY, selector: parseSelector('all'), expiresMs: 0, dryRun: false, origin: 'manual' };
  await store.addClaims({ ...add, prefixes: [parsePrefix('192.0.2.0/28')], action: 'allow' });
  await store.addClaims({ ...add, prefixes: [parsePrefix('198.51.100.1')], action: 'block' });
});
afterAll(() => running?.stop());

const controller = () => running.server.controller;
const declare = (more: Partial<NewHook> = {}, secret = SECRET) =>
  controller().hooks.add({ ...HOOK, ...more }, secret, true, BY);

beforeEach(async () => {
  for (const { policy } of controller().detectors.policies.list())
    if (policy.scope !== 'none') await controller().detectors.policies.remove(policy.pattern, BY);
  await controller().detectors.policies.set(POLICY, BY);
  for (const { hook } of controller().hooks.list()) await controller().hooks.remove(hook.name, BY);
  await declare();
  const rows = (await claims('hook:siem')).map(({ prefix }) => ({ ip: prefix, verb: 'unban' }));
  await post(running, 'siem', rows);
});

async function claims(origin?: string) {
  const found: { prefix: string; actor: string; reason: string; expiresMs: number }[] = [];
  for await (const batch of running.server.store.claims(origin === undefined ? {} : { origin }))
    for (const { prefix, actor, reason, expiresMs } of batch)
      found.push({ prefix: formatPrefix(prefix), actor, reason, expiresMs });
  return found;
}
const blocked = async () => (await claims('hook:siem')).map(({ prefix }) => prefix).sort();

describe('who is believed', () => {
  it.each(['standard', 'grafana', 'github', 'bearer'] as const)('%s: a good secret, and no other', async (scheme) => {
    await declare({ scheme });
    const body = textOf({ ip: '203.0.113.7' });
    for (const [headers, status] of [
      [SIGNED[scheme](body), 200],
      [SIGNED[scheme](body, { key: `${SECRET}x` }), 401],
      [{}, 401],
      [Object.fromEntries(Object.keys(SIGNED[scheme](body)).map((name) => [name, 'x'])), 401],
    ] as const)
      expect((await post(running, 'siem', body, headers)).status).toBe(status);
    if (scheme === 'bearer') return;
    const changed = textOf({ ip: '203.0.113.8' });
    expect((await post(running, 'siem', changed, SIGNED[scheme](body))).status).toBe(401);
    expect(await blocked()).toEqual(['203.0.113.7/32']);
  });

  it('another scheme than the declared one is not taken', async () => {
    const body = textOf({ ip: '203.0.113.7' });
    for (const scheme of ['grafana', 'github', 'bearer'] as const)
      expect((await post(running, 'siem', body, SIGNED[scheme](body))).status).toBe(401);
  });

  it('says the same of a webhook that is not there, of a bad secret and of an old signature', async () => {
    const body = textOf({ ip: '203.0.113.7' });
    const answers = [
      await post(running, 'nobody', body),
      await post(running, 'siem', body, SIGNED.standard(body, { key: `${SECRET}x` })),
      await post(running, 'siem', body, SIGNED.standard(body, { at: now() - 301 })),
      await post(running, 'siem', body, SIGNED.standard(body, { at: now() + 1000 })),
      await post(running, '%00', body),
    ];
    for (const { status, body: text, headers } of answers) {
      expect(status).toBe(401);
      expect(text).toEqual(answers[0]?.body);
      expect(Object.keys(headers)).toEqual(Object.keys(answers[0]?.headers ?? {}));
    }
    expect(await blocked()).toEqual([]);
  });

  it('two secrets while the sender gets the new one, and keys in base64', async () => {
    const key = `whsec_${Buffer.from('twenty-four bytes of key').toString('base64')}`;
    await declare({}, `${SECRET}\n${key}\n`);
    const body = textOf({ ip: '203.0.113.7' });
    for (const each of [SECRET, key])
      expect((await post(running, 'siem', body, SIGNED.standard(body, { key: each }))).status).toBe(200);
    await declare({}, key);
    expect((await post(running, 'siem', body)).status).toBe(401);
  });

  it('several signatures in one header: one of them is enough', async () => {
    const body = textOf({ ip: '203.0.113.7' });
    const headers = SIGNED.standard(body);
    const signature = `v1,AAAA v1a,BBBB ${headers['webhook-signature']}`;
    expect((await post(running, 'siem', body, { ...headers, 'webhook-signature': signature })).status).toBe(200);
  });

  it('what was signed before the controller began is asked for again', async () => {
    const body = textOf({ ip: '203.0.113.7' });
    const reply = await post(running, 'siem', body, SIGNED.standard(body, { at: begunAt - 2 }));
    expect({ status: reply.status, wait: Number(reply.headers['retry-after']) > 0 }).toEqual({
      status: 503,
      wait: true,
    });
    expect(await blocked()).toEqual([]);
  });
});

describe('a request that comes again', () => {
  it.each(['standard', 'grafana'] as const)('%s: is done once', async (scheme) => {
    await declare({ scheme });
    const [ban, unban] = [textOf({ ip: '203.0.113.7' }), textOf({ ip: '203.0.113.7', verb: 'unban' })];
    const headers = SIGNED[scheme](ban);
    expect((await post(running, 'siem', ban, headers)).status).toBe(200);
    expect((await post(running, 'siem', unban, SIGNED[scheme](unban))).status).toBe(200);
    const again = await post(running, 'siem', ban, headers);
    expect({ status: again.status, body: again.json() }).toEqual({ status: 200, body: { replayed: true } });
    expect(await blocked()).toEqual([]);
  });

  it('several at once are done once', async () => {
    const body = textOf({ ip: '203.0.113.7' });
    const headers = SIGNED.standard(body);
    const replies = await Promise.all(Array.from({ length: 5 }, () => post(running, 'siem', body, headers)));
    expect(replies.map((reply) => reply.json().replayed ?? false).sort()).toEqual([false, true, true, true, true]);
  });

  it('without a time: the ban ends later at most', async () => {
    await declare({ scheme: 'github' });
    const body = textOf({ ip: '203.0.113.7', for: 60 });
    const ends = [];
    for (let i = 0; i < 2; i++) {
      expect((await post(running, 'siem', body, SIGNED.github(body))).status).toBe(200);
      const [claim, ...more] = await claims('hook:siem');
      expect(more).toEqual([]);
      ends.push(claim?.expiresMs ?? 0);
    }
    expect(ends[1]).toBeGreaterThanOrEqual(ends[0] ?? 0);
  });

  it('is not remembered when it failed', async () => {
    await controller().detectors.policies.set({ ...POLICY, rate: 1 }, BY);
    const body = textOf({ ip: '203.0.113.7' });
    expect((await post(running, 'siem', [{ ip: '203.0.113.1' }])).status).toBe(200);
    const headers = SIGNED.standard(body);
    const reply = await post(running, 'siem', body, headers);
    expect({ status: reply.status, wait: Number(reply.headers['retry-after']) > 0 }).toEqual({
      status: 429,
      wait: true,
    });
    await controller().detectors.policies.set(POLICY, BY);
    expect((await post(running, 'siem', body, headers)).json().rows).toHaveLength(1);
    expect(await blocked()).toContain('203.0.113.7/32');
  });
});

describe('what is reported', () => {
  it('each row by itself: an address, how long, why, and whether it is over', async () => {
    const start = Date.now();
    const reply = await post(running, 'siem', [
      { ip: '203.0.113.7', for: 60, why: 'scan\nof ports' },
      { ip: '2001:DB8::7', for: '10m' },
      { ip: '203.0.113.8', for: '99h' },
      { ip: '203.0.113.9', for: null },
      { ip: '203.0.113.0/24' },
      { ip: ['203.0.113.10'] },
      { ip: '203.0.113.11', for: 'soon' },
      { ip: '203.0.113.12', verb: 'unban' },
      {},
      'text',
    ]);
    expect(reply.status).toBe(200);
    const taken = { verb: 'ban', result: 'taken' };
    expect(reply.json().rows).toEqual([
      { address: '203.0.113.7', ...taken },
      { address: '2001:db8::7', ...taken },
      { address: '203.0.113.8', ...taken },
      { address: '203.0.113.9', ...taken },
      { address: '203.0.113.0/24', verb: 'ban', result: 'refused', reason: expect.stringContaining('is a range') },
      { result: 'refused', reason: 'no address stands at /ip' },
      { result: 'refused', reason: expect.stringContaining('is not a duration') },
      { address: '203.0.113.12', verb: 'unban', result: 'taken' },
      { result: 'refused', reason: 'no address stands at /ip' },
      { result: 'refused', reason: 'no address stands at /ip' },
    ]);
    const found = Object.fromEntries((await claims('hook:siem')).map(({ prefix, ...each }) => [prefix, each]));
    expect(Object.keys(found)).toHaveLength(4);
    expect(found['203.0.113.7/32']).toMatchObject({ actor: 'hook/siem', reason: 'hook:siem: scan of ports' });
    expect(found['203.0.113.8/32']?.reason).toBe('hook:siem: reported by a webhook');
    for (const [prefix, ms] of [
      ['203.0.113.7/32', 60_000],
      ['2001:db8::7/128', 600_000],
      ['203.0.113.8/32', HOUR],
      ['203.0.113.9/32', HOUR],
    ] as const) {
      const lifeMs = (found[prefix]?.expiresMs ?? 0) - start;
      expect({ prefix, near: lifeMs >= ms && lifeMs < ms + 30_000 }).toEqual({ prefix, near: true });
    }
  });

  it('an address in several rows: a ban counts before an unban, and the longest time', async () => {
    const start = Date.now();
    const reply = await post(running, 'siem', [
      { ip: '203.0.113.7', verb: 'unban' },
      { ip: '203.0.113.7', for: 60 },
      { ip: ' 203.0.113.7/32', for: 600 },
    ]);
    expect(reply.json().rows.map(({ verb }: { verb: string }) => verb)).toEqual(['ban', 'ban', 'ban']);
    const [claim, ...more] = await claims('hook:siem');
    expect(more).toEqual([]);
    expect(claim?.expiresMs).toBeGreaterThan(start + 500_000);
  });

  it('bans and unbans of one request are one change', async () => {
    await post(running, 'siem', [{ ip: '203.0.113.7' }]);
    const before = running.server.store.head;
    await post(running, 'siem', [{ ip: '203.0.113.7', verb: 'unban' }, { ip: '203.0.113.8' }]);
    expect(running.server.store.head).toBe(before + 1n);
    expect(await blocked()).toEqual(['203.0.113.8/32']);
  });

  it('what Alertmanager sends', async () => {
    await declare({
      ...{ scheme: 'bearer', rows: '/alerts', address: '/labels/source_ip' },
      ...{ duration: '2h', reason: '/annotations/summary', unbanIf: '/status=resolved' },
    });
    const alert = (status: string) => ({
      status,
      labels: { alertname: 'Scan', source_ip: '203.0.113.7' },
      annotations: { summary: 'scans ports' },
    });
    const send = (status: string) => {
      const body = textOf({ version: '4', status, receiver: 'fleetblock', alerts: [alert(status)] });
      return post(running, 'siem', body, SIGNED.bearer(body));
    };
    expect((await send('firing')).status).toBe(200);
    expect(await claims('hook:siem')).toMatchObject([{ prefix: '203.0.113.7/32', reason: 'hook:siem: scans ports' }]);
    expect((await send('resolved')).json().rows).toMatchObject([{ verb: 'unban', result: 'taken' }]);
    expect(await blocked()).toEqual([]);
  });

  it.each([
    ['no JSON', '{', /not JSON/],
    ['one key twice', '{"ip":"203.0.113.7","ip":"203.0.113.8"}', /twice/],
    ['1,001 rows', Array.from({ length: 1001 }, () => ({ ip: '203.0.113.7' })), /at most 1000/],
    ['nothing where rows are', null, /nothing stands/],
  ])('%s is refused as a whole', async (_what, body, message) => {
    const reply = await post(running, 'siem', body);
    expect({ status: reply.status, message: reply.json().message }).toEqual({
      status: 422,
      message: expect.stringMatching(message),
    });
    expect(await blocked()).toEqual([]);
  });

  it('a row may be the address itself', async () => {
    await declare({ rows: '/list/~1a~0b/0', address: '', duration: '', reason: 'listed', unbanIf: '' });
    expect((await post(running, 'siem', { list: { '/a~b': [['203.0.113.7', '203.0.113.8']] } })).status).toBe(200);
    expect(await blocked()).toEqual(['203.0.113.7/32', '203.0.113.8/32']);
  });

  it('members that every object has are not found in the body', async () => {
    await declare({ rows: '/__proto__', address: '/constructor/name' });
    expect((await post(running, 'siem', {})).status).toBe(422);
  });
});

describe('what is let through', () => {
  it.each([
    ['an allowed address', '192.0.2.3', /needed or allowed here/, /is allowed/],
    ['loopback', '127.0.0.1', /needed or allowed here/, /loopback/],
    ['a range', '198.51.100.0/24', /is a range/, /is a range/],
    ['everything', '::/0', /is a range/, /is a range/],
  ])('not %s; only operators learn what it would meet', async (_what, ip, told, known) => {
    const reply = await post(running, 'siem', { ip });
    expect({ status: reply.status, rows: reply.json().rows }).toMatchObject({
      status: 422,
      rows: [{ result: 'refused', reason: expect.stringMatching(told) }],
    });
    expect(controller().detectors.policies.list()).toMatchObject([{ lastRefusal: expect.stringMatching(known) }]);
    expect(await blocked()).toEqual([]);
  });

  it('nothing without a policy: the answer names the command', async () => {
    await controller().detectors.policies.remove('hook:*', BY);
    const reply = await post(running, 'siem', { ip: '203.0.113.7' });
    expect(reply.status).toBe(422);
    expect(reply.json().rows[0].reason).toContain('fleetblock detector set hook:siem --scope fleet');
    expect(controller().hooks.list()).toMatchObject([{ policy: '' }]);
    expect(await blocked()).toEqual([]);
  });

  it('no more than its share', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ ip: `203.0.113.${i}` }));
    const reply = await post(running, 'siem', rows);
    expect(reply.json().rows.filter(({ result }: { result: string }) => result === 'taken')).toHaveLength(20);
    expect(await blocked()).toHaveLength(20);
  });

  it('takes nothing back that others said', async () => {
    await declare({ name: 'other' });
    await post(running, 'other', { ip: '203.0.113.7' });
    const before = await claims();
    const reply = await post(
      running,
      'siem',
      ['203.0.113.7', '198.51.100.1'].map((ip) => ({ ip, verb: 'unban' })),
    );
    expect(reply.status).toBe(200);
    expect(await claims()).toEqual(before);
    await post(running, 'other', { ip: '203.0.113.7', verb: 'unban' });
  });
});

describe('before a sender is known', () => {
  it('a body of more than 1 MiB is refused, with its length or without', async () => {
    const body = textOf({ ip: '203.0.113.7', more: 'x'.repeat(1024 * 1024) });
    expect((await post(running, 'siem', body)).status).toBe(413);
    const chunked = { ...SIGNED.standard(body), 'transfer-encoding': 'chunked' };
    expect((await post(running, 'siem', body, chunked)).status).toBe(413);
  });

  it('only POST, and no page of a browser', async () => {
    expect((await send(running, '/hooks/siem', '', { method: 'GET' })).status).toBe(405);
    const body = textOf({ ip: '203.0.113.7' });
    const headers = { ...SIGNED.standard(body), origin: 'https://example.com' };
    expect((await post(running, 'siem', body, headers)).status).toBe(403);
  });
});

it('its secret is in no answer, no audit and no listing', async () => {
  const identity = admin;
  const service = '/fleetblock.v1.HookService/';
  const hook = { name: 'third', scheme: 'github', address: '/ip' };
  const asked = { hook, secret: SECRET };
  const answers = [
    await ask(running, `${service}AddHook`, asked, { identity }),
    await ask(running, `${service}AddHook`, asked, { identity }),
    await ask(
      running,
      `${service}AddHook`,
      { ...asked, hook: { ...hook, scheme: 'none' }, replace: true },
      { identity },
    ),
    await ask(running, `${service}AddHook`, { ...asked, secret: `${SECRET} ${SECRET}`, replace: true }, { identity }),
    await ask(running, `${service}ListHooks`, {}, { identity }),
    await ask(running, `${service}RemoveHook`, { name: 'third' }, { identity }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 409, 400, 400, 200, 200]);
  for (const { body } of answers) expect(body.toString()).not.toContain(SECRET);
  const verbs: string[] = [];
  for await (const batch of running.server.store.audit({}))
    for (const record of batch) {
      expect(
        JSON.stringify(record, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
      ).not.toContain(SECRET);
      verbs.push(record.verb);
    }
  expect(verbs).toEqual(expect.arrayContaining(['hook.add', 'hook.remove']));
});

it('is counted', async () => {
  const counted = async (): Promise<Record<string, number>> => {
    const [metric] = controller().hooks.meter.metrics;
    const { values } = await metric.get();
    return Object.fromEntries(values.map(({ labels, value }) => [labels.result, value]));
  };
  const before = await counted();
  const body = textOf({ ip: '203.0.113.7' });
  const headers = SIGNED.standard(body);
  await post(running, 'siem', body, headers);
  await post(running, 'siem', body, headers);
  await post(running, 'siem', body, {});
  await post(running, 'siem', '{');
  const after = await counted();
  const grown = Object.fromEntries(
    Object.entries(after).map(([result, value]) => [result, value - (before[result] ?? 0)]),
  );
  expect(grown).toEqual({ taken: 1, replayed: 1, denied: 1, invalid: 1, limited: 0, failed: 0 });
  expect(controller().hooks.list()).toMatchObject([{ received: 4, denied: 1, policy: 'hook:*' }]);
});
