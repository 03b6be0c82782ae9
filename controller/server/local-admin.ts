// Admin by a Unix socket, for when every admin's certificate is lost: the owner of the data directory is one anyway.
import { z } from 'zod';
import { FleetblockError } from '../../common/errors.ts';
import { askLocal, type LocalServer, serveLocal } from '../../common/host/local-socket.ts';
import type { Logger } from '../../common/logger.ts';

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

/** Checked by the controller: what does not fit is refused with INVALID_ARGUMENT. */
export type LocalRequest = z.infer<typeof Request>;
/** `chain` is PEM; `notAfterMs` is in Unix milliseconds. */
export type LocalAnswer = Exclude<z.infer<typeof Answer>, { error: string }>;

/** The text of what `handle` throws is sent back to the caller. */
export interface LocalAdminOptions {
  readonly dataDir: string;
  readonly log: Logger;
  readonly handle: (request: LocalRequest) => Promise<LocalAnswer>;
}

/** Serves until `close`. The store's lock keeps a second controller away. */
export function serveLocalAdmin({ dataDir, log, handle }: LocalAdminOptions): Promise<LocalServer> {
  return serveLocal({
    directory: dataDir,
    daemon: 'controller',
    log,
    handle: (received) => {
      const request = Request.safeParse(received);
      if (request.success) return handle(request.data);
      throw new FleetblockError('INVALID_ARGUMENT', 'the admin socket did not understand the request');
    },
  });
}

/**
 * @returns what the running controller answers, undefined when none runs on this directory
 * @throws FleetblockError what it refused, or UNAVAILABLE: it does not answer; PERMISSION_DENIED
 */
export async function askLocalAdmin(dataDir: string, request: LocalRequest): Promise<LocalAnswer | undefined> {
  const received = await askLocal({ directory: dataDir, daemon: 'controller' }, request);
  if (received === undefined) return undefined;
  const answer = Answer.safeParse(received);
  if (!answer.success)
    throw new FleetblockError('UNAVAILABLE', `the controller on ${dataDir} does not answer: its answer makes no sense`);
  if ('error' in answer.data) throw new FleetblockError('FAILED_PRECONDITION', answer.data.error);
  return answer.data;
}
