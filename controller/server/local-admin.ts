// Admin by a Unix socket, for when every admin's certificate is lost: whoever owns the data directory is one anyway.
// One request a connection, a line of JSON each way.
import { once } from 'node:events';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { FleetblockError, messageOf, systemCode } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';

const NAME = 'admin.sock';
const MAX_REQUEST_BYTES = 4096;
const TIMEOUT_MS = 5000;

const Request = z.object({
  command: z.literal('create-operator'),
  name: z.string(),
  role: z.string(),
  ttlMs: z.number(),
  /** Base64 of SubjectPublicKeyInfo, and of the signature that OperatorRequest asks for. */
  publicKey: z.string(),
  possession: z.string(),
});
const Answer = z.union([
  z.object({ chain: z.string(), serial: z.string(), notAfterMs: z.number() }),
  z.object({ error: z.string() }),
]);

export type LocalRequest = z.infer<typeof Request>;
export type LocalAnswer = Exclude<z.infer<typeof Answer>, { error: string }>;

export interface LocalAdminOptions {
  readonly dataDir: string;
  readonly log: Logger;
  readonly handle: (request: LocalRequest) => Promise<LocalAnswer>;
}

/** Serves until `close`. The store's lock keeps a second controller away, so that a socket that is there is a dead one's. */
export async function serveLocalAdmin({ dataDir, log, handle }: LocalAdminOptions): Promise<{ close(): void }> {
  const directory = openDirectory(dataDir);
  const path = join(dataDir, NAME);
  rmSync(path, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
    answer(socket, handle).catch((error: unknown) => {
      if (!(error instanceof FleetblockError)) log.error({ err: error }, 'a request on the admin socket failed');
      const words = error instanceof FleetblockError ? error.message : 'internal error: see the log of the controller';
      socket.end(`${JSON.stringify({ error: words })}\n`);
    });
  });
  server.maxConnections = 8;
  // 0600 from its first moment on: it is made in this call, whatever the umask and the mode of the directory are.
  const umask = process.umask(0o177);
  try {
    server.listen({ path: shortPath(directory) });
  } finally {
    process.umask(umask);
  }
  await once(server, 'listening');
  return {
    close: () => {
      server.close();
      rmSync(path, { force: true });
      closeSync(directory);
    },
  };
}

async function answer(socket: Socket, handle: LocalAdminOptions['handle']): Promise<void> {
  const request = Request.safeParse(parseJson(await readBounded(socket)));
  if (!request.success)
    throw new FleetblockError('INVALID_ARGUMENT', 'the admin socket did not understand the request');
  socket.end(`${JSON.stringify(await handle(request.data))}\n`);
}

async function readBounded(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > MAX_REQUEST_BYTES) throw new FleetblockError('INVALID_ARGUMENT', 'the request is too long');
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * @returns what the running controller answers, undefined when none runs on this directory
 * @throws FleetblockError what it refused, or UNAVAILABLE: it does not answer
 */
export async function askLocalAdmin(dataDir: string, request: LocalRequest): Promise<LocalAnswer | undefined> {
  const directory = openDirectory(dataDir);
  const socket = connect({ path: shortPath(directory), allowHalfOpen: true });
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer')));
  try {
    socket.end(JSON.stringify(request));
    const given = Answer.safeParse(parseJson(await text(socket)));
    if (!given.success) throw new Error('its answer makes no sense');
    if ('error' in given.data) throw new FleetblockError('FAILED_PRECONDITION', given.data.error);
    return given.data;
  } catch (error) {
    if (['ENOENT', 'ECONNREFUSED'].includes(systemCode(error) ?? '')) return undefined;
    if (error instanceof FleetblockError) throw error;
    throw new FleetblockError('UNAVAILABLE', `the controller on ${dataDir} does not answer: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    socket.destroy();
    closeSync(directory);
  }
}

function openDirectory(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    throw new FleetblockError('FAILED_PRECONDITION', `no access to ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** A socket's path has at most 107 bytes, a data directory's may be longer. */
function shortPath(directory: number): string {
  return `/proc/self/fd/${directory}/${NAME}`;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
