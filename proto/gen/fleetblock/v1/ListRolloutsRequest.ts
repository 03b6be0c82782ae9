// Original file: proto/fleetblock/v1/rollouts.proto


export interface ListRolloutsRequest {
}

export interface ListRolloutsRequest__Output {
}
