// The Sync call as an agent speaks it: a small change and its ack, which a caller waits for, are read and written without the generated
// codec: a fleet on one machine, or a host that starts, has other work for its processor.

import type { AgentMessage } from '../../proto/gen/fleetblock/v1/AgentMessage.ts';
import type { ControllerMessage__Output } from '../../proto/gen/fleetblock/v1/ControllerMessage.ts';
import { method } from '../rpc/client/method.ts';
import { encodeAck } from './ack.ts';
import { decodeDelta } from './delta.ts';

/** The generated codec, for all that is not such a message. */
export const generatedSync = method('AgentService', 'Sync');

/** What an agent calls. Whatever the hand-written codecs do not take goes to the generated one. */
export const syncMethod = {
  path: generatedSync.path,
  serialize: (message: AgentMessage): Buffer =>
    (message.ack && encodeAck(message.ack)) ?? generatedSync.serialize(message),
  deserialize: (bytes: Buffer): ControllerMessage__Output => decodeDelta(bytes) ?? generatedSync.deserialize(bytes),
};
