// From one time base to another, and when two rows end at the same time.

import { type ClockBase, type FamilyColumns, NO_ROWS, type PackedEntries, type TimeBase } from './packed.ts';

/** From ends to what is left of them at `nowMs`, at least 1 ms: a row that has ended is removed by a change of its own. */
export function leftOf(entries: PackedEntries<ClockBase>, nowMs: number): PackedEntries<'left'> {
  return shifted(entries, -nowMs);
}

/** From remaining times, counted from `nowMs` on the wanted clock, to ends: at least 1, as 0 is no end. */
export function endsOf<C extends ClockBase>(entries: PackedEntries<'left'>, nowMs: number): PackedEntries<C> {
  return shifted(entries, nowMs);
}

function shifted<Base extends TimeBase>(entries: PackedEntries, byMs: number): PackedEntries<Base> {
  const shift = ({ count, addresses, lengths, flags, timesMs }: FamilyColumns): FamilyColumns<Base> => {
    const moved = new Float64Array(timesMs.length);
    for (let row = 0; row < timesMs.length; row++) {
      const time = timesMs[row] ?? 0;
      if (time > 0) moved[row] = Math.max(1, time + byMs);
    }
    return { count, addresses, lengths, flags, timesMs: moved };
  };
  return { v4: shift(entries.v4), v6: shift(entries.v6) };
}

/** The same rows without an end. */
export function withoutTimes({ v4, v6 }: PackedEntries): PackedEntries<never> {
  const { timesMs } = NO_ROWS;
  const plain = ({ count, addresses, lengths, flags }: FamilyColumns) => ({
    count,
    addresses,
    lengths,
    flags,
    timesMs,
  });
  return { v4: plain(v4), v6: plain(v6) };
}

/** False: no row has an end. */
export function mayEnd({ v4, v6 }: PackedEntries): boolean {
  return v4.timesMs.length > 0 || v6.timesMs.length > 0;
}

/** Of the row that ends first; Infinity when none ends. */
export function firstEnd({ v4, v6 }: PackedEntries<ClockBase>): number {
  let first = Number.POSITIVE_INFINITY;
  for (const { timesMs } of [v4, v6]) for (const end of timesMs) if (end > 0 && end < first) first = end;
  return first;
}

/** Remaining times travel and are counted from the receiver's clock, which may read in steps of 10 ms: less is no change. */
const EXPIRY_SLACK_MS = 1000;

/** Of two ends in milliseconds on the same clock, 0 for no end. */
export function expiryDiffers(a: number, b: number, slackMs = EXPIRY_SLACK_MS): boolean {
  return (a === 0) !== (b === 0) || Math.abs(a - b) > slackMs;
}
