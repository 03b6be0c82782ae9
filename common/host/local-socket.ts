// How commands on a machine talk to the agent or the controller that runs there: a Unix socket in its directory, which is its owner's
// alone. One request per connection: a line of JSON each way.
import { once } from 'node:events';
import { closeSync, constants, openSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { FleetblockError, messageOf, systemCode } from '../errors.ts';
import type { Logger } from '../logger.ts';

/** Where a daemon has its socket. */
export interface LocalEnd {
  readonly directory: string;
  readonly daemon: 'agent' | 'controller';
}

/** What `handle` throws is answered as `{ error }`: a FleetblockError with its text, anything else is only logged. */
export interface LocalServerOptions extends LocalEnd {
  readonly log: Logger;
  /** Returns what can be written as JSON. `request`: undefined when it is no JSON. */
  readonly handle: (request: unknown) => unknown;
}

/** `close` also removes the socket. */
export interface LocalServer {
  /** False once the socket was removed or replaced. */
  readonly present: boolean;
  close(): void;
}

const NAMES = { agent: 'agent.sock', controller: 'admin.sock' } as const;
const MAX_REQUEST_BYTES = 4096;
const MAX_CONNECTIONS = 64;
/** Without a byte, milliseconds. */
const TIMEOUT_MS = 5000;

/** Serves until `close`. The directory is locked by the caller: a socket that is there is a dead one's. @throws when none can be made */
export async function serveLocal(options: LocalServerOptions): Promise<LocalServer> {
  const path = join(options.directory, NAMES[options.daemon]);
  const directory = openDirectory(options.directory);
  try {
    rmSync(path, { force: true });
    const server = createServer({ allowHalfOpen: true }, (socket) => void answer(socket, options));
    server.maxConnections = MAX_CONNECTIONS;
    // 0600 from its first moment on: it is made within the call, whatever the umask and the mode of the directory are.
    const umask = process.umask(0o177);
    try {
      server.listen({ path: shortPath(directory, options) });
    } finally {
      process.umask(umask);
    }
    await once(server, 'listening');
    const inode = inodeOf(path);
    return {
      get present() {
        return inodeOf(path) === inode;
      },
      close: () => {
        server.close();
        rmSync(path, { force: true });
        closeSync(directory);
      },
    };
  } catch (error) {
    closeSync(directory);
    throw error;
  }
}

/**
 * @returns what the running daemon answers: `{ error }` with a sentence when it refuses; undefined when none runs
 * @throws FleetblockError UNAVAILABLE: it does not answer; PERMISSION_DENIED
 */
export async function askLocal(end: LocalEnd, request: unknown): Promise<unknown> {
  let directory: number;
  try {
    directory = openDirectory(end.directory);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw noAccess(end, error);
  }
  const socket = connect({ path: shortPath(directory, end), allowHalfOpen: true });
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer')));
  try {
    socket.end(`${JSON.stringify(request)}\n`);
    return JSON.parse(await text(socket));
  } catch (error) {
    if (['ENOENT', 'ECONNREFUSED'].includes(systemCode(error) ?? '')) return undefined;
    if (systemCode(error) === 'EACCES') throw noAccess(end, error);
    throw new FleetblockError(
      'UNAVAILABLE',
      `the ${end.daemon} on ${end.directory} does not answer: ${messageOf(error)}`,
      { cause: error },
    );
  } finally {
    socket.destroy();
    closeSync(directory);
  }
}

async function answer(socket: Socket, { daemon, log, handle }: LocalServerOptions): Promise<void> {
  socket.on('error', (error) => log.debug({ reason: messageOf(error) }, 'a local command went away'));
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
  let reply: unknown;
  try {
    reply = await handle(parseJson(await requestOf(socket)));
  } catch (error) {
    if (socket.destroyed) return;
    const known = error instanceof FleetblockError;
    if (!known) log.error({ err: error }, 'a request on the local socket failed');
    reply = { error: known ? error.message : `internal error: see the log of the ${daemon}` };
  }
  socket.end(`${JSON.stringify(reply)}\n`).resume();
}

/** A line, or all that comes before the other end says that this is all. @throws FleetblockError INVALID_ARGUMENT: too long */
async function requestOf(socket: Socket): Promise<string> {
  let request = '';
  for await (const chunk of socket.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    request += chunk;
    if (request.length > MAX_REQUEST_BYTES) throw new FleetblockError('INVALID_ARGUMENT', 'the request is too long');
    if (request.includes('\n')) break;
  }
  return request;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function noAccess({ directory }: LocalEnd, cause: unknown): FleetblockError {
  return new FleetblockError('PERMISSION_DENIED', `no access to ${directory} (${messageOf(cause)}): run this as root`, {
    cause,
  });
}

function openDirectory(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
}

/** A socket's path has 107 bytes at most; by its directory's descriptor any directory will do. */
function shortPath(directory: number, { daemon }: LocalEnd): string {
  return `/proc/self/fd/${directory}/${NAMES[daemon]}`;
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}
