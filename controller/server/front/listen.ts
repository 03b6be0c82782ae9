// A TCP server that begins to listen, or says what keeps it from doing so.
import type { Server } from 'node:net';
import { FleetblockError, messageOf, systemCode } from '../../../common/errors.ts';
import type { Endpoint } from '../../../common/text/endpoint.ts';

/**
 * @param flag the option that says where
 * @returns the address listened on, with the port that port 0 became
 * @throws FleetblockError FAILED_PRECONDITION
 */
export async function listenOn(server: Server, endpoint: Endpoint, flag: string): Promise<Endpoint> {
  const { host, port } = endpoint;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, endpoint, flag)));
    server.listen({ host, port, backlog: 4096 }, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not listening on a TCP port');
  return { host, port: address.port };
}

function listenError(error: Error, { host, port }: Endpoint, flag: string): FleetblockError {
  const fix: Readonly<Record<string, string>> = {
    EADDRINUSE: `another program listens there: stop it or choose another port with ${flag}`,
    EADDRNOTAVAIL: `this machine has no such address: see ${flag}`,
    EACCES: `this user may not listen there: choose a port above 1023 with ${flag}`,
    ENOTFOUND: `that name has no address: see ${flag}`,
  };
  const text = fix[systemCode(error) ?? ''] ?? messageOf(error);
  return new FleetblockError('FAILED_PRECONDITION', `cannot listen on ${host}:${port}: ${text}`, { cause: error });
}
