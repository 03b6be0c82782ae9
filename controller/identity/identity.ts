// Membership of the fleet: certificates for agents and operators, issued, renewed and revoked.
import { createHash, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { FleetblockError } from '../../common/errors.ts';
import { isValidName } from '../../common/text/selector.ts';
import type { Clock } from '../../common/time/clock.ts';
import type { Attribution } from '../claims/attribution.ts';
import type {
  HostRecord,
  OperatorRecord,
  OperatorTokenRecord,
  RevokedOperators,
  TokenRecord,
} from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Caller } from './auth/caller.ts';
import type { OperatorRegistry } from './auth/operator-registry.ts';
import { RateLimit } from './auth/rate-limit.ts';
import { type Authority, type IssuedCertificate, OPERATOR_LIFE_MS } from './pki/authority.ts';
import { readPublicKey } from './pki/certificates.ts';
import { isOperatorRole, type OperatorRole } from './pki/names.ts';

const DAY_MS = 86_400_000;

/** `findHost` answers at once: a renewal must not pass an enrollment that comes meanwhile. */
export interface IdentityDeps {
  readonly authority: Authority;
  readonly operators: OperatorRegistry;
  readonly store: Pick<
    Store,
    'listTokens' | 'revokeToken' | 'revokeHost' | 'operatorTokens' | 'useOperatorToken' | 'revokeOperatorToken'
  >;
  readonly findHost: (hostId: string) => Pick<HostRecord, 'identitySinceMs' | 'generation'> | undefined;
  readonly clock: Clock;
}

/** `publicKey`: SubjectPublicKeyInfo, DER. `possession`: that key's signature over `fleetblock-operator:NAME` (SHA-256, DER). */
export interface OperatorRequest {
  readonly name: string;
  readonly role: string;
  /** Milliseconds; 0 for the default. */
  readonly ttlMs: number;
  readonly publicKey: Uint8Array;
  readonly possession: Uint8Array;
}

/** All certificates and login tokens of a name, or one certificate by its serial. */
export interface RevokeRequest {
  /** One of the two is empty. */
  readonly name: string;
  readonly serial: string;
  /** Even when no admin is left then. */
  readonly lastAdmin: boolean;
}

/** `publicKey`: SubjectPublicKeyInfo, DER. `possession`: that key's signature over `fleetblock-login:TOKEN_ID` (SHA-256, DER). */
export interface LoginRequest {
  readonly tokenId: string;
  readonly tokenSecret: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly possession: Uint8Array;
  /** Where the call came from, for the audit. */
  readonly from: string;
}

/** Default life of an operator's certificate. */
export const OPERATOR_DEFAULT_MS = DAY_MS * 7;

/**
 * How long a certificate may be renewed by its holder, from the day on that an admin or a login token made the first, milliseconds:
 * a forgotten holder must ask again. docs/decisions/0034 has the reasons.
 */
export const RENEWABLE_MS: Readonly<Record<OperatorRecord['role'], number>> = {
  viewer: DAY_MS * 365,
  operator: DAY_MS * 365,
  admin: DAY_MS * 90,
};

/** Renewals of one host, or of one operator: enough for an agent or a CLI that cannot keep what it gets. */
const RENEWALS = { burst: 6, perSecond: 1 / 600 };

/**
 * Reads a public key whose owner signed `text` with it.
 * @throws FleetblockError INVALID_ARGUMENT: no P-256 key, or not signed by it
 */
export function provenKey(spki: Uint8Array, text: string, possession: Uint8Array): KeyObject {
  const key = readPublicKey(spki);
  if (!verify('sha256', Buffer.from(text), key, possession))
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      'the request is not signed by the key that it asks a certificate for',
    );
  return key;
}

/** The role of a new operator, checked. @throws FleetblockError INVALID_ARGUMENT: no name, or no role */
export function operatorRole({ name, role }: Pick<OperatorRequest, 'name' | 'role'>): OperatorRole {
  if (!isValidName(name))
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      "an operator's name is 1 to 63 letters, digits, dots, underscores and hyphens",
    );
  if (isOperatorRole(role)) return role;
  throw new FleetblockError('INVALID_ARGUMENT', 'a role is one of viewer, operator and admin: say --role');
}

/** The form in which secrets and public keys are kept. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

/** Signs, renews and revokes for callers whose role was checked before; login tokens it checks itself. */
export class Identity {
  readonly #deps: IdentityDeps;
  readonly #renewals: RateLimit;

  constructor(deps: IdentityDeps) {
    this.#deps = deps;
    this.#renewals = new RateLimit({ clock: deps.clock, ...RENEWALS });
  }

  /** @throws FleetblockError INVALID_ARGUMENT, RESOURCE_EXHAUSTED */
  async renewAgent(hostId: string, publicKey: Uint8Array, possession: Uint8Array): Promise<IssuedCertificate> {
    this.#takeRenewal(hostId);
    const key = provenKey(publicKey, `fleetblock-renew:${hostId}`, possession);
    const { authority, clock, findHost } = this.#deps;
    // Of the generation that the caller was let in with, in the same turn: an enrollment that comes meanwhile refuses this one too.
    const { identitySinceMs, generation } = findHost(hostId) ?? { identitySinceMs: 0, generation: 0 };
    // A clock that was set back since must not make a certificate that counts as one from before the enrollment.
    return authority.issueAgent(hostId, key, Math.max(clock.wallMs(), identitySinceMs), generation);
  }

  /**
   * A certificate of the same name, role and life for the holder of one that is in the second half of its life. Both are good until
   * they end, and `revokeOperator` ends both.
   * @throws FleetblockError INVALID_ARGUMENT, RESOURCE_EXHAUSTED, FAILED_PRECONDITION: too early, or renewed for long enough
   */
  async renewOperator(caller: Caller, publicKey: Uint8Array, possession: Uint8Array): Promise<IssuedCertificate> {
    this.#takeRenewal(caller.actor);
    const { authority, operators, clock } = this.#deps;
    const key = provenKey(publicKey, `fleetblock-operator:${caller.id}`, possession);
    const current = operators.find(caller.serial);
    if (!current) throw new FleetblockError('UNAUTHENTICATED', 'the certificate to be renewed is not known');
    const { name, role, createdMs, expiresMs, sinceMs, serial } = current;
    const now = clock.wallMs();
    if (now < (createdMs + expiresMs) / 2)
      throw new FleetblockError('FAILED_PRECONDITION', 'a certificate is renewed in the second half of its life');
    const lifeMs = Math.min(lifeOf(current), sinceMs + RENEWABLE_MS[role] - now);
    if (lifeMs < OPERATOR_LIFE_MS.least)
      throw new FleetblockError(
        'FAILED_PRECONDITION',
        `the credentials of ${name} have been renewed for ${RENEWABLE_MS[role] / DAY_MS} days: have new ones made with fleetblock operator token`,
      );
    const issued = await authority.issueOperator(role, name, key, now, lifeMs);
    const by = { actor: caller.actor, reason: '', from: caller.from };
    await operators.add({ name, role, serial: issued.serial, expiresMs: issued.notAfterMs, renews: serial }, by);
    return issued;
  }

  /** @throws FleetblockError INVALID_ARGUMENT */
  async createOperator(request: OperatorRequest, by: Attribution): Promise<IssuedCertificate> {
    const { authority, operators, clock } = this.#deps;
    const { name } = request;
    const role = operatorRole(request);
    const key = provenKey(request.publicKey, `fleetblock-operator:${name}`, request.possession);
    const issued = await authority.issueOperator(role, name, key, clock.wallMs(), request.ttlMs || OPERATOR_DEFAULT_MS);
    await operators.add({ name, role, serial: issued.serial, expiresMs: issued.notAfterMs }, by);
    return issued;
  }

  /** A certificate for a token: its name, role and life are the token's. @throws FleetblockError UNAUTHENTICATED, INVALID_ARGUMENT */
  async login(request: LoginRequest): Promise<IssuedCertificate & { readonly name: string; readonly role: string }> {
    const { authority, operators, store, clock } = this.#deps;
    const key = provenKey(request.publicKey, `fleetblock-login:${request.tokenId}`, request.possession);
    const { id, name, role, ttlMs, chain } = await store.useOperatorToken({
      id: request.tokenId,
      secretHash: sha256(request.tokenSecret),
      keyHash: sha256(request.publicKey),
    });
    // The answer was lost: the same again.
    if (chain !== '') return { name, role, ...readIssued(chain) };
    const { chain: made, serial, notAfterMs } = await authority.issueOperator(role, name, key, clock.wallMs(), ttlMs);
    const by = { actor: `token/${id}`, reason: '', from: request.from };
    const counts = await operators.logIn(id, { name, role, serial, expiresMs: notAfterMs }, made, by);
    return { name, role, ...readIssued(counts) };
  }

  listOperators(): OperatorRecord[] {
    return this.#deps.operators.list();
  }

  /**
   * One certificate by serial, or all of a name and its login tokens.
   * @throws FleetblockError NOT_FOUND, INVALID_ARGUMENT, FAILED_PRECONDITION: it is the last admin's
   */
  async revokeOperator(which: RevokeRequest, by: Attribution): Promise<RevokedOperators> {
    const { name, serial, lastAdmin } = which;
    if ((name === '') === (serial === ''))
      throw new FleetblockError(
        'INVALID_ARGUMENT',
        'say which: a name, or one serial number (see fleetblock operator list)',
      );
    return this.#deps.operators.revoke(
      serial === '' ? { name, lastAdmin } : { serial: serial.toLowerCase(), lastAdmin },
      by,
    );
  }

  listOperatorTokens(): Promise<readonly OperatorTokenRecord[]> {
    return this.#deps.store.operatorTokens();
  }

  /** @throws FleetblockError NOT_FOUND */
  revokeOperatorToken(id: string, by: Attribution): Promise<OperatorTokenRecord> {
    return this.#deps.store.revokeOperatorToken(id, by);
  }

  listTokens(): Promise<readonly TokenRecord[]> {
    return this.#deps.store.listTokens();
  }

  /** @throws FleetblockError NOT_FOUND */
  revokeToken(id: string, by: Attribution): Promise<TokenRecord> {
    return this.#deps.store.revokeToken(id, by);
  }

  /** Its stream ends with the commit. @throws FleetblockError NOT_FOUND */
  revokeHost(name: string, by: Attribution): Promise<HostRecord> {
    return this.#deps.store.revokeHost(name, by);
  }

  #takeRenewal(of: string): void {
    if (!this.#renewals.take(of))
      throw new FleetblockError('RESOURCE_EXHAUSTED', 'too many renewals of one certificate: wait ten minutes');
  }
}

/** In whole minutes: the time that it took to make it does not shorten the next. */
function lifeOf({ createdMs, expiresMs }: OperatorRecord): number {
  const minutes = Math.ceil((expiresMs - createdMs) / 60_000);
  return Math.min(Math.max(minutes * 60_000, OPERATOR_LIFE_MS.least), OPERATOR_LIFE_MS.most);
}

/** What a chain says of itself. */
function readIssued(chain: string): IssuedCertificate {
  const { serialNumber, validToDate } = new X509Certificate(chain);
  return { chain, serial: serialNumber.toLowerCase(), notAfterMs: validToDate.getTime() };
}
