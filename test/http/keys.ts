// API keys for tests.
import { randomBytes } from 'node:crypto';
import type { ClientIdentity } from '../../common/rpc/channel.ts';
import { formatApiKey } from '../../common/text/token.ts';
import { sha256 } from '../../controller/identity/identity.ts';
import type { RunningFleet } from '../identity/running.ts';
import { ask, IDENTITY } from './client.ts';

export interface KeyRequest {
  readonly name: string;
  readonly role: string;
  readonly origin?: string;
  readonly ttlMs?: string;
}

/** Made over HTTP, by an admin. @returns the whole key */
export async function makeKey(
  running: RunningFleet,
  request: KeyRequest,
  admin: ClientIdentity | undefined,
): Promise<string> {
  const reply = await ask(running, `${IDENTITY}CreateApiKey`, request, { identity: admin });
  if (reply.status !== 200) throw new Error(`${reply.status} ${reply.body}`);
  return reply.json().key;
}

/** A viewer's, for a controller that does not serve yet. @returns the whole key */
export async function storeKey(running: RunningFleet, name: string): Promise<string> {
  const secret = randomBytes(32);
  const id = `id-${name}`;
  const key = { id, name, role: 'viewer', origin: '', secretHash: sha256(secret), expiresMs: 0 } as const;
  await running.store.createApiKey(key, { actor: 'test', reason: '' });
  return formatApiKey({ id, secret });
}
