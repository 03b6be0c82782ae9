// The port itself: what is cut for saying too little, and where it does without TLS.
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createLogger } from '../../../common/logger.ts';
import { HttpAdmission } from './admission.ts';
import { HttpCalls } from './http-calls.ts';
import type { HttpLimits } from './http-limits.ts';
import { HttpServer, isLoopback } from './http-server.ts';

const log = createLogger('test', 'silent');
const nobody = {
  authorize: () => {
    throw new Error('nobody calls here');
  },
  watch: () => () => {},
};
let server: HttpServer | undefined;
afterEach(() => server?.close(0));

async function plain(limits: Partial<HttpLimits> = {}, document = '{}'): Promise<{ host: string; port: number }> {
  const calls = new HttpCalls({ services: [], admission: new HttpAdmission(nobody), log });
  server = new HttpServer({ calls, identity: undefined, openapi: () => Buffer.from(document), limits });
  return server.listen({ host: '127.0.0.1', port: 0 });
}

it.each([
  ['nothing', ''],
  ['half a head', 'GET /openapi.json HTTP/1.1\r\nHost: a\r\n'],
  ['nothing more after an answer', 'GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n'],
])('cuts a connection that says %s', async (_, said) => {
  const socket = connect(await plain({ headMs: 50 }));
  socket.on('error', () => {});
  socket.write(said);
  socket.resume();
  await once(socket, 'close');
  await expect.poll(() => server?.connections).toBe(0);
});

it('cuts a stranger who does not read the answer', async () => {
  const socket = connect(await plain({ headMs: 50 }, 'x'.repeat(2 ** 25)));
  socket.on('error', () => {});
  socket.write('GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(socket, 'readable');
  await expect.poll(() => server?.connections).toBe(0);
  socket.destroy();
});

it('cuts what goes on sending a body that nobody reads', async () => {
  const socket = connect(await plain({ restMs: 50 }));
  socket.on('error', () => {});
  socket.write('POST /nothing HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n');
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1.1 404 /);
  await once(socket, 'close');
});

it('pushes out the oldest stranger', async () => {
  const at = await plain({ strangers: 2 });
  const first = connect(at);
  await once(first, 'connect');
  await expect.poll(() => server?.connections).toBe(1);
  for (let i = 0; i < 2; i++) await once(connect(at), 'connect');
  await once(first.resume(), 'close');
  expect(server?.connections).toBe(2);
});

it('does without TLS on loopback addresses alone', async () => {
  const calls = new HttpCalls({ services: [], admission: new HttpAdmission(nobody), log });
  const made = new HttpServer({ calls, identity: undefined, openapi: () => Buffer.from('{}') });
  await expect(async () => made.listen({ host: '0.0.0.0', port: 0 })).rejects.toThrow(/leave out --http-plain/);
  expect(['127.0.0.1', '127.9.9.9', '::1', 'localhost'].every(isLoopback)).toBe(true);
  expect(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', '1127.0.0.1'].some(isLoopback)).toBe(false);
});
