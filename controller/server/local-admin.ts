// The controller's Unix socket, for the owner of its data directory: whether it is well, and admin for when every admin's certificate is lost.
import { z } from 'zod';
import { FleetblockError } from '../../common/errors.ts';
import { askLocal, type LocalServer, serveLocal } from '../../common/host/local-socket.ts';
import type { Logger } from '../../common/logger.ts';

const CreateOperator = z.object({
  command: z.literal('create-operator'),
  name: z.string(),
  role: z.string(),
  ttlMs: z.number(),
  /** Base64 of SubjectPublicKeyInfo, and of the signature that OperatorRequest asks for. */
  publicKey: z.string(),
  possession: z.string(),
});
const Request = z.discriminatedUnion('command', [CreateOperator, z.object({ command: z.literal('health') })]);
const Created = z.object({ chain: z.string(), serial: z.string(), notAfterMs: z.number() });
const HealthSchema = z.object({
  fleet: z.string(),
  revision: z.string(),
  /** By status. */
  hosts: z.record(z.string(), z.number()),
  warnings: z.array(z.string()),
});
const Refused = z.object({ error: z.string() });

/** Checked by the controller: what does not fit is refused with INVALID_ARGUMENT. */
export type LocalRequest = z.infer<typeof CreateOperator>;
/** `chain` is PEM; `notAfterMs` is in Unix milliseconds. */
export type LocalAnswer = z.infer<typeof Created>;
/** What a controller that is well says of itself. */
export type Health = z.infer<typeof HealthSchema>;

/** The text of what the two throw is sent back to the caller. */
export interface LocalAdminOptions {
  readonly dataDir: string;
  readonly log: Logger;
  readonly createOperator: (request: LocalRequest) => Promise<LocalAnswer>;
  readonly health: () => Promise<Health>;
}

/** Serves until `close`. The store's lock keeps a second controller away. */
export function serveLocalAdmin({ dataDir, log, createOperator, health }: LocalAdminOptions): Promise<LocalServer> {
  return serveLocal({
    directory: dataDir,
    daemon: 'controller',
    log,
    handle: (received) => {
      const request = Request.safeParse(received);
      if (!request.success)
        throw new FleetblockError('INVALID_ARGUMENT', 'the admin socket did not understand the request');
      return request.data.command === 'health' ? health() : createOperator(request.data);
    },
  });
}

/**
 * @returns what the running controller answers, undefined when none runs on this directory
 * @throws FleetblockError what it refused, or UNAVAILABLE: it does not answer; PERMISSION_DENIED
 */
export function askLocalAdmin(dataDir: string, request: LocalRequest): Promise<LocalAnswer | undefined> {
  return ask(dataDir, request, Created);
}

/** As askLocalAdmin. */
export function askHealth(dataDir: string): Promise<Health | undefined> {
  return ask(dataDir, { command: 'health' }, HealthSchema);
}

async function ask<T>(dataDir: string, request: z.infer<typeof Request>, form: z.ZodType<T>): Promise<T | undefined> {
  const received = await askLocal({ directory: dataDir, daemon: 'controller' }, request);
  if (received === undefined) return undefined;
  const refused = Refused.safeParse(received);
  if (refused.success) throw new FleetblockError('FAILED_PRECONDITION', refused.data.error);
  const answer = form.safeParse(received);
  if (answer.success) return answer.data;
  throw new FleetblockError('UNAVAILABLE', `the controller on ${dataDir} does not answer: its answer makes no sense`);
}
