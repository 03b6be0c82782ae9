// Wire values as the stable JSON of docs/cli.md has them.

/**
 * A uint64 of the wire: a number when it is exact as one (up to 2^53 - 1), a string of digits past that, so that no reader
 * rounds it unknowingly.
 */
export function jsonInteger(decimal: string): number | string {
  const value = Number(decimal);
  return Number.isSafeInteger(value) ? value : decimal;
}

/** Unix milliseconds to ISO 8601 in UTC; 0 is null. */
export function jsonTime(ms: string): string | null {
  return ms === '0' ? null : new Date(Number(ms)).toISOString();
}
