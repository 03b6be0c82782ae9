// Original file: proto/fleetblock/v1/hooks.proto


export interface RemoveHookRequest {
  'name'?: (string);
  'reason'?: (string);
}

export interface RemoveHookRequest__Output {
  'name': (string);
  'reason': (string);
}
