// A store that has lost commits is not served: what is missing would be taken for removed.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { send } from '../http/client.ts';
import { makeKey } from '../http/keys.ts';
import { type RunningFleet, servedOverHttp } from '../identity/running.ts';

let running: RunningFleet;
let key: string;
beforeAll(async () => {
  const served = await servedOverHttp();
  running = served.running;
  key = await makeKey(running, { name: 'reader', role: 'viewer' }, served.admin);
});
afterAll(() => running.stop());

const PATHS = ['/edl/all.txt', '/v1/decisions', '/v1/decisions/stream?startup=true', '/v1/decisions/stream'];

it.each(PATHS)('%s answers 503 and why, until the quarantine ends', async (path) => {
  const get = (headers: Record<string, string>) => send(running, path, '', { method: 'GET', headers });
  const mine = { 'x-api-key': key, authorization: `Bearer ${key}` };
  const { quarantine } = running.server.controller.hub;
  quarantine.enter('host1', 'host1 holds revision 9, which is not in the store');
  const refused = await get(mine);
  expect(refused.status).toBe(503);
  expect(refused.json().message).toContain('host1 holds revision 9');
  // Not to those who may not read.
  expect((await get({})).body.toString()).not.toContain('revision 9');
  quarantine.release('host1');
  expect((await get(mine)).status).toBe(200);
});
