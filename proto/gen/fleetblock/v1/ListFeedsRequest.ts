// Original file: proto/fleetblock/v1/feeds.proto


export interface ListFeedsRequest {
}

export interface ListFeedsRequest__Output {
}
