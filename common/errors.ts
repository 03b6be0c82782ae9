// What this project throws on purpose: a code for programs, a text for people that names the fix.

/** Codes are the gRPC status names, so that an error means the same on both ends of a call. */
export type ErrorCode =
  | 'INVALID_ARGUMENT'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED'
  | 'UNAUTHENTICATED'
  | 'FAILED_PRECONDITION'
  | 'RESOURCE_EXHAUSTED'
  | 'ABORTED'
  | 'UNAVAILABLE'
  | 'DEADLINE_EXCEEDED'
  | 'DATA_LOSS'
  | 'UNIMPLEMENTED'
  | 'INTERNAL';

/** The parent of all of them. `code` says what went wrong, in the terms of the part that throws. */
export abstract class CodedError<Code extends string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A prefix of a request that was refused, and why. */
export interface RefusedPrefix {
  /** Its place among those that were sent, from 1. */
  readonly row: number;
  readonly prefix: string;
  readonly text: string;
}

/** What an error's text says, for programs: none has to parse the text. */
export interface ErrorDetails {
  /** The first prefixes that were refused, in their order. */
  readonly refused: readonly RefusedPrefix[];
  /** How many were refused in all. */
  readonly refusedCount: number;
  /** How to go on, for people. */
  readonly advice: string;
}

/** Its code decides gRPC status and exit code; its text may be shown to the caller. Never put a secret into either. */
export class FleetblockError extends CodedError<ErrorCode> {
  override readonly name = 'FleetblockError';
  readonly details: ErrorDetails | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    { details, ...options }: ErrorOptions & { details?: ErrorDetails | undefined } = {},
  ) {
    super(code, message, options);
    this.details = details;
  }
}

/** The details as a text. `place`: what its reader calls a row. */
export function refusedText({ refused, refusedCount, advice }: ErrorDetails, place: (row: number) => string): string {
  const named = refused.slice(0, MAX_NAMED).map(({ row, text }) => `${place(row)}: ${text}`);
  const more = refusedCount > named.length ? ` (and ${refusedCount - named.length} more)` : '';
  return `refused: ${named.join('; ')}${more}; ${advice}`;
}

const MAX_NAMED = 3;

/** The message of anything that was thrown, without a stack. */
export function messageOf(error: unknown): string {
  // What Node throws when a name has several addresses and none answers has no message of its own.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

/** `code` of a Node system error (`ENOENT`, `EACCES`), or undefined. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
