// Who belongs to the fleet: certificates for agents and operators, and taking them away again.
import { createHash, type KeyObject, verify } from 'node:crypto';
import type { Clock } from '../common/clock.ts';
import { FleetblockError } from '../common/errors.ts';
import { isValidName } from '../common/selector.ts';
import type { OperatorRegistry } from './auth/operator-registry.ts';
import type { Authority, IssuedCertificate } from './pki/authority.ts';
import { readPublicKey } from './pki/certificates.ts';
import { isOperatorRole } from './pki/names.ts';
import type { Attribution, AuditVerdict, HostRecord, OperatorRecord, TokenRecord } from './store/records.ts';
import type { Store } from './store/store.ts';

export interface IdentityDeps {
  readonly authority: Authority;
  readonly operators: OperatorRegistry;
  readonly store: Pick<Store, 'listTokens' | 'revokeToken' | 'revokeHost' | 'verifyAudit' | 'useOperatorToken'>;
  /** When the host was enrolled last, Unix milliseconds; 0 when it is unknown. */
  readonly identitySinceMs: (hostId: string) => number;
  readonly clock: Clock;
}

export interface OperatorRequest {
  readonly name: string;
  readonly role: string;
  /** Milliseconds; 0 for the default. */
  readonly ttlMs: number;
  readonly publicKey: Uint8Array;
  readonly possession: Uint8Array;
}

export interface LoginRequest {
  readonly tokenId: string;
  readonly tokenSecret: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly possession: Uint8Array;
  /** Where the call came from, for the audit. */
  readonly from: string;
}

/** Life of an operator's certificate when nothing else is said. */
export const OPERATOR_DEFAULT_MS = 7 * 86_400_000;

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

export class Identity {
  readonly #deps: IdentityDeps;

  constructor(deps: IdentityDeps) {
    this.#deps = deps;
  }

  /** @throws FleetblockError INVALID_ARGUMENT */
  async renewAgent(hostId: string, publicKey: Uint8Array, possession: Uint8Array): Promise<IssuedCertificate> {
    const key = provenKey(publicKey, `fleetblock-renew:${hostId}`, possession);
    const { authority, clock, identitySinceMs } = this.#deps;
    // A clock that was set back since must not make a certificate that counts as one from before the enrollment.
    return authority.issueAgent(hostId, key, Math.max(clock.wallMs(), identitySinceMs(hostId)));
  }

  /** @throws FleetblockError INVALID_ARGUMENT */
  async createOperator(request: OperatorRequest, by: Attribution): Promise<IssuedCertificate> {
    const { authority, operators, clock } = this.#deps;
    const { name, role } = request;
    if (!isValidName(name))
      throw new FleetblockError(
        'INVALID_ARGUMENT',
        "an operator's name is 1 to 63 letters, digits, dots, underscores and hyphens",
      );
    if (!isOperatorRole(role))
      throw new FleetblockError('INVALID_ARGUMENT', 'a role is one of viewer, operator and admin: say --role');
    const key = provenKey(request.publicKey, `fleetblock-operator:${name}`, request.possession);
    const issued = await authority.issueOperator(role, name, key, clock.wallMs(), request.ttlMs || OPERATOR_DEFAULT_MS);
    await operators.add({ name, role, serial: issued.serial, expiresMs: issued.notAfterMs }, by);
    return issued;
  }

  /** A certificate for a token: its name, role and life are the token's. @throws FleetblockError UNAUTHENTICATED, INVALID_ARGUMENT */
  async login(request: LoginRequest): Promise<IssuedCertificate & { readonly name: string; readonly role: string }> {
    const { authority, operators, store, clock } = this.#deps;
    const key = provenKey(request.publicKey, `fleetblock-login:${request.tokenId}`, request.possession);
    const { name, role, ttlMs } = await store.useOperatorToken({
      id: request.tokenId,
      secretHash: createHash('sha256').update(request.tokenSecret).digest(),
      keyHash: createHash('sha256').update(request.publicKey).digest(),
    });
    const issued = await authority.issueOperator(role, name, key, clock.wallMs(), ttlMs);
    const by = { actor: `token/${request.tokenId}`, reason: '', from: request.from };
    await operators.add({ name, role, serial: issued.serial, expiresMs: issued.notAfterMs }, by);
    return { ...issued, name, role };
  }

  listOperators(): OperatorRecord[] {
    return this.#deps.operators.list();
  }

  /** One certificate by serial, or all of a name that live. @throws FleetblockError NOT_FOUND, INVALID_ARGUMENT */
  async revokeOperator(which: { name: string; serial: string }, by: Attribution): Promise<OperatorRecord[]> {
    const { operators, clock } = this.#deps;
    if ((which.name === '') === (which.serial === ''))
      throw new FleetblockError(
        'INVALID_ARGUMENT',
        'say which: a name, or one serial number (see fleetblock operator list)',
      );
    const now = clock.wallMs();
    const chosen = operators
      .list()
      .filter(({ name, serial }) => (which.serial === '' ? name === which.name : serial === which.serial.toLowerCase()))
      .filter(({ revokedMs, expiresMs }) => revokedMs === 0 && expiresMs > now);
    if (chosen.length === 0)
      throw new FleetblockError('NOT_FOUND', 'there is no such certificate that lives: see fleetblock operator list');
    const revoked: OperatorRecord[] = [];
    for (const { serial } of chosen) revoked.push(await operators.revoke(serial, by));
    return revoked;
  }

  listTokens(): Promise<readonly TokenRecord[]> {
    return this.#deps.store.listTokens();
  }

  /** @throws FleetblockError NOT_FOUND */
  revokeToken(id: string, by: Attribution): Promise<TokenRecord> {
    return this.#deps.store.revokeToken(id, by);
  }

  verifyAudit(): Promise<AuditVerdict> {
    return this.#deps.store.verifyAudit();
  }

  /** Its stream ends with the commit. @throws FleetblockError NOT_FOUND */
  revokeHost(name: string, by: Attribution): Promise<HostRecord> {
    return this.#deps.store.revokeHost(name, by);
  }
}
