// Original file: proto/fleetblock/v1/identity.proto


export interface ListOperatorsRequest {
}

export interface ListOperatorsRequest__Output {
}
