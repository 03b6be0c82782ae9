// How a call ended, as its trailers say: a gRPC status with its text, and an error's details beside them.
import { type ErrorCode, type ErrorDetails, FleetblockError, type RefusedPrefix } from '../errors.ts';

/** gRPC's numbers. */
export const STATUS: Readonly<Record<ErrorCode, number>> = {
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
};

/** What a caller learns of an error that is none of ours: its text may name paths or hold secrets. */
export const INTERNAL_TEXT = 'internal error: see the log of the controller';

/** The name of the details: JSON in UTF-8. */
export const DETAILS = 'fleetblock-error-bin';

/** Undefined when these headers do not say. A status that is none of ours is INTERNAL. */
export function outcomeOf(headers: Readonly<Record<string, unknown>>): FleetblockError | 'ok' | undefined {
  const { 'grpc-status': status, 'grpc-message': text, [DETAILS]: details } = headers;
  if (typeof status !== 'string') return undefined;
  if (status === '0') return 'ok';
  const found = Object.entries(STATUS).find(([, code]) => code === Number(status));
  const code = found && isErrorCode(found[0]) ? found[0] : 'INTERNAL';
  const message = typeof text === 'string' && text !== '' ? decoded(text) : `the call ended with status ${status}`;
  return new FleetblockError(code, message, { details: detailsOf(details) });
}

function isErrorCode(text: string): text is ErrorCode {
  return text in STATUS;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Undefined: none, or none that this version knows how to read. */
function detailsOf(base64: unknown): ErrorDetails | undefined {
  if (typeof base64 !== 'string') return undefined;
  try {
    const { refused, refusedCount, advice } = Object(JSON.parse(Buffer.from(base64, 'base64').toString('utf8')));
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
