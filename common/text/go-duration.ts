// Durations as Go writes them, and CrowdSec with it.

const UNIT_MS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** Reads `3h59m57.5s`, `-10s`: milliseconds, with their fraction; -0 for `-0s`. Undefined: no such text. */
export function goDurationMs(text: string): number | undefined {
  const [, sign, rest] = /^([-+]?)(.+)$/.exec(text) ?? [];
  const parts = [...(rest ?? '').matchAll(/([0-9]+(?:\.[0-9]*)?)(h|ms|m|s|us|µs|ns)/g)];
  const ms = parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (UNIT_MS[unit] ?? Number.NaN), 0);
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== rest || !Number.isFinite(ms)) return undefined;
  return sign === '-' ? -ms : ms;
}
