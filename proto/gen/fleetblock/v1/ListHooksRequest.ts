// Original file: proto/fleetblock/v1/hooks.proto


export interface ListHooksRequest {
}

export interface ListHooksRequest__Output {
}
