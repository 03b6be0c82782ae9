// Rows of an entry table as keys and values of the kernel's hash and trie maps, and back.
import { ACTIONS, type Action, actionOfFlags } from '../../../common/action.ts';
import type { FamilyTable } from '../../../common/entries/family-table.ts';
import { addressBytes, FLAG_ALLOW } from '../../../common/entries/packed.ts';
import type { Family } from '../../../common/text/prefix.ts';
import { ENTRY_KEY, RULE, RULE_MONITOR, TRIE_KEY_ADDRESS } from '../decision/layout.ts';

const NS_PER_MS = 1_000_000n;
const NS_A_MS = 1_000_000;
const WORD = 2 ** 32;
const HALF_WORD = 2 ** 16;
/** The last whole millisecond of 63 bits of nanoseconds: 292 years after boot. Ends behind it are put there. */
export const LAST_MS = Number((2n ** 63n - 1n) / NS_PER_MS);

/** What a map's keys are: bare addresses (hash), or a length and an address (trie). */
export interface KeyForm {
  readonly family: Family;
  readonly exact: boolean;
}

/** Bytes of a map's key: the address alone in a hash, a 32-bit length before it in a trie. */
export function keyBytes(form: KeyForm): number {
  return addressBytes(form.family) + (form.exact ? 0 : TRIE_KEY_ADDRESS);
}

/**
 * Writes boot-time milliseconds as nanoseconds, rounded to whole milliseconds, LAST_MS at most; 0 stays 0. In two halves of 32 bits, each
 * exact as a number: a million BigInts are garbage by the dozen megabytes.
 */
function writeNs(view: DataView, offset: number, ms: number): void {
  const whole = Math.min(LAST_MS, Math.round(ms));
  const upper = Math.floor(whole / HALF_WORD) * NS_A_MS;
  const lower = (upper % HALF_WORD) * HALF_WORD + (whole % HALF_WORD) * NS_A_MS;
  view.setUint32(offset, lower % WORD, true);
  view.setUint32(offset + 4, Math.floor(upper / HALF_WORD) + Math.floor(lower / WORD), true);
}

/** Nanoseconds as milliseconds, to the nearest; exact where they are whole milliseconds. */
function readMs(view: DataView, offset: number): number {
  return Math.round((view.getUint32(offset + 4, true) * WORD + view.getUint32(offset, true)) / NS_A_MS);
}

/** Whether the nanoseconds are whole milliseconds. */
function isWholeMs(view: DataView, offset: number): boolean {
  return (
    ((view.getUint32(offset + 4, true) % NS_A_MS) * (WORD % NS_A_MS) + view.getUint32(offset, true)) % NS_A_MS === 0
  );
}

/** Nanoseconds to milliseconds, rounded down. */
export function toMs(ns: bigint): number {
  return Number(ns / NS_PER_MS);
}

/** Keys (and values) of rows `rows[from]` to `rows[to - 1]` of a table, end to end. */
export function encodeRows(form: KeyForm, table: FamilyTable, rows: Uint32Array, from: number, to: number) {
  const width = keyBytes(form);
  const keys = new Uint8Array((to - from) * width);
  const values = new Uint8Array((to - from) * RULE.bytes);
  const keyView = new DataView(keys.buffer);
  const valueView = new DataView(values.buffer);
  for (let i = 0; i < to - from; i++) {
    const row = rows[from + i] ?? 0;
    const length = table.lengthOf(row);
    if (!form.exact) keyView.setUint32(i * width, length, true);
    table.readAddress(row, keys, i * width + (form.exact ? 0 : TRIE_KEY_ADDRESS));
    const expiry = table.expiryOf(row);
    if (expiry > 0) writeNs(valueView, i * RULE.bytes + RULE.expiresNs, expiry);
    valueView.setUint32(i * RULE.bytes + RULE.flags, RULE_FLAGS[actionOfFlags(table.flagsOf(row))], true);
    valueView.setUint32(i * RULE.bytes + RULE.length, length, true);
  }
  return { keys, values };
}

const RULE_FLAGS: Readonly<Record<Action, number>> = { block: 0, monitor: RULE_MONITOR, allow: 0 };

/** Puts `count` rows of a map into a table. `allow`: it is an allow map. */
export function decodeRows(
  form: KeyForm,
  allow: boolean,
  keys: Uint8Array,
  values: Uint8Array,
  count: number,
  into: FamilyTable,
): void {
  const width = keyBytes(form);
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
  const keyView = new DataView(keys.buffer, keys.byteOffset, keys.byteLength);
  for (let i = 0; i < count; i++) {
    const rule = decodeRule(view, i * RULE.bytes, allow);
    // A hash key is a whole address; a trie's own length counts, as that is what the kernel matches by.
    const length = form.exact ? addressBytes(form.family) * 8 : keyView.getUint32(i * width, true);
    const flags = allow ? FLAG_ALLOW : ACTIONS[rule.action].flags;
    const expiry = isOwn(view, i * RULE.bytes, length) ? rule.expiresMs : DAMAGED_MS;
    into.set(keys, i * width + (form.exact ? 0 : TRIE_KEY_ADDRESS), length, flags, expiry);
  }
}

/** The end of a rule that this side has not written so: no list has it, so that the rule is written again. */
const DAMAGED_MS = 1;

/** Could `encodeRows` have written the value under a key of that length? */
function isOwn(view: DataView, offset: number, length: number): boolean {
  return (
    isWholeMs(view, offset + RULE.expiresNs) &&
    (view.getUint32(offset + RULE.flags, true) & ~RULE_MONITOR) === 0 &&
    view.getUint32(offset + RULE.length, true) === length
  );
}

/** A struct fb_rule of a hash or trie map, with its end in milliseconds. */
export interface Rule {
  /** Milliseconds since boot, 0 for no end. */
  readonly expiresMs: number;
  readonly action: Action;
  readonly length: number;
}

/** Reads one struct fb_rule at byte `offset`, as the program takes it whoever wrote it. `allow`: it is of an allow map. */
export function decodeRule(view: DataView, offset: number, allow: boolean): Rule {
  const counts = (view.getUint32(offset + RULE.flags, true) & RULE_MONITOR) !== 0;
  return {
    expiresMs: readMs(view, offset + RULE.expiresNs),
    action: counts ? 'monitor' : allow ? 'allow' : 'block',
    length: view.getUint32(offset + RULE.length, true),
  };
}

/** A trie's key. */
export function trieKey(address: Uint8Array, length: number): Uint8Array {
  const key = new Uint8Array(TRIE_KEY_ADDRESS + address.length);
  new DataView(key.buffer).setUint32(0, length, true);
  key.set(address, TRIE_KEY_ADDRESS);
  return key;
}

/** The key of an entry's hits. */
export function entryKey(family: Family, address: Uint8Array, length: number): Uint8Array {
  const key = new Uint8Array(ENTRY_KEY.bytes);
  const view = new DataView(key.buffer);
  view.setUint32(ENTRY_KEY.family, family, true);
  view.setUint32(ENTRY_KEY.length, length, true);
  key.set(address.subarray(0, addressBytes(family)), ENTRY_KEY.address);
  return key;
}
