// Makes enrollment tokens: the secret is shown once and kept only as its hash.
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../common/clock.ts';
import { FleetblockError } from '../common/errors.ts';
import { isValidName } from '../common/selector.ts';
import { formatToken } from '../common/token.ts';
import type { Store } from './store/store.ts';

const DEFAULT_TTL_MS = 3_600_000;
const MAX_TTL_MS = 30 * 86_400_000;
const MAX_USES = 100_000;

export interface TokenRequest {
  /** 0: one hour. */
  readonly ttlMs: number;
  /** 0: one. */
  readonly maxUses: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Empty: any. */
  readonly hostName: string;
  /** For the host of that name, which is there and keeps its id. */
  readonly keepIdentity: boolean;
  readonly actor: string;
}

/** @throws FleetblockError INVALID_ARGUMENT */
export async function createToken(
  deps: { readonly store: Pick<Store, 'createToken'>; readonly clock: Clock; readonly rootPin: Uint8Array },
  request: TokenRequest,
): Promise<{ token: string; id: string; expiresAtMs: number }> {
  const ttlMs = request.ttlMs || DEFAULT_TTL_MS;
  const maxUses = request.maxUses || 1;
  if (ttlMs > MAX_TTL_MS) throw new FleetblockError('INVALID_ARGUMENT', 'a token lives at most 30 days');
  if (maxUses > MAX_USES) throw new FleetblockError('INVALID_ARGUMENT', `a token has at most ${MAX_USES} uses`);
  if (request.hostName !== '' && !isValidName(request.hostName))
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(request.hostName.slice(0, 80))} is not a host name`,
    );
  if (request.keepIdentity && (request.hostName === '' || maxUses !== 1))
    throw new FleetblockError('INVALID_ARGUMENT', 'a token that keeps an identity names its host and is used once');
  const badLabel = Object.entries(request.labels).find(([key, value]) => !isValidName(key) || !isValidName(value));
  if (badLabel)
    throw new FleetblockError('INVALID_ARGUMENT', `${badLabel.join('=').slice(0, 80)} is not a label: write key=value`);
  const secret = randomBytes(32);
  const record = await deps.store.createToken(
    {
      id: randomBytes(9).toString('base64url'),
      secretHash: createHash('sha256').update(secret).digest(),
      expiresMs: deps.clock.wallMs() + ttlMs,
      maxUses,
      labels: request.labels,
      hostName: request.hostName,
      keepIdentity: request.keepIdentity,
    },
    { actor: request.actor, reason: '' },
  );
  return {
    token: formatToken({ id: record.id, secret, pin: deps.rootPin }),
    id: record.id,
    expiresAtMs: record.expiresMs,
  };
}
