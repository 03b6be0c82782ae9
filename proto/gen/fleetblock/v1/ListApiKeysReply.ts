// Original file: proto/fleetblock/v1/identity.proto

import type { ApiKey as _fleetblock_v1_ApiKey, ApiKey__Output as _fleetblock_v1_ApiKey__Output } from '../../fleetblock/v1/ApiKey.ts';

export interface ListApiKeysReply {
  'apiKeys'?: (_fleetblock_v1_ApiKey)[];
}

export interface ListApiKeysReply__Output {
  'apiKeys': (_fleetblock_v1_ApiKey__Output)[];
}
