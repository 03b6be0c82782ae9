// Original file: proto/fleetblock/v1/operator.proto


export interface ListConfirmationsRequest {
}

export interface ListConfirmationsRequest__Output {
}
