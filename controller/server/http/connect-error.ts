// Errors in the Connect protocol's form: a code in words, a text, details; and the HTTP status of each code.
import { fromJson, type JsonValue, toBinary, toJson } from '@bufbuild/protobuf';
import { type ErrorCode, type ErrorDetails, FleetblockError } from '../../../common/errors.ts';
import { INTERNAL_TEXT } from '../../../common/rpc/status.ts';
import { messageNamed } from './schema.ts';

/** As the Connect protocol has them. */
export const HTTP_STATUS: Readonly<Record<ErrorCode, number>> = {
  INVALID_ARGUMENT: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
  FAILED_PRECONDITION: 400,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  DATA_LOSS: 500,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** What a caller gets; `body` is JSON. Texts of errors that are none of ours stay on this side. */
export interface ConnectError {
  readonly status: number;
  readonly body: { readonly code: string; readonly message: string; readonly details?: readonly JsonValue[] };
}

/** See ConnectError. */
export function connectError(error: unknown): ConnectError {
  const known = error instanceof FleetblockError ? error : new FleetblockError('INTERNAL', INTERNAL_TEXT);
  return {
    status: HTTP_STATUS[known.code],
    body: {
      code: known.code.toLowerCase(),
      message: known.message,
      ...(known.details && { details: [detail(known.details)] }),
    },
  };
}

function detail({ refused, refusedCount, advice }: ErrorDetails): JsonValue {
  const schema = messageNamed('ErrorDetails');
  const message = fromJson(schema, { refused: refused.map((each) => ({ ...each })), refusedCount, advice });
  // Unpadded, as the protocol says.
  const value = Buffer.from(toBinary(schema, message)).toString('base64').replace(/=+$/, '');
  return { type: schema.typeName, value, debug: toJson(schema, message, { alwaysEmitImplicit: true }) };
}
