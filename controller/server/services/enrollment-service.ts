// EnrollmentService on the wire: the calls that need no certificate.
import type { Logger } from '../../../common/logger.ts';
import type { EnrollmentServiceHandlers } from '../../../proto/gen/fleetblock/v1/EnrollmentService.ts';
import type { AuthorizableCall } from '../../identity/auth/caller.ts';
import type { Authority } from '../../identity/pki/authority.ts';
import type { CallOrigin, Enrollment } from '../../operations/enroll.ts';
import { respond } from './grpc-calls.ts';

/** `authority`: what a new member of the fleet learns of it. */
export interface EnrollmentServiceDeps {
  readonly enrollment: Enrollment;
  readonly authority: Pick<Authority, 'fleet' | 'rootCertificate'>;
  readonly log: Logger;
}

/** Nothing is authorized here: `enrollment` checks the token. */
export function enrollmentHandlers({ enrollment, authority, log }: EnrollmentServiceDeps): EnrollmentServiceHandlers {
  const { fleet, rootCertificate } = authority;
  return {
    Enroll: (call, reply) =>
      respond(log, call, reply, async () => {
        const { host, chain } = await enrollment.enroll(call.request, originOf(call));
        return { hostId: host.id, hostName: host.name, fleet, certificateChain: chain, rootCertificate };
      }),
    EnrollOperator: (call, reply) =>
      respond(log, call, reply, async () => {
        const { name, role, chain, notAfterMs } = await enrollment.login(call.request, originOf(call));
        return { name, role, fleet, certificateChain: chain, rootCertificate, expiresAtMs: notAfterMs };
      }),
  };
}

function originOf(call: AuthorizableCall): CallOrigin {
  return { from: call.getPeer(), path: call.getPath() };
}
