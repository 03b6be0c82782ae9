// Calls IdentityService.RenewCertificate with the certificate that is to be replaced.
import { FleetblockError } from '../../common/errors.ts';
import { type ClientIdentity, CONTROLLER_NAME, channelOptions, clientCredentials } from '../../common/rpc/channel.ts';
import { protocol } from '../../common/rpc/proto.ts';
import { fromServiceError } from '../../common/rpc/status.ts';
import type { RenewCertificateRequest } from '../../proto/gen/fleetblock/v1/RenewCertificateRequest.ts';

/** @returns the new chain, PEM. @throws FleetblockError what the controller refused, or UNAVAILABLE */
export async function callRenewCertificate(
  controller: string,
  identity: ClientIdentity,
  timeoutMs: number,
  request: RenewCertificateRequest,
): Promise<string> {
  const client = new protocol.IdentityService(controller, clientCredentials(identity), channelOptions(CONTROLLER_NAME));
  try {
    return await new Promise((resolve, reject) => {
      client.RenewCertificate(request, { deadline: Date.now() + timeoutMs }, (error, answer) => {
        if (error) reject(fromServiceError(error));
        else if (answer) resolve(answer.certificateChain);
        else reject(new FleetblockError('INTERNAL', 'the controller answered nothing'));
      });
    });
  } finally {
    client.close();
  }
}
