// Durations as people type them: 90s, 30m, 4h, 1d12h, 2w.
import { FleetblockError } from '../errors.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * Longest time to live, milliseconds. A century: past it a block is meant to have no end, sums with the time of day stay exact
 * numbers, and 64-bit nanoseconds of a boot clock stay far from overflow.
 */
export const MAX_TTL_MS = 100 * 365 * 86_400_000;

/** Milliseconds to live as they came from outside; 0 for no end. @throws FleetblockError INVALID_ARGUMENT past a century. */
export function checkedTtl(ms: number): number {
  if (ms <= MAX_TTL_MS) return ms;
  throw new FleetblockError('INVALID_ARGUMENT', 'a time to live is at most 100 years: leave it out for no end');
}

/** Milliseconds, greater than zero. @throws FleetblockError INVALID_ARGUMENT naming the form. */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/([0-9]{1,9}(?:\.[0-9]{1,3})?)(ms|s|m|h|d|w)/g)];
  const ms = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? ''] ?? Number.NaN), 0);
  if (parts.map((part) => part[0]).join('') !== text || !(ms >= 1) || ms > MAX_TTL_MS)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(text.slice(0, 40))} is not a duration: write one like 90s, 30m, 4h, 1d12h or 2w (at most 100 years)`,
    );
  return Math.round(ms);
}

/** The two largest units that matter: `1d12h`, `3h59m`, `10s`. Rounds down; under a second in ms. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.floor(ms))}ms`;
  let rest = Math.floor(ms);
  const parts: string[] = [];
  for (const unit of ['w', 'd', 'h', 'm', 's']) {
    const size = UNIT_MS[unit] ?? 1;
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join('');
}
