// Exchanges a token for the certificate of a host or of an operator: the calls that anybody may make.
import { createHash, randomUUID } from 'node:crypto';
import type { ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import { FleetblockError } from '../../../common/errors.ts';
import type { Logger } from '../../../common/logger.ts';
import { isValidName } from '../../../common/text/selector.ts';
import type { Clock } from '../../../common/time/clock.ts';
import type { EnrollmentServiceHandlers } from '../../../proto/gen/fleetblock/v1/EnrollmentService.ts';
import type { EnrollOperatorRequest__Output } from '../../../proto/gen/fleetblock/v1/EnrollOperatorRequest.ts';
import type { EnrollOperatorResponse } from '../../../proto/gen/fleetblock/v1/EnrollOperatorResponse.ts';
import type { EnrollRequest__Output } from '../../../proto/gen/fleetblock/v1/EnrollRequest.ts';
import type { EnrollResponse } from '../../../proto/gen/fleetblock/v1/EnrollResponse.ts';
import type { Refusal } from '../../identity/auth/authorizer.ts';
import { RateLimit } from '../../identity/auth/rate-limit.ts';
import { type Identity, provenKey } from '../../identity/identity.ts';
import type { Authority } from '../../identity/pki/authority.ts';
import { MAX_LABELS } from '../../identity/tokens.ts';
import type { Store } from '../../store/store.ts';
import { respond } from './calls.ts';

/** `authority` signs for hosts, `identity` for operators; `store` uses up the token. */
export interface EnrollmentDeps {
  readonly authority: Authority;
  readonly store: Pick<Store, 'enroll' | 'knowsSecret'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly identity: Pick<Identity, 'login'>;
  /** Told of refused enrollments and logins. */
  readonly onRefused: (refusal: Refusal) => void;
}

/**
 * Failed attempts of one address, or with one token by the holder of its secret: 20 at once, one more every two seconds. A secret has
 * 256 bits; this saves work and log. Who guesses shares an address with others (a NAT, a jump host) and must not lock them out.
 */
const ATTEMPTS = { burst: 20, perSecond: 0.5 };

/** Callers have no certificate: a token's secret is all that admits them, and failed attempts are limited. */
export function enrollmentHandlers(deps: EnrollmentDeps): EnrollmentServiceHandlers {
  const attempts = new RateLimit({ clock: deps.clock, ...ATTEMPTS });
  const answer =
    <Request extends Tokened, Reply>(work: (request: Request, from: string) => Promise<Reply>) =>
    (call: ServerUnaryCall<Request, Reply>, reply: sendUnaryData<Reply>) => {
      const from = call.getPeer();
      respond(deps.log, call, reply, () => attempt(deps, attempts, call, () => work(call.request, from)));
    };
  return {
    Enroll: answer<EnrollRequest__Output, EnrollResponse>((request, from) => enroll(deps, request, from)),
    EnrollOperator: answer<EnrollOperatorRequest__Output, EnrollOperatorResponse>((request, from) =>
      login(deps, request, from),
    ),
  };
}

interface Tokened {
  readonly tokenId: string;
  readonly tokenSecret: Uint8Array;
}

async function attempt<Reply>(
  deps: EnrollmentDeps,
  attempts: RateLimit,
  call: ServerUnaryCall<Tokened, unknown>,
  work: () => Promise<Reply>,
): Promise<Reply> {
  const from = call.getPeer();
  const address = from.replace(/:[0-9]+$/, '');
  const known = await knowsToken(deps, call.request);
  const whose = known ? `token ${call.request.tokenId}` : address;
  if (!attempts.take(whose))
    throw new FleetblockError(
      'RESOURCE_EXHAUSTED',
      `too many failed enrollments ${known ? 'with this token' : 'from this address'}: wait a minute`,
    );
  try {
    const response = await work();
    attempts.giveBack(whose);
    return response;
  } catch (error) {
    const tokenId = tokenIdFor(call.request);
    deps.log.warn({ from, tokenId }, refusalText(error));
    if (error instanceof FleetblockError) deps.onRefused({ actor: 'nobody', from, path: call.getPath(), error });
    throw error;
  }
}

async function login(
  { identity, authority, log }: EnrollmentDeps,
  request: EnrollOperatorRequest__Output,
  from: string,
): Promise<EnrollOperatorResponse> {
  checkToken(request);
  const { name, role, chain, notAfterMs } = await identity.login({ ...request, from });
  log.info({ from, name, role, tokenId: request.tokenId }, 'operator logged in');
  return {
    name,
    role,
    fleet: authority.fleet,
    certificateChain: chain,
    rootCertificate: authority.rootCertificate,
    expiresAtMs: notAfterMs,
  };
}

async function enroll(deps: EnrollmentDeps, request: EnrollRequest__Output, from: string): Promise<EnrollResponse> {
  const { authority, store, clock } = deps;
  checkToken(request);
  checkNames(request);
  const publicKey = provenKey(request.publicKey, `fleetblock-enroll:${request.tokenId}`, request.possession);
  const hostId = randomUUID();
  const host = await store.enroll({
    tokenId: request.tokenId,
    secretHash: hashOf(request.tokenSecret),
    hostId,
    hostName: request.hostName,
    labels: request.labels,
    keyHash: hashOf(request.publicKey),
    from,
  });
  // A token that keeps the identity of a host has another id than the one proposed. The store's clock does not follow one that
  // is set back: a certificate from before the enrollment would be refused.
  const issuedMs = Math.max(clock.wallMs(), host.identitySinceMs);
  const issued = await authority.issueAgent(host.id, publicKey, issuedMs, host.generation);
  deps.log.info({ from, host: host.name, hostId: host.id, tokenId: request.tokenId }, 'host enrolled');
  return {
    hostId: host.id,
    hostName: host.name,
    fleet: authority.fleet,
    certificateChain: issued.chain,
    rootCertificate: authority.rootCertificate,
  };
}

function isToken({ tokenId, tokenSecret }: Tokened): boolean {
  return /^[A-Za-z0-9_-]{8,32}$/.test(tokenId) && tokenSecret.length === 32;
}

function checkToken(request: Tokened): void {
  if (!isToken(request)) throw new FleetblockError('INVALID_ARGUMENT', 'that is not an enrollment token');
}

async function knowsToken({ store }: EnrollmentDeps, request: Tokened): Promise<boolean> {
  return isToken(request) && store.knowsSecret(request.tokenId, hashOf(request.tokenSecret));
}

function hashOf(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

function checkNames({ hostName, labels }: EnrollRequest__Output): void {
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

/** What may be logged of a token id that anybody could have sent. */
function tokenIdFor({ tokenId }: Tokened): string {
  return /^[A-Za-z0-9_-]{8,32}$/.test(tokenId) ? tokenId : '';
}

function refusalText(error: unknown): string {
  return error instanceof FleetblockError ? `enrollment refused: ${error.message}` : 'enrollment failed';
}
