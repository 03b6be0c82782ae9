// Load it only to log in: making every service of the descriptor takes longer than most calls.
//
// Exchanges a login token for a certificate, over a connection that trusts the root that the token pins, and nothing else.
import { ChannelCredentials } from '@grpc/grpc-js';
import { FleetblockError } from '../../common/errors.ts';
import { channelOptions, ENROLLMENT_NAME } from '../../common/rpc/channel.ts';
import { protocol } from '../../common/rpc/proto.ts';
import { fromServiceError } from '../../common/rpc/status.ts';
import type { EnrollOperatorRequest } from '../../proto/gen/fleetblock/v1/EnrollOperatorRequest.ts';
import type { EnrollOperatorResponse__Output } from '../../proto/gen/fleetblock/v1/EnrollOperatorResponse.ts';

/**
 * @param rootCertificate PEM; the controller's chain, name and times are checked against it before anything is sent
 * @throws FleetblockError what the controller refused, or UNAVAILABLE
 */
export async function enrollOperator(
  controller: string,
  rootCertificate: string,
  timeoutMs: number,
  request: EnrollOperatorRequest,
): Promise<EnrollOperatorResponse__Output> {
  const credentials = ChannelCredentials.createSsl(Buffer.from(rootCertificate));
  const client = new protocol.EnrollmentService(controller, credentials, channelOptions(ENROLLMENT_NAME));
  try {
    return await new Promise((resolve, reject) => {
      client.EnrollOperator(request, { deadline: Date.now() + timeoutMs }, (error, answer) => {
        if (error) reject(fromServiceError(error));
        else if (answer) resolve(answer);
        else reject(new FleetblockError('INTERNAL', 'the controller answered nothing'));
      });
    });
  } finally {
    client.close();
  }
}
