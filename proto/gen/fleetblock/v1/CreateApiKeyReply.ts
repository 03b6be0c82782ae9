// Original file: proto/fleetblock/v1/identity.proto

import type { ApiKey as _fleetblock_v1_ApiKey, ApiKey__Output as _fleetblock_v1_ApiKey__Output } from '../../fleetblock/v1/ApiKey.ts';

export interface CreateApiKeyReply {
  /**
   * The whole key, shown once.
   */
  'key'?: (string);
  'apiKey'?: (_fleetblock_v1_ApiKey | null);
}

export interface CreateApiKeyReply__Output {
  /**
   * The whole key, shown once.
   */
  'key': (string);
  'apiKey': (_fleetblock_v1_ApiKey__Output | null);
}
