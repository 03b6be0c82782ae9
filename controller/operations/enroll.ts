// Exchanges a token for the certificate of a host or of an operator: what callers without a certificate may do.
import { randomUUID } from 'node:crypto';
import { FleetblockError } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import { isValidName } from '../../common/text/selector.ts';
import type { Clock } from '../../common/time/clock.ts';
import type { Refusal } from '../identity/auth/authorizer.ts';
import { RateLimit } from '../identity/auth/rate-limit.ts';
import { type Identity, type LoginRequest, provenKey, sha256 } from '../identity/identity.ts';
import type { Authority } from '../identity/pki/authority.ts';
import { MAX_LABELS } from '../identity/tokens.ts';
import type { HostRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** `authority` signs for hosts, `identity` for operators; `store` uses up the token. */
export interface EnrollmentDeps {
  readonly authority: Authority;
  readonly store: Pick<Store, 'enroll' | 'knowsSecret'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly identity: Pick<Identity, 'login'>;
  /** Called with refused enrollments and logins. */
  readonly onRefused: (refusal: Refusal) => void;
}

/** `publicKey`: SubjectPublicKeyInfo, DER. `possession`: that key's signature over `fleetblock-enroll:TOKEN_ID` (SHA-256, DER). */
export interface EnrollRequest extends Omit<LoginRequest, 'from'> {
  readonly hostName: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Where a call came from, and its gRPC path: for the audit of refusals. */
export interface CallOrigin {
  readonly from: string;
  readonly path: string;
}

/**
 * Failed attempts of one address, or with one token by the holder of its secret: 20 at once, one more every two seconds. A secret has
 * 256 bits; this saves work and log. A guesser shares an address with others (a NAT, a jump host) and must not lock them out.
 */
const ATTEMPTS = { burst: 20, perSecond: 0.5 };

/** A token's secret is all that admits a caller here, and failed attempts are limited. */
export class Enrollment {
  readonly #deps: EnrollmentDeps;
  readonly #attempts: RateLimit;

  constructor(deps: EnrollmentDeps) {
    this.#deps = deps;
    this.#attempts = new RateLimit({ clock: deps.clock, ...ATTEMPTS });
  }

  /** @throws FleetblockError INVALID_ARGUMENT, UNAUTHENTICATED, PERMISSION_DENIED, ALREADY_EXISTS, RESOURCE_EXHAUSTED: too many failures */
  enroll(request: EnrollRequest, origin: CallOrigin): Promise<{ readonly host: HostRecord; readonly chain: string }> {
    return this.#attempt(request, origin, async () => {
      const { authority, store, clock, log } = this.#deps;
      assertNames(request);
      const { tokenId, tokenSecret, hostName, labels, publicKey, possession } = request;
      const { from } = origin;
      const key = provenKey(publicKey, `fleetblock-enroll:${tokenId}`, possession);
      const [secretHash, keyHash] = [sha256(tokenSecret), sha256(publicKey)];
      const host = await store.enroll({ tokenId, secretHash, hostId: randomUUID(), hostName, labels, keyHash, from });
      // A token that keeps the identity of a host has another id than the one proposed. The store's clock does not follow one that
      // is set back: a certificate from before the enrollment would be refused.
      const issuedMs = Math.max(clock.wallMs(), host.identitySinceMs);
      const { chain } = await authority.issueAgent(host.id, key, issuedMs, host.generation);
      log.info({ from, host: host.name, hostId: host.id, tokenId }, 'host enrolled');
      return { host, chain };
    });
  }

  /** @throws FleetblockError INVALID_ARGUMENT, UNAUTHENTICATED, RESOURCE_EXHAUSTED: too many failures */
  login(request: Omit<LoginRequest, 'from'>, origin: CallOrigin): ReturnType<Identity['login']> {
    return this.#attempt(request, origin, async () => {
      const { identity, log } = this.#deps;
      const { from } = origin;
      const issued = await identity.login({ ...request, from });
      log.info({ from, name: issued.name, role: issued.role, tokenId: request.tokenId }, 'operator logged in');
      return issued;
    });
  }

  async #attempt<Issued>(token: Tokened, { from, path }: CallOrigin, work: () => Promise<Issued>): Promise<Issued> {
    const { store, log, onRefused } = this.#deps;
    const known = isToken(token) && (await store.knowsSecret(token.tokenId, sha256(token.tokenSecret)));
    const holder = known ? `token ${token.tokenId}` : from.replace(/:[0-9]+$/, '');
    if (!this.#attempts.take(holder))
      throw new FleetblockError(
        'RESOURCE_EXHAUSTED',
        `too many failed enrollments ${known ? 'with this token' : 'from this address'}: wait a minute`,
      );
    try {
      if (!isToken(token)) throw new FleetblockError('INVALID_ARGUMENT', 'that is not an enrollment token');
      const issued = await work();
      this.#attempts.giveBack(holder);
      return issued;
    } catch (error) {
      const refused = error instanceof FleetblockError;
      // An id is logged only if it looks like one: any caller could have sent it.
      const tokenId = TOKEN_ID.test(token.tokenId) ? token.tokenId : '';
      log.warn({ from, tokenId }, refused ? `enrollment refused: ${error.message}` : 'enrollment failed');
      if (refused) onRefused({ actor: 'nobody', from, path, error });
      throw error;
    }
  }
}

type Tokened = Pick<LoginRequest, 'tokenId' | 'tokenSecret'>;

const TOKEN_ID = /^[A-Za-z0-9_-]{8,32}$/;

function isToken({ tokenId, tokenSecret }: Tokened): boolean {
  return TOKEN_ID.test(tokenId) && tokenSecret.length === 32;
}

function assertNames({ hostName, labels }: EnrollRequest): void {
  if (!isValidName(hostName))
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      'a host name is 1 to 63 letters, digits, dots, underscores and hyphens: choose one with --name',
    );
  const entries = Object.entries(labels);
  if (entries.length > MAX_LABELS || !entries.flat().every(isValidName))
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `at most ${MAX_LABELS} labels, keys and values of 1 to 63 letters, digits, dots, underscores and hyphens`,
    );
}
