// The rollout service as the commands call it.
import { method } from '../../common/rpc/client/method.ts';
import type { Rollout__Output } from '../../proto/gen/fleetblock/v1/Rollout.ts';
import type { RolloutReply__Output } from '../../proto/gen/fleetblock/v1/RolloutReply.ts';
import type { RolloutRequest } from '../../proto/gen/fleetblock/v1/RolloutRequest.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { Cli } from '../environment.ts';
import { withConnection } from './connection.ts';

/** The newest first. @throws FleetblockError: the controller's code and text, or why it could not be reached */
export function listRollouts(cli: Cli, credentials: Credentials): Promise<Rollout__Output[]> {
  return withConnection(cli, credentials, (connection) =>
    connection.all(method('RolloutService', 'ListRolloutChunks'), {}, ({ rollouts }) => rollouts),
  );
}

/** @throws FleetblockError as listRollouts does */
export function orderRollout(
  cli: Cli,
  credentials: Credentials,
  order: 'PauseRollout' | 'ResumeRollout' | 'AbortRollout',
  request: RolloutRequest,
): Promise<RolloutReply__Output> {
  return withConnection(cli, credentials, (connection) => connection.unary(method('RolloutService', order), request));
}
