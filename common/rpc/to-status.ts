// Errors as grpc-js sends them: FleetblockError with its code and text, its details in the trailing metadata; anything else as INTERNAL
// with a fixed text.
import { Metadata, type StatusObject } from '@grpc/grpc-js';
import { FleetblockError } from '../errors.ts';
import { DETAILS, INTERNAL_TEXT, STATUS } from './status.ts';

/** What the other end learns. */
export function toStatus(error: unknown): StatusObject & Error {
  const known = error instanceof FleetblockError ? error : undefined;
  const details = known?.message ?? INTERNAL_TEXT;
  const metadata = new Metadata();
  if (known?.details) metadata.set(DETAILS, Buffer.from(JSON.stringify(known.details)));
  return Object.assign(new Error(details), { code: STATUS[known?.code ?? 'INTERNAL'], details, metadata });
}
