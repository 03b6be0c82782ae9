// The first bytes of a TLS connection, recorded from a real client.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { connect } from 'node:tls';
import { CONTROLLER_NAME } from '../../../common/rpc/channel.ts';

/** A whole ClientHello that names the controller and offers HTTP/2. */
export async function recordedHello(): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const server = createServer((socket) => socket.once('data', resolve).on('error', () => undefined)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  const client = connect({ host: '127.0.0.1', port: address.port, servername: CONTROLLER_NAME, ALPNProtocols: ['h2'] });
  client.on('error', () => undefined);
  const hello = await promise;
  client.destroy();
  server.close();
  return hello;
}
