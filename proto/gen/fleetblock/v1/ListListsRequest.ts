// Original file: proto/fleetblock/v1/operator.proto


export interface ListListsRequest {
}

export interface ListListsRequest__Output {
}
