// Bans as CrowdSec's decisions, and what bouncers ask for.
import { FleetblockError } from '../../../common/errors.ts';
import { covers, familyBits, formatPrefix, type Prefix, parsePrefix } from '../../../common/text/prefix.ts';
import type { Wanted } from '../../operations/outlets/bans.ts';
import type { Ban } from '../../operations/outlets/standing.ts';
import { addressText } from './address-text.ts';

/** What a request asks for. */
export interface Query {
  readonly startup: boolean;
  /** What it wants the bans around; undefined: all. */
  readonly around: Prefix | undefined;
  readonly wanted: Wanted;
  /** The conditions that are not on origins. */
  readonly matches: (ban: Ban) => boolean;
  /** Lower-case; empty: any. */
  readonly scopes: readonly string[];
}

/** Of bans without an end: bouncers need one. Longer than any of them runs. */
const NO_END_MS = 10 * 365 * 86_400_000;

/** @param url path and query. @throws FleetblockError INVALID_ARGUMENT */
export function queryOf(url: string): Query {
  const asked = new URLSearchParams(url.slice(url.indexOf('?') + 1 || url.length + 1));
  const split = (...names: readonly string[]) =>
    names.flatMap((name) => asked.getAll(name)).flatMap((each) => each.split(',').filter((one) => one !== ''));
  const [origins, scopes] = [split('origins'), split('scopes', 'scope').map((scope) => scope.toLowerCase())];
  const types = split('type');
  const [ip, range, value] = [prefixOf(asked, 'ip'), prefixOf(asked, 'range'), prefixOf(asked, 'value')];
  const inside = asked.get('contains') === 'false' ? range : undefined;
  const query = { scopes, startup: asked.get('startup') === 'true' };
  return {
    ...query,
    around: ip ?? (inside ? undefined : range) ?? value,
    wanted: (origin) => origins.length === 0 || origins.includes(origin),
    matches: ({ prefix }) =>
      (types.length === 0 || types.includes('ban')) &&
      scopeWanted(query, prefix) &&
      (!inside || covers(inside, prefix)) &&
      (!value || formatPrefix(value) === formatPrefix(prefix)),
  };
}

/** Whether the query is about prefixes of this width. */
export function scopeWanted({ scopes }: Pick<Query, 'scopes'>, prefix: Prefix): boolean {
  return scopes.length === 0 || scopes.includes(scopeOf(prefix).toLowerCase());
}

/** As JSON has it. @param nowMs Unix milliseconds */
export function decisionOf({ prefix, origin, reason, expiresMs }: Ban, nowMs: number) {
  const leftMs = expiresMs === 0 ? NO_END_MS : Math.max(1, expiresMs - nowMs);
  return { duration: goDuration(leftMs), ...common(prefix), origin, scenario: reason || origin };
}

/** One that has ended. Its origin is not known by then, and bouncers go by the value. */
export function removedOf(prefix: Prefix) {
  return { duration: '-1s', ...common(prefix), origin: 'fleetblock', scenario: 'ended' };
}

function common(prefix: Prefix) {
  return { id: idOf(prefix), scope: scopeOf(prefix), type: 'ban', value: addressText(prefix) };
}

function scopeOf({ family, length }: Prefix): 'Ip' | 'Range' {
  return length === familyBits(family) ? 'Ip' : 'Range';
}

/** The same for the same prefix, always: of IPv4 unique, of IPv6 nearly so. An integer below 2^52. */
function idOf({ family, address, length }: Prefix): number {
  let high = family;
  let low = length;
  for (const [i, byte] of address.entries()) {
    if (i % 2 === 0) high = (high * 257 + byte) % 0xfffff;
    low = (Math.imul(low, 16_777_619) ^ byte) >>> 0;
  }
  return family === 4 ? Buffer.from(address).readUInt32BE() * 64 + length : high * 2 ** 32 + low;
}

/** As Go writes and reads durations: `3h59m57.250s`. */
function goDuration(ms: number): string {
  const [hours, minutes, seconds] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, (ms % 60_000) / 1000];
  return `${hours}h${minutes}m${seconds}s`;
}

function prefixOf(asked: URLSearchParams, name: string): Prefix | undefined {
  const text = asked.get(name);
  if (text === null) return undefined;
  try {
    return parsePrefix(text);
  } catch (error) {
    throw new FleetblockError('INVALID_ARGUMENT', `${name}: ${error instanceof Error ? error.message : ''}`);
  }
}
