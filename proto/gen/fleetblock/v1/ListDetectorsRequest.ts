// Original file: proto/fleetblock/v1/detector.proto


export interface ListDetectorsRequest {
}

export interface ListDetectorsRequest__Output {
}
