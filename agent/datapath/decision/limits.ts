// How many entries the maps are made for, and what that means for each map's size.
import { BITMAP_BYTES, MAPS, PAGE_BYTES, PAGE_UNITS, V4_BLOCKS } from './layout.ts';

/** How many entries of each kind fit. A change of these makes new maps, which are filled before the links are swapped to them. */
export interface Limits {
  /** IPv4 addresses (/32). */
  readonly v4Addresses: number;
  /** IPv6 addresses (/128). */
  readonly v6Addresses: number;
  /** Shorter prefixes, of each family, and as many allow entries. */
  readonly prefixes: number;
}

/** What `--capacity` means: the number of addresses per family, and of prefixes per family. */
export function limitsOf(capacity: number): Limits {
  return { v4Addresses: capacity, v6Addresses: capacity, prefixes: capacity };
}

/** Default of `--capacity`. */
export const DEFAULT_CAPACITY = 1_000_000;
/** The limits of an agent that was given no `--capacity`. */
export const DEFAULT_LIMITS: Limits = limitsOf(DEFAULT_CAPACITY);

/** The most entries that a fleet's list may have in total. */
export function capacityOf(limits: Limits): number {
  return limits.v4Addresses + limits.v6Addresses + limits.prefixes;
}

/** Map name -> max_entries, to be set before the object is loaded. Maps that are not named here keep the object's size. */
export function mapSizes(limits: Limits): ReadonlyMap<string, number> {
  const prefixes = withHeadroom(limits.prefixes);
  return new Map([
    [MAPS.v4Arena, arenaPages(limits)],
    [MAPS.v4Bitmaps, bitmapPages(limits)],
    [MAPS.v4Exact, withHeadroom(limits.v4Addresses)],
    [MAPS.v4Prefixes, prefixes],
    [MAPS.v4Allowed, prefixes],
    [MAPS.v6Exact, withHeadroom(limits.v6Addresses)],
    [MAPS.v6Prefixes, prefixes],
    [MAPS.v6Allowed, prefixes],
  ]);
}

/** Adds come before removes, so a full map needs spare room for a change: up to the next power of two, which costs nothing. */
function withHeadroom(entries: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1024, entries * 1.02)));
}

/**
 * A record of n leaves takes at most ceil((n + 4) / 4) units, that is (n + 7) / 4. Half as much again, because a change keeps the old
 * records until it is whole: a list of a million spread addresses can be changed for another in one step.
 */
function arenaPages(limits: Limits): number {
  const leaves = limits.v4Addresses + narrowPrefixes(limits);
  const units = (leaves + 7 * Math.min(leaves, V4_BLOCKS)) / 4;
  return 1 + Math.ceil((units * 1.5) / PAGE_UNITS);
}

/** IPv4 prefixes of /25 to /31 take memory of their own, which is there from the start: room for what lists have of them. */
function narrowPrefixes({ v4Addresses, prefixes }: Limits): number {
  return Math.min(prefixes, Math.max(100_000, v4Addresses / 10));
}

/** Four addresses and more in one /24 need a bitmap, prefixes of /25 to /30 one or two. */
function bitmapPages(limits: Limits): number {
  return 1 + Math.ceil(((limits.v4Addresses / 4 + narrowPrefixes(limits) * 2) * BITMAP_BYTES) / PAGE_BYTES);
}
