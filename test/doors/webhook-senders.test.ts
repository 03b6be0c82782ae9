// Those who post to webhooks while something is wrong: strangers in any number, and a store that takes nothing.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { requestTo } from '../http/client.ts';
import { type RunningFleet, servedOverHttp } from '../identity/running.ts';
import { until } from '../sync/fleet.ts';
import { post, SECRET, SIGNED, textOf } from './signed.ts';

const BY = { actor: 'admin/alice', reason: '' };
const POLICY = { pattern: 'hook:*', scope: 'fleet', maxDurationMs: 60_000, maxClaims: 100, rate: 10_000, quorum: 1 };
const HOOK = { name: 'siem', scheme: 'standard', rows: '', address: '/ip', duration: '', reason: '', unbanIf: '' };
const BAN = textOf({ ip: '203.0.113.7' });

let running: RunningFleet;
beforeAll(async () => {
  ({ running } = await servedOverHttp());
  await running.server.controller.detectors.policies.set(POLICY, BY);
  await running.server.controller.hooks.add(HOOK, SECRET, false, BY);
});
afterAll(() => running?.stop());

it('faults row 152: while nothing can be stored a webhook is answered 503 with a time to wait, and the same request is taken afterwards', async () => {
  const { quarantine } = running.server.controller.hub;
  const headers = SIGNED.standard(BAN);
  quarantine.enter('host1', 'host1 holds revision 9, which is not in the store');
  const refused = await post(running, 'siem', BAN, headers);
  expect({ status: refused.status, wait: Number(refused.headers['retry-after']) > 0 }).toEqual({
    status: 503,
    wait: true,
  });
  quarantine.release('host1');
  expect((await post(running, 'siem', BAN, headers)).json().rows).toMatchObject([{ result: 'taken' }]);
});

it('a recording does nothing again once its webhook was removed and declared again, with the same secret', async () => {
  const { hooks } = running.server.controller;
  const at = Math.floor(Date.now() / 1000);
  const headers = SIGNED.standard(BAN, { at });
  expect((await post(running, 'siem', BAN, headers)).status).toBe(200);
  // Its time has whole seconds.
  await until('that second to be over', () => Date.now() >= (at + 1) * 1000);
  await hooks.remove('siem', BY);
  await hooks.add(HOOK, SECRET, false, BY);
  expect((await post(running, 'siem', BAN, headers)).status).toBe(503);
});

it('faults row 151: strangers whose bodies do not end give way to one another, and a sender with the secret is served meanwhile', async () => {
  let cut = 0;
  const open = Array.from({ length: 40 }, () => {
    const request = requestTo(running, '/hooks/siem', { headers: { 'content-length': '1000' } });
    request.on('error', () => cut++);
    request.flushHeaders();
    request.write('{');
    return request;
  });
  // As many as one network may have stay.
  await until('the others are cut', () => cut >= open.length - 16);
  expect((await post(running, 'siem', BAN)).status).toBe(200);
  for (const request of open) request.destroy();
});

it('faults row 151: a network of strangers is told to wait, before its bodies are read', async () => {
  const statuses = new Map<number, string | undefined>();
  // Several at once: one after the other they could be as slow as what is let in meanwhile.
  for (let i = 0; i < 40 && !statuses.has(429); i++) {
    const replies = Array.from({ length: 10 }, () => post(running, 'siem', BAN, { 'webhook-id': `${i}` }));
    for (const { status, headers } of await Promise.all(replies)) statuses.set(status, headers['retry-after']);
  }
  expect([...statuses.keys()].sort()).toEqual([401, 429]);
  expect(Number(statuses.get(429))).toBeGreaterThan(0);
});
