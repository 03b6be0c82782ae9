// Does anybody listen there? Asked before a stream is opened: gRPC gives a connection that meets a black hole minutes, and a
// limit on the whole of it would make agents give up on a controller that is only busy. The kernel of a busy one still answers.
import { connect } from 'node:net';
import { parseEndpoint } from '../../common/endpoint.ts';
import { FleetblockError, messageOf } from '../../common/errors.ts';

/** Two attempts of TCP, the second after a second. */
const REACH_MS = 1500;

/**
 * Resolves when HOST:PORT accepts a connection.
 * @throws FleetblockError UNAVAILABLE: nobody listens, no way there, no answer in 1.5 s, or `signal` was aborted
 */
export function reach(controller: string, signal: AbortSignal, timeoutMs = REACH_MS): Promise<void> {
  const { host, port } = parseEndpoint(controller);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    const fail = (why: string) => {
      socket.destroy();
      reject(new FleetblockError('UNAVAILABLE', `cannot reach the controller at ${controller}: ${why}`));
    };
    // Not the socket's own timeout: that counts from the look-up of a name, which has limits of its own.
    const timer = setTimeout(() => fail(`no answer in ${timeoutMs} ms`), timeoutMs);
    socket.once('close', () => clearTimeout(timer));
    socket.once('error', (error) => fail(messageOf(error)));
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}
