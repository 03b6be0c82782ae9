// What of a request is remembered, and what a restart makes of that.
import { createHmac } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../common/logger.ts';
import { type Controller, startController } from '../controller.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import { MemoryState } from '../store/memory/state.ts';
import { KINDS } from './hook.ts';
import type { Received } from './hooks.ts';
import { Replays, WINDOW_MS } from './replays.ts';
import { TryLater } from './try-later.ts';

const SECRET = 'long-enough-to-be-a-secret';
const BY = { actor: 'admin/alice', reason: '' };
const HOOK = { name: 'siem', scheme: 'github', rows: '', address: '', duration: '', reason: '', unbanIf: '' };
const START_MS = 1_700_000_000_000;

const time = { ms: START_MS };
const clock = { wallMs: () => time.ms, monotonicMs: () => time.ms };
let store: MemoryStore;
let controller: Controller;

beforeEach(async () => {
  time.ms = START_MS;
  store = new MemoryStore({ disk: { state: new MemoryState() }, clock });
  controller = await begun();
  const policy = { pattern: 'hook:*', scope: 'fleet', maxDurationMs: 60_000, maxClaims: 10, rate: 1000, quorum: 1 };
  await controller.detectors.policies.set(policy, BY);
});

function begun(): Promise<Controller> {
  return startController({ store, clock, log: createLogger('test', 'silent'), network: { addresses: () => [] } });
}

function headersOf(scheme: string, body: string, atMs: number): Record<string, string> {
  const hmac = (text: string, form: 'hex' | 'base64') => createHmac('sha256', SECRET).update(text).digest(form);
  const at = `${Math.floor(atMs / 1000)}`;
  if (scheme === 'standard')
    return {
      'webhook-id': 'm1',
      'webhook-timestamp': at,
      'webhook-signature': `v1,${hmac(`m1.${at}.${body}`, 'base64')}`,
    };
  if (scheme === 'grafana')
    return { 'x-grafana-alerting-timestamp': at, 'x-grafana-alerting-signature': hmac(`${at}:${body}`, 'hex') };
  return { 'x-hub-signature-256': `sha256=${hmac(body, 'hex')}` };
}

/** Undefined: denied. */
async function post(scheme: string, body: string, atMs = time.ms): Promise<Received | undefined> {
  const from = '192.0.2.1:1';
  const posted = { headers: headersOf(scheme, body, atMs), body: Buffer.from(body), from };
  const admitted = controller.hooks.admit('siem', posted);
  return admitted && controller.hooks.take(admitted, from, () => JSON.parse(body));
}

describe.each(['standard', 'grafana'])('%s', (scheme) => {
  beforeEach(() => controller.hooks.add({ ...HOOK, scheme }, SECRET, false, BY));

  it('faults row 150: is good for five minutes before and after its time, once, and not again after a restart', async () => {
    const sentMs = time.ms;
    const ban = '"198.51.100.7"';
    expect((await post(scheme, ban))?.rows).toHaveLength(1);
    time.ms = sentMs + WINDOW_MS;
    expect(await post(scheme, ban, sentMs)).toEqual({ rows: undefined });
    time.ms = sentMs + WINDOW_MS + 1;
    expect(await post(scheme, ban, sentMs)).toBeUndefined();
    expect(await post(scheme, ban, time.ms + WINDOW_MS + 2000)).toBeUndefined();
    await controller.close();
    time.ms = sentMs + 2000;
    controller = await begun();
    await expect(post(scheme, ban, sentMs)).rejects.toThrow(TryLater);
    expect((await post(scheme, ban))?.rows).toHaveLength(1);
  });

  it('faults row 150: not again after a restart, also where the clock of the sender is ahead', async () => {
    const ban = '"198.51.100.7"';
    const aheadMs = 60_000;
    const signedMs = START_MS + aheadMs;
    expect((await post(scheme, ban, signedMs))?.rows).toHaveLength(1);
    expect(await post(scheme, '"198.51.100.8"', START_MS + 1000)).toBeDefined();
    await controller.close();
    time.ms = START_MS + 30_000;
    controller = await begun();
    await expect(post(scheme, ban, signedMs)).rejects.toThrow(TryLater);
    time.ms = signedMs + WINDOW_MS;
    await expect(post(scheme, ban, signedMs)).rejects.toThrow(TryLater);
    time.ms = START_MS + 33_000;
    expect((await post(scheme, ban, time.ms + aheadMs))?.rows).toHaveLength(1);
  });
});

it('looks at eight signatures of a header, and not at thousands', async () => {
  await controller.hooks.add({ ...HOOK, scheme: 'standard' }, SECRET, false, BY);
  const headers = headersOf('standard', '[]', time.ms);
  const admitted = (before: string) => {
    const signatures = `${before}${headers['webhook-signature']}`;
    const posted = { headers: { ...headers, 'webhook-signature': signatures }, body: Buffer.from('[]'), from: '' };
    return controller.hooks.admit('siem', posted) !== undefined;
  };
  expect(admitted('v1,x '.repeat(7))).toBe(true);
  expect(admitted('v1,x '.repeat(8))).toBe(false);
  expect(admitted(' '.repeat(7800))).toBe(false);
});

it('is declared once by two admins at once', async () => {
  const declared = await Promise.allSettled([
    controller.hooks.add(HOOK, SECRET, false, BY),
    controller.hooks.add(HOOK, 'another-secret-that-is-long', false, BY),
  ]);
  expect(declared.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(declared[1]).toMatchObject({ reason: { code: 'ALREADY_EXISTS' } });
  expect((await post('github', '"198.51.100.7"'))?.rows).toHaveLength(1);
});

it('remembers an id until the last of its signatures is not good any more', async () => {
  await controller.hooks.add({ ...HOOK, scheme: 'standard' }, SECRET, false, BY);
  const ban = '"198.51.100.7"';
  expect((await post('standard', ban))?.rows).toHaveLength(1);
  time.ms = START_MS + WINDOW_MS - 10_000;
  const sentAgainMs = time.ms;
  expect(await post('standard', ban)).toEqual({ rows: undefined });
  time.ms = sentAgainMs + WINDOW_MS;
  expect(await post('standard', ban, sentAgainMs)).toEqual({ rows: undefined });
});

it('one that cannot be read takes nothing, and is declared again', async () => {
  await controller.hooks.add(HOOK, SECRET, false, BY);
  await store.changeSettings({ deletes: [{ kind: KINDS.secret, name: 'siem' }] });
  await controller.close();
  controller = await begun();
  expect(controller.hooks.list()).toEqual([]);
  expect(await post('github', '"198.51.100.7"')).toBeUndefined();
  await controller.hooks.add(HOOK, SECRET, false, BY);
  expect((await post('github', '"198.51.100.7"'))?.rows).toHaveLength(1);
  expect(controller.hooks.list()).toMatchObject([{ hook: { name: 'siem' }, policy: 'hook:*', received: 1 }]);
});

it.each([
  ['a name with a colon', { name: 'a:b' }, SECRET, /cannot be a webhook's name/],
  ['a long name', { name: 'a'.repeat(32) }, SECRET, /at most 31/],
  ['an unknown scheme', { scheme: 'stripe' }, SECRET, /standard, grafana, github or bearer/],
  ['an inherited scheme', { scheme: 'constructor' }, SECRET, /is not a scheme/],
  ['a pointer without a slash', { address: 'ip' }, SECRET, /--address "ip" is not a JSON pointer/],
  ['a pointer with a bad escape', { rows: '/a~2' }, SECRET, /--rows "\/a~2" is not a JSON pointer/],
  ['no duration', { duration: 'soon' }, SECRET, /"soon" is not a duration/],
  ['half a condition', { unbanIf: '/status' }, SECRET, /POINTER=VALUE/],
  ['no secret', {}, '', /a secret is one line/],
  ['three secrets', {}, `${SECRET}\n${SECRET}\n${SECRET}`, /or two while/],
  ['a short secret', {}, 'short', /16 to 1024 printable characters/],
  ['a cut key', { scheme: 'standard' }, 'whsec_abc*************', /copy all of it/],
])('%s is refused, and nothing is kept', async (_what, more, secret, message) => {
  await expect(controller.hooks.add({ ...HOOK, ...more }, secret, false, BY)).rejects.toThrow(message);
  expect(await store.settings(KINDS.hook)).toEqual([]);
  expect(await store.settings(KINDS.secret)).toEqual([]);
});

it('remembers no request for longer than its signature is good', async () => {
  const replays = new Replays();
  for (let second = 0; second < 1000; second++) {
    const nowMs = second * 1000;
    expect(await replays.once(`${second}`, nowMs + WINDOW_MS, nowMs, async () => second)).toBe(second);
    expect(replays.size).toBeLessThanOrEqual(WINDOW_MS / 1000 + 1);
  }
});

it('remembers little of a long id', async () => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('no gc');
  const replays = new Replays();
  const used = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = used();
  for (let i = 0; i < 5000; i++)
    await replays.once(Buffer.alloc(7500, `${i} `).toString('latin1'), WINDOW_MS, 0, async () => i);
  expect(used() - before).toBeLessThan(10e6);
  expect(replays.size).toBe(5000);
});
