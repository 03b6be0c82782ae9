// Original file: proto/fleetblock/v1/identity.proto


export interface VerifyAuditRequest {
}

export interface VerifyAuditRequest__Output {
}
