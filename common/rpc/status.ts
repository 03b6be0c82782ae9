// Errors across a call: FleetblockError to a gRPC status with its text, and its details in the trailing metadata; anything else to
// INTERNAL with a fixed text.
import { Metadata, type ServiceError, type StatusObject, status } from '@grpc/grpc-js';
import { type ErrorCode, type ErrorDetails, FleetblockError, type RefusedPrefix } from '../errors.ts';

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

/** The name of the details: JSON in UTF-8. */
export const DETAILS = 'fleetblock-error-bin';

/** What the other end is told. Unknown errors keep their texts to this side: they may name paths or hold secrets. */
export function toStatus(error: unknown): StatusObject & Error {
  const known = error instanceof FleetblockError ? error : undefined;
  const details = known?.message ?? 'internal error: see the log of the controller';
  const metadata = new Metadata();
  if (known?.details) metadata.set(DETAILS, Buffer.from(JSON.stringify(known.details)));
  return Object.assign(new Error(details), { code: CODES[known?.code ?? 'INTERNAL'], details, metadata });
}

/** What a call's failure means on this side. */
export function fromServiceError(error: ServiceError): FleetblockError {
  const [details] = error.metadata?.get(DETAILS) ?? [];
  return fromStatus(error.code, error.details || error.message, { details, cause: error });
}

/** The same of a status's code and text. `details`: of the trailing metadata, as it was received. */
export function fromStatus(
  status: number,
  text: string,
  { details, cause }: { readonly details?: unknown; readonly cause?: unknown } = {},
): FleetblockError {
  const found = Object.entries(CODES).find(([, code]) => code === status);
  const code = found && isErrorCode(found[0]) ? found[0] : 'INTERNAL';
  return new FleetblockError(code, text || `the call ended with status ${status}`, { cause, details: read(details) });
}

/** Undefined: none, or none that this version knows how to read. */
function read(details: unknown): ErrorDetails | undefined {
  if (!(details instanceof Uint8Array)) return undefined;
  try {
    const { refused, refusedCount, advice } = Object(JSON.parse(Buffer.from(details).toString('utf8')));
    const known =
      Array.isArray(refused) &&
      refused.every(isRefused) &&
      Number.isSafeInteger(refusedCount) &&
      typeof advice === 'string';
    return known ? { refused, refusedCount, advice } : undefined;
  } catch {
    return undefined;
  }
}

function isRefused(value: unknown): value is RefusedPrefix {
  const { row, prefix, text } = Object(value);
  return Number.isSafeInteger(row) && typeof prefix === 'string' && typeof text === 'string';
}

/** True for errors that grpc-js reports: they have a numeric code and details. */
export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' && 'details' in error;
}

function isErrorCode(text: string): text is ErrorCode {
  return text in CODES;
}
