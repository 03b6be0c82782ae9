// The client against a server of grpc-js: calls of every shape, limits, back-pressure, and every way in which a server ends a call.
import { once } from 'node:events';
import { Metadata } from '@grpc/grpc-js';
import { expect, it } from 'vitest';
import { MAX_MESSAGE_BYTES } from '../../common/rpc/channel.ts';
import { ConnectionLost } from '../../common/rpc/client/call.ts';
import type { Session } from '../../common/rpc/client/session.ts';
import { grpcServer, type Handlers, methodOf } from './servers.ts';

const bytes = (text: string) => Buffer.from(text);
const connected = async (handlers: Handlers) => (await grpcServer(handlers)).connect();

it('asks once and gets one answer', async () => {
  const session = await connected({ one: ({ request }, answer) => answer(null, Buffer.concat([request, bytes('!')])) });
  for (const text of ['', 'a', 'b'.repeat(100_000)]) {
    const call = session.call(methodOf('one'));
    call.end(bytes(text));
    expect(`${await call.answer()}`).toBe(`${text}!`);
  }
});

it('reads a stream of answers to its end', async () => {
  const session = await connected({
    down: (call) => {
      for (let i = 0; i < 1000; i++) call.write(bytes(`${i}`));
      call.end();
    },
  });
  const call = session.call(methodOf('down'));
  call.end(bytes(''));
  const got: number[] = [];
  for await (const message of call.messages) got.push(Number(`${message}`));
  expect(got).toEqual(Array.from({ length: 1000 }, (_, i) => i));
});

it('sends many and gets one answer, half-closed', async () => {
  const session = await connected({
    up: async (call, answer) => {
      let length = 0;
      for await (const message of call) length += message.length;
      answer(null, bytes(`${length}`));
    },
  });
  const call = session.call(methodOf('up'));
  for (let i = 0; i < 300; i++) await call.send(Buffer.alloc(10_000));
  call.end();
  expect(`${await call.answer()}`).toBe('3000000');
});

it('talks in both directions on one call, and in several calls at once', async () => {
  const session = await connected({
    both: (call) => {
      call.on('data', (message) => call.write(message));
      call.on('end', () => call.end());
    },
  });
  const talk = async (name: string) => {
    const call = session.call(methodOf('both'));
    const messages = call.messages[Symbol.asyncIterator]();
    for (let i = 0; i < 20; i++) {
      await call.send(bytes(`${name}${i}`));
      expect(`${(await messages.next()).value}`).toBe(`${name}${i}`);
    }
    call.end();
    expect((await messages.next()).done).toBe(true);
  };
  await Promise.all(['a', 'b', 'c'].map(talk));
});

it.each([
  [1, 'INTERNAL'],
  [2, 'INTERNAL'],
  [3, 'INVALID_ARGUMENT'],
  [4, 'DEADLINE_EXCEEDED'],
  [5, 'NOT_FOUND'],
  [6, 'ALREADY_EXISTS'],
  [7, 'PERMISSION_DENIED'],
  [8, 'RESOURCE_EXHAUSTED'],
  [9, 'FAILED_PRECONDITION'],
  [10, 'ABORTED'],
  [11, 'INTERNAL'],
  [12, 'UNIMPLEMENTED'],
  [13, 'INTERNAL'],
  [14, 'UNAVAILABLE'],
  [15, 'DATA_LOSS'],
  [16, 'UNAUTHENTICATED'],
])('status %i is %s, with its text, alone or after messages', async (status, code) => {
  const details = 'refused: 100 % of «this»; line 3\n';
  const session = await connected({
    one: (_, answer) => answer({ code: status, details }),
    down: (call) => {
      call.write(bytes('first'));
      call.emit('error', { code: status, details });
    },
  });
  const one = session.call(methodOf('one'));
  one.end(bytes(''));
  const error = await one.answer().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code, message: details });
  expect(error).not.toBeInstanceOf(ConnectionLost);
  const down = session.call(methodOf('down'));
  down.end(bytes(''));
  const messages = down.messages[Symbol.asyncIterator]();
  expect(`${(await messages.next()).value}`).toBe('first');
  await expect(messages.next()).rejects.toMatchObject({ code, message: details });
});

it('knows a method that the server does not', async () => {
  const call = (await connected({})).call(methodOf('another'));
  call.end(bytes(''));
  await expect(call.answer()).rejects.toMatchObject({ code: 'UNIMPLEMENTED' });
});

it('gets what is sent ahead of the answer', async () => {
  let answer = () => {};
  const session = await connected({
    one: (call, reply) => {
      call.sendMetadata(Metadata.fromHttp2Headers({ 'fleetblock-wait': 'w-1' }));
      answer = () => reply(null, bytes('done'));
    },
  });
  const headers = Promise.withResolvers<unknown>();
  const call = session.call(methodOf('one'), { onHeaders: headers.resolve });
  call.end(bytes(''));
  expect(await headers.promise).toMatchObject({ 'fleetblock-wait': 'w-1' });
  answer();
  expect(`${await call.answer()}`).toBe('done');
});

it('takes and sends the longest message, and none that is longer', async () => {
  const session = await connected({
    one: ({ request }, answer) => answer(null, Buffer.alloc(Number(`${request.subarray(0, 10)}`))),
  });
  const ask = async (length: number, padding = 10) => {
    const call = session.call(methodOf('one'));
    call.end(bytes(`${length}`.padStart(padding, '0')));
    return (await call.answer()).length;
  };
  expect(await ask(MAX_MESSAGE_BYTES)).toBe(MAX_MESSAGE_BYTES);
  await expect(ask(MAX_MESSAGE_BYTES + 1)).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
  expect(await ask(0, MAX_MESSAGE_BYTES)).toBe(0);
  await expect(ask(0, MAX_MESSAGE_BYTES + 1)).rejects.toThrow(/1048577 bytes, at most 1048576/);
});

it('gives up a deaf server in time, and tells it', async () => {
  const cancelled = Promise.withResolvers<void>();
  const session = await connected({ one: (call) => call.on('cancelled', cancelled.resolve) });
  const call = session.call(methodOf('one'), { timeoutMs: 50 });
  call.end(bytes(''));
  await expect(call.answer()).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  await cancelled.promise;
});

it('ends a call with the signal, or when it is no longer read, and the server learns it', async () => {
  let cancelled = Promise.withResolvers<void>();
  const session = await connected({
    down: (call) => {
      call.write(bytes('one of many'));
      call.on('cancelled', () => cancelled.resolve());
    },
  });
  const stop = new AbortController();
  const first = session.call(methodOf('down'), { signal: stop.signal });
  first.end(bytes(''));
  const messages = first.messages[Symbol.asyncIterator]();
  await messages.next();
  stop.abort();
  await expect(messages.next()).rejects.toMatchObject({ code: 'ABORTED' });
  await cancelled.promise;
  cancelled = Promise.withResolvers<void>();
  const second = session.call(methodOf('down'));
  second.end(bytes(''));
  for await (const _ of second.messages) break;
  await cancelled.promise;
  await expect(second.send(bytes(''))).rejects.toMatchObject({ code: 'ABORTED' });
  const late = session.call(methodOf('down'), { signal: stop.signal });
  await expect(late.answer()).rejects.toMatchObject({ code: 'ABORTED' });
});

/** Round trips on the same connection: whatever could happen meanwhile has happened. */
async function roundTrips(session: Session): Promise<void> {
  for (let i = 0; i < 100; i++) {
    const call = session.call(methodOf('another'));
    call.end(bytes(''));
    await call.answer().catch(() => {});
  }
}

it('makes the server wait for a slow reader', async () => {
  const ROUNDS = 400;
  let written = 0;
  const session = await connected({
    down: async (call) => {
      for (; written < ROUNDS; written++) if (!call.write(Buffer.alloc(50_000, written))) await once(call, 'drain');
      call.end();
    },
  });
  const call = session.call(methodOf('down'));
  call.end(bytes(''));
  await roundTrips(session);
  // A handful here and a window on the way; one more in each round trip if nothing made it wait.
  expect(written).toBeLessThan(30);
  let read = 0;
  for await (const message of call.messages) expect(message[0]).toBe(read++ & 255);
  expect(read).toBe(ROUNDS);
});

it('waits for a server that reads slowly', async () => {
  const begin = Promise.withResolvers<void>();
  const session = await connected({
    up: async (call, answer) => {
      await begin.promise;
      let count = 0;
      for await (const _ of call) count++;
      answer(null, bytes(`${count}`));
    },
  });
  const call = session.call(methodOf('up'));
  let sent = 0;
  const sending = (async () => {
    for (; sent < 400; sent++) await call.send(Buffer.alloc(50_000));
    call.end();
  })();
  await roundTrips(session);
  expect(sent).toBeLessThan(200);
  begin.resolve();
  await sending;
  expect(`${await call.answer()}`).toBe('400');
});

it('says what the server refused while there was more to send', async () => {
  const session = await connected({
    up: (_, answer) => answer({ code: 9, details: 'enough' }),
  });
  const call = session.call(methodOf('up'));
  const sending = (async () => {
    for (let i = 0; i < 1000; i++) await call.send(Buffer.alloc(50_000));
  })();
  await expect(call.answer()).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', message: 'enough' });
  await expect(sending).rejects.toThrow();
  expect(call.over).toBe(true);
});

it('knows that a server died in the middle', async () => {
  const { server, connect } = await grpcServer({ down: (call) => call.write(bytes('first')) });
  const session = await connect();
  const call = session.call(methodOf('down'));
  call.end(bytes(''));
  const messages = call.messages[Symbol.asyncIterator]();
  expect(`${(await messages.next()).value}`).toBe('first');
  server.forceShutdown();
  await expect(messages.next()).rejects.toBeInstanceOf(ConnectionLost);
  await expect.poll(() => session.open).toBe(false);
  expect(() => session.call(methodOf('down'))).toThrow(ConnectionLost);
});

it('ends what is under way when a server goes away in order, and begins nothing new there', async () => {
  let finish = () => {};
  const begun = Promise.withResolvers<void>();
  const { server, connect } = await grpcServer({
    one: (_, answer) => {
      finish = () => answer(null, bytes('done'));
      begun.resolve();
    },
  });
  const session = await connect();
  const call = session.call(methodOf('one'));
  call.end(bytes(''));
  await begun.promise;
  server.tryShutdown(() => {});
  await expect.poll(() => session.open).toBe(false);
  expect(() => session.call(methodOf('one'))).toThrow(ConnectionLost);
  finish();
  expect(`${await call.answer()}`).toBe('done');
});

it('refuses a server with another name in its certificate', async () => {
  const { connect } = await grpcServer({}, 'controller.example.net');
  await expect(connect()).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  });
});
