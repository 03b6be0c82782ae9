// Original file: proto/fleetblock/v1/identity.proto


export interface ListOperatorTokensRequest {
}

export interface ListOperatorTokensRequest__Output {
}
