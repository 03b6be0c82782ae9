// Errors across a call: FleetblockError to a gRPC status with its text; anything else to INTERNAL with a fixed text.
import { Metadata, type ServiceError, type StatusObject, status } from '@grpc/grpc-js';
import { type ErrorCode, FleetblockError } from '../errors.ts';

const CODES: Readonly<Record<ErrorCode, status>> = {
  INVALID_ARGUMENT: status.INVALID_ARGUMENT,
  NOT_FOUND: status.NOT_FOUND,
  ALREADY_EXISTS: status.ALREADY_EXISTS,
  PERMISSION_DENIED: status.PERMISSION_DENIED,
  UNAUTHENTICATED: status.UNAUTHENTICATED,
  FAILED_PRECONDITION: status.FAILED_PRECONDITION,
  RESOURCE_EXHAUSTED: status.RESOURCE_EXHAUSTED,
  ABORTED: status.ABORTED,
  UNAVAILABLE: status.UNAVAILABLE,
  DEADLINE_EXCEEDED: status.DEADLINE_EXCEEDED,
  DATA_LOSS: status.DATA_LOSS,
  UNIMPLEMENTED: status.UNIMPLEMENTED,
  INTERNAL: status.INTERNAL,
};

/** What the other end is told. Unknown errors keep their texts to this side: they may name paths or hold secrets. */
export function toStatus(error: unknown): StatusObject & Error {
  const known = error instanceof FleetblockError ? error : undefined;
  const details = known?.message ?? 'internal error: see the log of the controller';
  const result = new Error(details);
  return Object.assign(result, {
    code: CODES[known?.code ?? 'INTERNAL'],
    details,
    metadata: new Metadata(),
  });
}

/** What a call's failure means on this side. */
export function fromServiceError(error: ServiceError): FleetblockError {
  return fromStatus(error.code, error.details || error.message, error);
}

/** The same of a status's code and text. */
export function fromStatus(status: number, text: string, cause?: unknown): FleetblockError {
  const found = Object.entries(CODES).find(([, code]) => code === status);
  const code = found && isErrorCode(found[0]) ? found[0] : 'INTERNAL';
  return new FleetblockError(code, text || `the call ended with status ${status}`, { cause });
}

/** True for errors that grpc-js reports: they have a numeric code and details. */
export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' && 'details' in error;
}

function isErrorCode(text: string): text is ErrorCode {
  return text in CODES;
}
