// Revisions: 64-bit counters, bigint in memory, decimal strings on the wire (proto-loader's `longs: String`).
import { FleetblockError } from './errors.ts';

/** One step per atomic change of the store; compared only within one store epoch. */
export type Revision = bigint;

/** Reads a uint64 field. @throws FleetblockError INVALID_ARGUMENT when it is not one. */
export function parseRevision(field: string): Revision {
  if (!/^[0-9]{1,20}$/.test(field)) throw new FleetblockError('INVALID_ARGUMENT', 'a revision is a decimal number');
  return BigInt(field);
}
