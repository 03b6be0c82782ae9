// Original file: proto/fleetblock/v1/operator.proto


export interface ListHostsRequest {
}

export interface ListHostsRequest__Output {
}
