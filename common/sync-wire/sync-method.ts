// The Sync call as an agent speaks it: a small change and its ack, which somebody waits for, are read and written without the generated
// codec: a fleet on one machine, or a host that starts, has other work for its processor.

import type { AgentMessage } from '../../proto/gen/fleetblock/v1/AgentMessage.ts';
import type { ControllerMessage__Output } from '../../proto/gen/fleetblock/v1/ControllerMessage.ts';
import { protocol } from '../rpc/proto.ts';
import { encodeAck } from './ack.ts';
import { decodeDelta } from './delta.ts';

const { Sync } = protocol.AgentService.service;

export const syncMethod = {
  path: Sync.path,
  serialize: (message: AgentMessage): Buffer =>
    (message.ack && encodeAck(message.ack)) ?? Sync.requestSerialize(message),
  deserialize: (bytes: Buffer): ControllerMessage__Output => decodeDelta(bytes) ?? Sync.responseDeserialize(bytes),
};
