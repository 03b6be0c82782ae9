// A thousand connections that say little, and readers that do not read: bounded, and others are served meanwhile.
import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ClientIdentity } from '../../common/rpc/channel.ts';
import { OVER_TLS, RunningFleet } from '../identity/running.ts';
import { ask, askStream, columnsOf, envelope, OPERATOR, opened, rawConnection, requestTo } from './client.ts';
import { makeKey } from './keys.ts';

let running: RunningFleet;
let admin: ClientIdentity;
let key: string;

beforeAll(async () => {
  running = await RunningFleet.start();
  const made = await running.fleet.operator('admin', 'alice');
  admin = made;
  await running.addOperator('admin', 'alice', made);
  await running.serve({ http: OVER_TLS });
  key = await makeKey(running, { name: 'tester', role: 'operator' }, admin);
});
afterAll(() => running.stop());

const works = async () => expect((await ask(running, `${OPERATOR}ListConfirmations`, {}, { key })).status).toBe(200);

it('a thousand slow connections push out each other, and no call that was let in', async () => {
  const watch = requestTo(running, `${OPERATOR}WatchEvents`, {
    key,
    headers: { 'content-type': 'application/connect+json' },
  });
  watch.on('error', () => {});
  watch.end(envelope({ follow: true }));
  const [response] = await once(watch, 'response');
  let ended = false;
  response.on('close', () => {
    ended = true;
  });
  response.resume();
  const slow: TLSSocket[] = [];
  for (let i = 0; i < 20; i++) {
    const more = await Promise.all(Array.from({ length: 50 }, () => rawConnection(running)));
    for (const socket of more) socket.write(`POST ${OPERATOR}Block HTTP/1.1\r\nHost: a\r\nX: `);
    slow.push(...more);
    await works();
  }
  // Those of one network, the watch, and the one that asked.
  expect(running.server.http?.connections()).toBeLessThanOrEqual(258);
  await expect.poll(() => slow.filter(({ destroyed }) => destroyed).length).toBeGreaterThanOrEqual(740);
  expect(ended).toBe(false);
  await works();
  for (const socket of slow) socket.destroy();
  watch.destroy();
  await expect.poll(() => running.server.http?.connections()).toBe(0);
});

it('a caller has 256 calls open, and gets a reason for the next one', async () => {
  const open = [];
  for (let i = 0; i < 256; i++) {
    const watch = requestTo(running, `${OPERATOR}WatchEvents`, {
      key,
      headers: { 'content-type': 'application/connect+json' },
    });
    watch.on('error', () => {});
    watch.end(envelope({ follow: true }));
    open.push(watch);
    if (i % 32 === 31) await once(watch, 'response');
  }
  await expect.poll(async () => (await ask(running, `${OPERATOR}ListConfirmations`, {}, { key })).status).toBe(429);
  const reply = await ask(running, `${OPERATOR}ListConfirmations`, {}, { key });
  expect(reply.json()).toMatchObject({
    code: 'resource_exhausted',
    message: expect.stringContaining('of apikey/tester'),
  });
  expect((await ask(running, `${OPERATOR}ListConfirmations`, {}, { identity: admin })).status).toBe(200);
  for (const watch of open) watch.destroy();
  await expect.poll(() => running.server.http?.connections()).toBe(0);
  await works();
});

it('an import whose time is over changes nothing, even when the rest of it comes', async () => {
  const headers = { 'content-type': 'application/connect+json', connection: 'keep-alive', 'connect-timeout-ms': '100' };
  const late = requestTo(running, `${OPERATOR}ImportList`, { key, headers });
  late.on('error', () => {});
  late.write(envelope({ begin: { list: 'late', target: { allHosts: true } } }));
  const [response] = await once(late, 'response');
  expect(opened(Buffer.concat(await response.toArray())).last.error.code).toBe('deadline_exceeded');
  late.end(envelope({ rows: columnsOf('198.51.100.7') }));
  // Its turn comes after the late one's.
  const next = [{ begin: { list: 'next', target: { allHosts: true } } }, { rows: columnsOf('198.51.100.8') }];
  expect(opened((await askStream(running, `${OPERATOR}ImportList`, next, { key })).body).last).toEqual({});
  expect((await running.server.store.lists()).map(({ name }) => name)).toEqual(['next']);
});
