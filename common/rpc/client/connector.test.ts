import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { Connector } from './connector.ts';

const NO_IDENTITY = { rootCertificate: '', certificateChain: '', privateKey: '' };
const never = new AbortController().signal;
const servers: Server[] = [];
const sockets: Socket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function listening(onConnection: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

it('says that nothing listens', async () => {
  const address = await listening(() => undefined);
  await new Promise((resolve) => servers.pop()?.close(resolve));
  const failure = new Connector().connect(address, NO_IDENTITY, never);
  await expect(failure).rejects.toThrow(/^cannot reach the controller at .*ECONNREFUSED/);
});

it('is over with the signal', async () => {
  const failure = new Connector().connect('127.0.0.1:1', NO_IDENTITY, AbortSignal.abort());
  await expect(failure).rejects.toThrow(/no longer wanted/);
  const abort = new AbortController();
  const address = await listening(() => abort.abort());
  await expect(new Connector().connect(address, NO_IDENTITY, abort.signal)).rejects.toThrow(/no longer wanted/);
});

it('waits twice as long after each time that a handshake did not come to its end, and closes what it gives up', async () => {
  let closed = 0;
  const address = await listening((socket) => {
    socket.resume().once('close', () => closed++);
  });
  const connector = new Connector({ patienceMs: 20 });
  for (const ms of [20, 40, 80])
    await expect(connector.connect(address, NO_IDENTITY, never)).rejects.toThrow(`no answer in ${ms} ms`);
  await expect.poll(() => closed).toBe(3);
});

it('recognises a port of another program', async () => {
  const address = await listening((socket) => socket.end('SSH-2.0-none\r\n'));
  await expect(new Connector().connect(address, NO_IDENTITY, never)).rejects.toThrow(/cannot reach the controller/);
});
