// Original file: proto/fleetblock/v1/identity.proto


export interface ListTokensRequest {
}

export interface ListTokensRequest__Output {
}
