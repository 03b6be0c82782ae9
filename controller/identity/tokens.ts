// Makes tokens for hosts and for operators, and API keys: the secret is shown once and kept only as its hash.
import { randomBytes } from 'node:crypto';
import { FleetblockError } from '../../common/errors.ts';
import { isListName, listOfOrigin, parseOrigin } from '../../common/text/origin.ts';
import { isValidName } from '../../common/text/selector.ts';
import { formatApiKey, formatLoginToken, formatToken } from '../../common/text/token.ts';
import type { Clock } from '../../common/time/clock.ts';
import type { Attribution } from '../claims/attribution.ts';
import type { ApiKeyRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { ApiKeys } from './auth/api-keys.ts';
import { OPERATOR_DEFAULT_MS, operatorRole, sha256 } from './identity.ts';
import { OPERATOR_LIFE_MS } from './pki/authority.ts';

const DEFAULT_TTL_MS = 3_600_000;
const MAX_TTL_MS = 30 * 86_400_000;
const MAX_USES = 100_000;
/** That a token gives a host, that a host asks for, or that one call changes. */
export const MAX_LABELS = 32;

/** What hosts that enroll with the token may be, and how many of them. */
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
  /** Hosts get `labels` alone, and none that they ask for. */
  readonly onlyLabels: boolean;
  readonly actor: string;
  /** Where the call came from, for the audit. */
  readonly from: string;
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
  if (Object.keys(request.labels).length > MAX_LABELS)
    throw new FleetblockError('INVALID_ARGUMENT', `a token gives at most ${MAX_LABELS} labels`);
  const secret = randomBytes(32);
  const record = await deps.store.createToken(
    {
      id: randomBytes(9).toString('base64url'),
      secretHash: sha256(secret),
      expiresMs: deps.clock.wallMs() + ttlMs,
      maxUses,
      labels: request.labels,
      hostName: request.hostName,
      keepIdentity: request.keepIdentity,
      onlyLabels: request.onlyLabels,
    },
    { actor: request.actor, reason: '', from: request.from },
  );
  return {
    token: formatToken({ id: record.id, secret, pin: deps.rootPin }),
    id: record.id,
    expiresAtMs: record.expiresMs,
  };
}

/** Who may log in with the token, and as what. */
export interface OperatorTokenRequest {
  readonly name: string;
  readonly role: string;
  /** Of the certificate, milliseconds; 0: the default. */
  readonly ttlMs: number;
  /** Of the token, milliseconds; 0: one hour. */
  readonly tokenTtlMs: number;
}

const MAX_LOGIN_MS = 86_400_000;

/** A one-time token that gets its holder a certificate for a key of their own. @throws FleetblockError INVALID_ARGUMENT */
export async function createOperatorToken(
  deps: { readonly store: Pick<Store, 'createOperatorToken'>; readonly clock: Clock; readonly rootPin: Uint8Array },
  request: OperatorTokenRequest,
  by: Attribution,
): Promise<{ token: string; id: string; expiresAtMs: number }> {
  const { name } = request;
  const role = operatorRole(request);
  const ttlMs = request.ttlMs || OPERATOR_DEFAULT_MS;
  const tokenTtlMs = request.tokenTtlMs || DEFAULT_TTL_MS;
  if (!(ttlMs >= OPERATOR_LIFE_MS.least && ttlMs <= OPERATOR_LIFE_MS.most))
    throw new FleetblockError('INVALID_ARGUMENT', "an operator's certificate lasts from 12h to 30d");
  if (tokenTtlMs > MAX_LOGIN_MS) throw new FleetblockError('INVALID_ARGUMENT', 'a login token lives at most 24 hours');
  const secret = randomBytes(32);
  const id = randomBytes(9).toString('base64url');
  const expiresMs = deps.clock.wallMs() + tokenTtlMs;
  await deps.store.createOperatorToken({ id, secretHash: sha256(secret), name, role, ttlMs, expiresMs }, by);
  return { token: formatLoginToken({ id, secret, pin: deps.rootPin }), id, expiresAtMs: expiresMs };
}

/** Who may call with the key, and as what. */
export interface ApiKeyRequest {
  readonly name: string;
  /** viewer or operator. */
  readonly role: string;
  /** The only origin whose claims it may change; empty: any. */
  readonly origin: string;
  /** Milliseconds; 0: no end. */
  readonly ttlMs: number;
}

/** @throws FleetblockError INVALID_ARGUMENT, and as Store.createApiKey does */
export async function createApiKey(
  deps: { readonly apiKeys: Pick<ApiKeys, 'create'>; readonly clock: Clock },
  { name, role, origin, ttlMs }: ApiKeyRequest,
  by: Attribution,
): Promise<{ readonly key: string; readonly apiKey: ApiKeyRecord }> {
  if (!isValidName(name))
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      'the name of an API key is 1 to 63 letters, digits, dots, underscores and hyphens',
    );
  if (role !== 'viewer' && role !== 'operator')
    throw new FleetblockError('INVALID_ARGUMENT', 'an API key is a viewer or an operator: say --role');
  if (origin !== '' && role === 'viewer')
    throw new FleetblockError('INVALID_ARGUMENT', 'a viewer changes nothing, of whatever origin: leave the origin out');
  // The origin of a list is good here: such a key imports that list.
  const list = listOfOrigin(origin);
  if (list === undefined) parseOrigin(origin);
  else if (!isListName(list))
    throw new FleetblockError('INVALID_ARGUMENT', `${JSON.stringify(origin.slice(0, 80))} is not the origin of a list`);
  const secret = randomBytes(32);
  const id = randomBytes(9).toString('base64url');
  const expiresMs = ttlMs > 0 ? deps.clock.wallMs() + ttlMs : 0;
  const apiKey = await deps.apiKeys.create({ id, name, role, origin, secretHash: sha256(secret), expiresMs }, by);
  return { key: formatApiKey({ id, secret }), apiKey };
}
