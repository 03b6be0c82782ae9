// Exchanges an enrollment token for a host certificate: the one call that anybody may make.
import { createHash, randomUUID } from 'node:crypto';
import type { ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import type { Clock } from '../../common/clock.ts';
import { FleetblockError } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import { toStatus } from '../../common/rpc/status.ts';
import { isValidName } from '../../common/selector.ts';
import type { EnrollmentServiceHandlers } from '../../proto/gen/fleetblock/v1/EnrollmentService.ts';
import type { EnrollRequest__Output } from '../../proto/gen/fleetblock/v1/EnrollRequest.ts';
import type { EnrollResponse } from '../../proto/gen/fleetblock/v1/EnrollResponse.ts';
import { RateLimit } from '../auth/rate-limit.ts';
import { provenKey } from '../identity.ts';
import type { Authority } from '../pki/authority.ts';
import type { Store } from '../store/store.ts';

export interface EnrollmentDeps {
  readonly authority: Authority;
  readonly store: Pick<Store, 'enroll' | 'recordAudit'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Failed attempts of one address: 20 at once, one more every two seconds. A secret has 256 bits; this saves work and log. */
const ATTEMPTS = { burst: 20, perSecond: 0.5 };

const MAX_LABELS = 32;

export function enrollmentHandlers(deps: EnrollmentDeps): EnrollmentServiceHandlers {
  const attempts = new RateLimit({ clock: deps.clock, ...ATTEMPTS });
  return {
    Enroll: (call: ServerUnaryCall<EnrollRequest__Output, EnrollResponse>, reply: sendUnaryData<EnrollResponse>) => {
      const from = call.getPeer();
      enrollOnce(deps, attempts, call.request, from).then(
        (response) => reply(null, response),
        (error: unknown) => {
          if (!(error instanceof FleetblockError)) deps.log.error({ err: error, from }, 'an enrollment failed');
          reply(toStatus(error));
        },
      );
    },
  };
}

async function enrollOnce(
  deps: EnrollmentDeps,
  attempts: RateLimit,
  request: EnrollRequest__Output,
  from: string,
): Promise<EnrollResponse> {
  const address = from.replace(/:[0-9]+$/, '');
  if (!attempts.take(address))
    throw new FleetblockError('RESOURCE_EXHAUSTED', 'too many failed enrollments from this address: wait a minute');
  try {
    const response = await enroll(deps, request, from);
    attempts.giveBack(address);
    return response;
  } catch (error) {
    deps.log.warn({ from, host: request.hostName.slice(0, 64), tokenId: tokenIdFor(request) }, refusalText(error));
    throw error;
  }
}

async function enroll(deps: EnrollmentDeps, request: EnrollRequest__Output, from: string): Promise<EnrollResponse> {
  const { authority, store, clock } = deps;
  checkNames(request);
  const publicKey = provenKey(request.publicKey, `fleetblock-enroll:${request.tokenId}`, request.possession);
  const hostId = randomUUID();
  const host = await store.enroll({
    tokenId: request.tokenId,
    secretHash: createHash('sha256').update(request.tokenSecret).digest(),
    hostId,
    hostName: request.hostName,
    labels: request.labels,
    from,
  });
  // A token that keeps the identity of a host has another id than the one proposed. The store's clock does not follow one that
  // is set back: a certificate from before the enrollment would be refused.
  const issued = await authority.issueAgent(host.id, publicKey, Math.max(clock.wallMs(), host.identitySinceMs));
  deps.log.info({ from, host: host.name, hostId: host.id, tokenId: request.tokenId }, 'host enrolled');
  return {
    hostId: host.id,
    hostName: host.name,
    fleet: authority.fleet,
    certificateChain: issued.chain,
    rootCertificate: authority.rootCertificate,
  };
}

function checkNames({ tokenId, tokenSecret, hostName, labels }: EnrollRequest__Output): void {
  if (!/^[A-Za-z0-9_-]{8,32}$/.test(tokenId) || tokenSecret.length !== 32)
    throw new FleetblockError('INVALID_ARGUMENT', 'that is not an enrollment token');
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
function tokenIdFor({ tokenId }: EnrollRequest__Output): string {
  return /^[A-Za-z0-9_-]{8,32}$/.test(tokenId) ? tokenId : '';
}

function refusalText(error: unknown): string {
  return error instanceof FleetblockError ? `enrollment refused: ${error.message}` : 'enrollment failed';
}
