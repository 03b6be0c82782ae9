// Calls over HTTP with methods of the test's own: errors, times, back-pressure, and answers that cannot be finished.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { FleetblockError } from '../../../common/errors.ts';
import { createLogger } from '../../../common/logger.ts';
import { protocol } from '../../../common/rpc/proto.ts';
import type { Caller } from '../../identity/auth/caller.ts';
import { DEFAULT_FRONT_LIMITS } from '../front/limits.ts';
import type { AnyMethod } from '../services/calls.ts';
import { HttpAdmission } from './admission.ts';
import { HttpCalls } from './http-calls.ts';
import { HttpServer } from './http-server.ts';
import { serviceNamed } from './schema.ts';

const VERIFY = '/fleetblock.v1.IdentityService/VerifyAudit';
const LIST = '/fleetblock.v1.IdentityService/ListApiKeyChunks';
const CALLER: Caller = { role: 'viewer', id: 'apikey/t', actor: 'apikey/t', serial: '', from: '127.0.0.1:1' };

let server: HttpServer | undefined;
afterEach(() => server?.close(0));

interface Methods {
  unary?: () => Promise<object>;
  stream?: (signal: AbortSignal) => AsyncIterable<object>;
  authorize?: () => Caller;
}

async function serve({ unary, stream, authorize = () => CALLER }: Methods): Promise<number> {
  const none = async () => ({});
  const methods = serviceNamed('IdentityService').methods.map(({ name, methodKind }): [string, AnyMethod] => [
    name,
    methodKind === 'unary'
      ? { shape: 'unary', answer: unary ?? none }
      : { shape: 'answers', items: (_request, signal) => stream?.(signal) ?? nothing() },
  ]);
  const service = {
    name: 'IdentityService',
    definition: protocol.IdentityService.service,
    methods: Object.fromEntries(methods),
  };
  const log = createLogger('test', 'silent');
  const calls = new HttpCalls({
    services: [service],
    admission: new HttpAdmission({ authorize, watch: () => () => {} }),
    log,
  });
  server = new HttpServer({ calls, identity: undefined, openapi: () => Buffer.from('{}') });
  return (await server.listen({ host: '127.0.0.1', port: 0 })).port;
}

async function* nothing(): AsyncGenerator<object> {}

async function ask(port: number, path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const sent = request({
    ...{ host: '127.0.0.1', port, path, method: 'POST', agent: false },
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
  });
  sent.end('{}');
  const [response] = await once(sent, 'response');
  return response;
}

async function textOf(response: IncomingMessage): Promise<string> {
  return Buffer.concat(await response.toArray()).toString();
}

const EVENTS = 'text/event-stream';
const SECRET = 'a path or a secret';

it.each([
  [new FleetblockError('FAILED_PRECONDITION', 'too late'), 400, 'failed_precondition', 'too late'],
  [new FleetblockError('UNAVAILABLE', 'later'), 503, 'unavailable', 'later'],
  [new Error(SECRET), 500, 'internal', 'internal error: see the log of the controller'],
])('%s of a method is answered with its status', async (error, status, code, message) => {
  const port = await serve({ unary: () => Promise.reject(error) });
  const response = await ask(port, VERIFY);
  expect(response.statusCode).toBe(status);
  expect(JSON.parse(await textOf(response))).toEqual({ code, message });
});

it('says in the stream what ended it, and nothing of what is not ours', async () => {
  const port = await serve({
    async *stream() {
      yield { apiKeys: [{ name: 'first' }] };
      throw new Error(SECRET);
    },
  });
  const events = await textOf(await ask(port, LIST));
  expect(events).toMatch(
    /^data: \{"apiKeys":\[\{.*"name":"first".*\}\]\}\n\nevent: error\ndata: \{"code":"internal".*\}\n\n$/,
  );
  expect(events).not.toContain(SECRET);
});

it('begins a stream that has nothing to say yet', async () => {
  const port = await serve({
    async *stream(signal) {
      await once(signal, 'abort');
      yield* nothing();
    },
  });
  const response = await ask(port, LIST);
  expect(response.headers['content-type']).toBe(EVENTS);
  response.destroy();
});

it.each([VERIFY, LIST])('gives up %s when the caller has waited long enough', async (path) => {
  let aborted = false;
  const port = await serve({
    unary: () => new Promise(() => {}),
    async *stream(signal) {
      await once(signal, 'abort');
      aborted = true;
      yield* nothing();
    },
  });
  const response = await ask(port, path, { 'connect-timeout-ms': '50' });
  expect(await textOf(response)).toContain('"code":"deadline_exceeded"');
  expect(aborted).toBe(path === LIST);
});

it('keeps the place of a call until its method is done, even if its caller is gone', async () => {
  const done = Promise.withResolvers<object>();
  const port = await serve({ unary: () => done.promise });
  const all = Array.from({ length: DEFAULT_FRONT_LIMITS.perOperator }, () =>
    ask(port, VERIFY, { 'connect-timeout-ms': '1' }),
  );
  for (const each of all) expect(await textOf(await each)).toContain('"code":"deadline_exceeded"');
  expect(await textOf(await ask(port, VERIFY))).toContain('"code":"resource_exhausted"');
  done.resolve({});
  await expect.poll(async () => (await ask(port, VERIFY)).statusCode).toBe(200);
});

it('waits for a reader, and stops when it is gone', async () => {
  let given = 0;
  let ended = false;
  const port = await serve({
    async *stream() {
      try {
        for (; given < 100_000; given++) yield { apiKeys: [{ name: 'x'.repeat(10_000) }] };
      } finally {
        ended = true;
      }
    },
  });
  const response = await ask(port, LIST);
  let before = -1;
  // It stands still when what lies between them is full.
  await expect
    .poll(() => {
      const still = given === before;
      before = given;
      return still;
    })
    .toBe(true);
  expect(given).toBeLessThan(10_000);
  response.destroy();
  await expect.poll(() => ended).toBe(true);
});

it('cuts what it cannot finish: no reader takes it for the whole', async () => {
  const port = await serve({
    async *stream(signal) {
      yield { apiKeys: [{ name: 'first' }] };
      await once(signal, 'abort');
    },
  });
  const response = await ask(port, LIST);
  await once(response, 'readable');
  await server?.close(0);
  await expect(response.toArray()).rejects.toThrow('aborted');
  expect(response.complete).toBe(false);
});

it('reads no body of a caller who is refused, and asks for none', async () => {
  const port = await serve({
    authorize: () => {
      throw new FleetblockError('UNAUTHENTICATED', 'no');
    },
  });
  const socket = connect({ host: '127.0.0.1', port });
  socket.write(
    `POST ${VERIFY} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n`,
  );
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1.1 401 /);
  socket.destroy();
});

it('asks for the body of a caller who is let in', async () => {
  const port = await serve({});
  const sent = request({
    ...{ host: '127.0.0.1', port, path: VERIFY, method: 'POST', agent: false },
    headers: { 'content-type': 'application/json', expect: '100-continue', 'content-length': '2' },
  });
  sent.flushHeaders();
  await once(sent, 'continue');
  sent.end('{}');
  const [response] = await once(sent, 'response');
  expect(response.statusCode).toBe(200);
});
