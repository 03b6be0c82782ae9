// Rows of a table as columns, and when two rows end at the same time.

import type { Family } from '../text/prefix.ts';
import { addressBytes, type FamilyColumns } from './packed.ts';

/** What rows are read from. Row numbers, expiries and byte order: as of FamilyTable. */
export interface RowSource {
  readonly family: Family;
  readAddress(row: number, out: Uint8Array, offset: number): void;
  lengthOf(row: number): number;
  flagsOf(row: number): number;
  expiryOf(row: number): number;
}

/** The rows `pick(0..count-1)` as columns. */
export function packRows(table: RowSource, count: number, pick: (i: number) => number, nowMs: number): FamilyColumns {
  const width = addressBytes(table.family);
  const addresses = new Uint8Array(count * width);
  const lengths = new Uint8Array(count);
  const flags = new Uint8Array(count);
  let ttlsMs = new Float64Array(0);
  for (let i = 0; i < count; i++) {
    const row = pick(i);
    table.readAddress(row, addresses, i * width);
    lengths[i] = table.lengthOf(row);
    flags[i] = table.flagsOf(row);
    const expiry = table.expiryOf(row);
    if (expiry > 0) {
      if (ttlsMs.length === 0) ttlsMs = new Float64Array(count);
      ttlsMs[i] = Math.max(1, expiry - nowMs);
    }
  }
  return { count, addresses, lengths, flags, ttlsMs };
}

/** Remaining times travel and are counted from the clock of whoever gets them, which may read in steps of 10 ms: less is no change. */
const EXPIRY_SLACK_MS = 1000;

/** Of two ends in milliseconds on the same clock, 0 for no end. */
export function expiryDiffers(a: number, b: number, slackMs = EXPIRY_SLACK_MS): boolean {
  return (a === 0) !== (b === 0) || Math.abs(a - b) > slackMs;
}
