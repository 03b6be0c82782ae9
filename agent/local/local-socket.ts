// How commands on this host talk to the running agent: a Unix socket in the state directory, which is its owner's alone. One
// request per connection: a line of JSON each way.

import { once } from 'node:events';
import { closeSync, constants, openSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { FleetblockError, messageOf, systemCode } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';

export type LocalCommand = 'status' | 'resync';

export interface LocalSocketOptions {
  readonly stateDir: string;
  readonly log: Logger;
  /** Returns what can be written as JSON. */
  readonly handle: (command: LocalCommand) => unknown;
  /** How often it looks whether its socket is still there, in milliseconds; 5 s unless given. */
  readonly lookMs?: number;
}

const NAME = 'agent.sock';
const MAX_REQUEST_BYTES = 1024;
const TIMEOUT_MS = 5000;
const RETRY_MS = 10_000;
const LOOK_MS = 5000;

/**
 * Serves until `close` is called. A directory that takes no socket (a disk that is full or went read-only) is no reason not to
 * enforce: it is tried again until it does, and `problem` says so meanwhile. A socket that somebody removed is made again. The state directory is locked by the caller, so
 * that what is left of another is dead.
 */
export class LocalSocket {
  readonly #options: LocalSocketOptions;
  #listening: { readonly server: Server; readonly directory: number; readonly inode: number } | undefined;
  #again: NodeJS.Timeout | undefined;
  #problem = '';
  #closed = false;

  constructor(options: LocalSocketOptions) {
    this.#options = options;
  }

  /** One sentence; empty when all is well. */
  get problem(): string {
    return this.#problem;
  }

  /** Never throws. */
  async serve(): Promise<void> {
    const { stateDir, log } = this.#options;
    try {
      await this.#listen();
      this.#problem = '';
      this.#again = setTimeout(() => this.#look(), this.#options.lookMs ?? LOOK_MS).unref();
    } catch (error) {
      const problem = `no local commands: no socket can be made in ${stateDir} (${messageOf(error)}): free space or mend the disk`;
      if (problem !== this.#problem) log.error({ err: error }, 'no socket for local commands');
      this.#problem = problem;
      if (!this.#closed) this.#again = setTimeout(() => void this.serve(), RETRY_MS).unref();
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
    if (!this.#listening) return;
    rmSync(this.#path, { force: true });
    this.#stop(this.#listening);
  }

  get #path(): string {
    return join(this.#options.stateDir, NAME);
  }

  #look(): void {
    const inode = statSync(this.#path, { throwIfNoEntry: false })?.ino;
    if (this.#listening && inode !== this.#listening.inode) {
      this.#options.log.warn('the socket for local commands was removed: made again');
      this.#stop(this.#listening);
      void this.serve();
    } else this.#again = setTimeout(() => this.#look(), this.#options.lookMs ?? LOOK_MS).unref();
  }

  #stop({ server, directory }: { readonly server: Server; readonly directory: number }): void {
    server.close();
    closeSync(directory);
    this.#listening = undefined;
  }

  async #listen(): Promise<void> {
    const { stateDir, log, handle } = this.#options;
    const directory = openDirectory(stateDir);
    try {
      rmSync(this.#path, { force: true });
      const server = createServer((socket) => answer(socket, log, handle));
      // Bound within the call: at no moment may others connect.
      const before = process.umask(0o177);
      try {
        server.listen({ path: shortPath(directory) });
      } finally {
        process.umask(before);
      }
      await once(server, 'listening');
      this.#listening = { server, directory, inode: statSync(this.#path).ino };
    } catch (error) {
      closeSync(directory);
      throw error;
    }
  }
}

/** @returns what the running agent answers, undefined when none runs. @throws FleetblockError UNAVAILABLE: it does not answer; PERMISSION_DENIED */
export async function askAgent(stateDir: string, command: LocalCommand): Promise<unknown> {
  let directory: number;
  try {
    directory = openDirectory(stateDir);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw noAccess(stateDir, error);
  }
  const socket = connect({ path: shortPath(directory), signal: AbortSignal.timeout(TIMEOUT_MS) });
  try {
    socket.write(`${JSON.stringify({ command })}\n`);
    return JSON.parse(await text(socket));
  } catch (error) {
    if (['ENOENT', 'ECONNREFUSED'].includes(systemCode(error) ?? '')) return undefined;
    if (systemCode(error) === 'EACCES') throw noAccess(stateDir, error);
    throw new FleetblockError('UNAVAILABLE', `the agent on ${stateDir} does not answer: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    socket.destroy();
    closeSync(directory);
  }
}

function noAccess(stateDir: string, cause: unknown): FleetblockError {
  return new FleetblockError('PERMISSION_DENIED', `no access to ${stateDir} (${messageOf(cause)}): run this as root`, {
    cause,
  });
}

function answer(socket: Socket, log: Logger, handle: (command: LocalCommand) => unknown): void {
  let request = '';
  socket.setEncoding('utf8').setTimeout(TIMEOUT_MS, () => socket.destroy());
  socket.on('error', (error) => log.debug({ reason: messageOf(error) }, 'a local command went away'));
  socket.on('data', (chunk: string) => {
    request += chunk;
    if (request.length > MAX_REQUEST_BYTES) socket.destroy();
    else if (request.includes('\n')) socket.end(`${JSON.stringify(reply(request, handle))}\n`);
  });
}

function reply(line: string, handle: (command: LocalCommand) => unknown): unknown {
  try {
    const request: unknown = JSON.parse(line);
    const command = typeof request === 'object' && request && 'command' in request ? request.command : undefined;
    if (command !== 'status' && command !== 'resync') return { error: 'unknown command' };
    return handle(command);
  } catch (error) {
    return { error: messageOf(error) };
  }
}

function openDirectory(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
}

/** A socket's path has 107 bytes at most; by its directory's descriptor any state directory will do. */
function shortPath(directory: number): string {
  return `/proc/self/fd/${directory}/${NAME}`;
}
