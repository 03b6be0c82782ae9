// Original file: proto/fleetblock/v1/detector.proto


export interface RemoveDetectorRequest {
  'pattern'?: (string);
  'reason'?: (string);
}

export interface RemoveDetectorRequest__Output {
  'pattern': (string);
  'reason': (string);
}
