// Entries as parallel columns: the form in which a view travels, from the store's encoder to the kernel's batch calls.

import { ACTIONS, type Action, actionOfFlags } from '../action.ts';
import { type Family, maskAddress, type Prefix } from '../text/prefix.ts';

/** The bit of the flags column that is part of a row's key: set in allow rows, which stand beside others of the same prefix. */
export const FLAG_ALLOW = ACTIONS.allow.flags;

/** What clock an end is on: Unix milliseconds at the controller, the boot clock at an agent. */
export type ClockBase = 'unix' | 'boot';

/** What the times of rows are: ends on a clock, or milliseconds that are left, as they travel. */
export type TimeBase = ClockBase | 'left';

/**
 * Rows of one family. All columns have one element per row (`addresses`: `addressBytes(family)` elements).
 * Without an argument: the owner of the rows does not care what their times mean.
 */
export interface FamilyColumns<Base extends TimeBase = TimeBase> {
  readonly count: number;
  /** Network byte order, canonical (host bits zero). */
  readonly addresses: Uint8Array;
  /** Bits. */
  readonly lengths: Uint8Array;
  /** Of the rows' actions: common/action.ts. */
  readonly flags: Uint8Array;
  /** Milliseconds, 0 for no end. Empty when no row ends. */
  readonly timesMs: Float64Array;
  /** Never there: keeps columns of one time base from being taken for those of another. */
  readonly base?: Base;
}

/** Rows of both families, their times on one base. */
export interface PackedEntries<Base extends TimeBase = TimeBase> {
  readonly v4: FamilyColumns<Base>;
  readonly v6: FamilyColumns<Base>;
}

/** IPv4 first, as wherever rows are stored, sent or counted. */
export const FAMILIES: readonly Family[] = [4, 6];

/** One family's columns themselves, not a copy. */
export function columnsOf<Base extends TimeBase>(entries: PackedEntries<Base>, family: Family): FamilyColumns<Base> {
  return family === 4 ? entries.v4 : entries.v6;
}

/** One entry as an object: for single changes, tests and what people read; never for a million of them. */
export interface Entry<Base extends TimeBase = 'left'> {
  readonly prefix: Prefix;
  readonly action: Action;
  /** Milliseconds left to live, or of the end on the clock that `Base` names; 0 for no end. */
  readonly ttlMs: number;
  /** Never there, as of columns. */
  readonly base?: Base;
}

/** Bytes of one row in the `addresses` column. */
export const addressBytes = (family: Family): 4 | 16 => (family === 4 ? 4 : 16);

/** Of either family and any time base. Shared: never written to. */
export const NO_ROWS: FamilyColumns<never> = {
  count: 0,
  addresses: new Uint8Array(0),
  lengths: new Uint8Array(0),
  flags: new Uint8Array(0),
  timesMs: new Float64Array(0),
};

/** Of any time base. Shared: never written to. */
export const NO_ENTRIES: PackedEntries<never> = { v4: NO_ROWS, v6: NO_ROWS };

/** Rows of both families together. */
export function entryCount(entries: PackedEntries): number {
  return entries.v4.count + entries.v6.count;
}

/** Keeps the order within each family. Prefixes that come twice stay twice. */
export function packEntries<Base extends TimeBase = 'left'>(entries: readonly Entry<Base>[]): PackedEntries<Base> {
  const pack = (family: Family): FamilyColumns<Base> => {
    const rows = entries.filter((entry) => entry.prefix.family === family);
    if (rows.length === 0) return NO_ROWS;
    const width = addressBytes(family);
    const addresses = new Uint8Array(rows.length * width);
    rows.forEach((row, i) => {
      addresses.set(row.prefix.address, i * width);
    });
    return {
      count: rows.length,
      addresses,
      lengths: Uint8Array.from(rows, (row) => row.prefix.length),
      flags: Uint8Array.from(rows, (row) => ACTIONS[row.action].flags),
      timesMs: rows.some((row) => row.ttlMs > 0) ? Float64Array.from(rows, (row) => row.ttlMs) : new Float64Array(0),
    };
  };
  return { v4: pack(4), v6: pack(6) };
}

/** For tests: they know what the times are. */
export function unpackEntries(entries: PackedEntries): Entry<never>[] {
  const unpack = (family: Family, columns: FamilyColumns): Entry<never>[] => {
    const width = addressBytes(family);
    return Array.from({ length: columns.count }, (_, i) => ({
      prefix: { family, address: columns.addresses.slice(i * width, (i + 1) * width), length: columns.lengths[i] ?? 0 },
      action: actionOfFlags(columns.flags[i] ?? 0),
      ttlMs: columns.timesMs[i] ?? 0,
    }));
  };
  return [...unpack(4, entries.v4), ...unpack(6, entries.v6)];
}

/** Canonical bytes of a prefix from parts that may have host bits: for tests and generators. */
export function makePrefix(family: Family, address: Uint8Array, length: number): Prefix {
  return { family, address: maskAddress(address, length), length };
}
