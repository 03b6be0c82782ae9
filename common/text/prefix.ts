// Prefixes: text to canonical bytes and back. Strict, because a prefix that is read wrongly drops the wrong traffic.
import { isIPv4, isIPv6 } from 'node:net';
import { FleetblockError } from '../errors.ts';

/** The version of IP, here and in the store. */
export type Family = 4 | 6;

/** A canonical CIDR: every bit of `address` past `length` is zero. */
export interface Prefix {
  readonly family: Family;
  /** Network byte order: 4 bytes (IPv4) or 16 bytes (IPv6). */
  readonly address: Uint8Array;
  /** Bits: 0-32 or 0-128. */
  readonly length: number;
}

const DOT = 0x2e;
const ZERO = 0x30;
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** Bits in an address of the family. */
export function familyBits(family: Family): number {
  return family === 4 ? 32 : 128;
}

/**
 * Reads an address or CIDR. A bare address is a /32 or /128; an IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2) becomes
 * IPv4, because that is what is on the wire.
 * @throws FleetblockError INVALID_ARGUMENT: not an address, leading zeros, a zone id, a port, a length out of range, host bits
 * set (the message names the canonical form), or a mapped prefix shorter than /96.
 */
export function parsePrefix(text: string): Prefix {
  const slash = text.indexOf('/');
  const addressText = slash < 0 ? text : text.slice(0, slash);
  const parsed = parseAddress(addressText, text);
  const bits = familyBits(parsed.family);
  const length = slash < 0 ? bits : parseLength(text.slice(slash + 1), bits, text);
  const prefix = unmap({ ...parsed, length }, text);
  const canonical = maskAddress(prefix.address, prefix.length);
  if (!equalBytes(canonical, prefix.address)) {
    const fixed = formatPrefix({ ...prefix, address: canonical });
    const single = formatAddress(prefix.family, prefix.address);
    throw invalid(`${quote(text)} has host bits set: write ${fixed} for the range, or ${single} for the one address`);
  }
  return prefix;
}

/** Canonical text (RFC 5952 for IPv6), always with the length: `192.168.1.100/32`. */
export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix.family, prefix.address)}/${prefix.length}`;
}

/** Canonical text of one address (RFC 5952 for IPv6). `address` is in network byte order. */
export function formatAddress(family: Family, address: Uint8Array): string {
  if (family === 4) return `${address[0]}.${address[1]}.${address[2]}.${address[3]}`;
  const groups = Array.from({ length: 8 }, (_, i) => ((address[i * 2] ?? 0) << 8) | (address[i * 2 + 1] ?? 0));
  const run = longestZeroRun(groups);
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  if (run.count < 2) return hex(groups);
  return `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.count))}`;
}

/** True when every address of `inner` is one of `outer`. */
export function covers(outer: Prefix, inner: Prefix): boolean {
  return (
    outer.family === inner.family &&
    outer.length <= inner.length &&
    equalBytes(maskAddress(inner.address, outer.length), outer.address)
  );
}

/** A copy of `address` with all bits past `length` cleared. */
export function maskAddress(address: Uint8Array, length: number): Uint8Array {
  const masked = new Uint8Array(address);
  const whole = length >> 3;
  if (whole < masked.length) masked[whole] = (masked[whole] ?? 0) & (0xff << (8 - (length & 7)));
  return masked.fill(0, whole + 1);
}

function parseAddress(address: string, whole: string): { family: Family; address: Uint8Array } {
  if (isIPv4(address)) return { family: 4, address: parseIPv4(address) };
  if (address.includes('%')) throw invalid(`${quote(whole)} has a zone id: write the address without the part from %`);
  if (isIPv6(address)) return { family: 6, address: parseIPv6(address) };
  if (/^[0-9.]+$/.test(address) && /(^|\.)0[0-9]/.test(address))
    throw invalid(`${quote(whole)} has leading zeros, which some programs read as octal: write it without them`);
  if (/^([0-9]+(\.[0-9]+){3}|\[[0-9a-f:.]+\]):[0-9]+$/i.test(address))
    throw invalid(`${quote(whole)} has a port, and a whole address is blocked: write the address without it`);
  throw invalid(`${quote(whole)} is not an IPv4 or IPv6 address or prefix: write one like 192.0.2.1 or 2001:db8::/32`);
}

function parseLength(text: string, bits: number, whole: string): number {
  if (!/^(0|[1-9][0-9]{0,2})$/.test(text) || Number(text) > bits)
    throw invalid(`${quote(whole)} has no valid prefix length: write a number from 0 to ${bits} after the slash`);
  return Number(text);
}

/** `text` has passed isIPv4. One pass: a hostile host has a controller read these by the ten thousand. */
function parseIPv4(text: string): Uint8Array {
  const address = new Uint8Array(4);
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) at++;
    else address[at] = (address[at] ?? 0) * 10 + code - ZERO;
  }
  return address;
}

/** `text` has passed isIPv6 and has no zone id. */
function parseIPv6(text: string): Uint8Array {
  const lastColon = text.lastIndexOf(':');
  const tail = text.slice(lastColon + 1);
  const hexOnly = tail.includes('.') ? `${text.slice(0, lastColon + 1)}${dottedToGroups(tail)}` : text;
  const [head = '', rest] = hexOnly.split('::');
  const groupsOf = (part: string | undefined) =>
    part ? part.split(':').map((group) => Number.parseInt(group, 16)) : [];
  const before = groupsOf(head);
  const after = groupsOf(rest);
  const groups = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

function dottedToGroups(dotted: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

function unmap(prefix: Prefix, text: string): Prefix {
  if (prefix.family === 4 || !MAPPED.every((byte, i) => prefix.address[i] === byte)) return prefix;
  if (prefix.length < 96)
    throw invalid(
      `${quote(text)} reaches past the IPv4-mapped range: write the IPv4 prefix itself, or a /96 or longer`,
    );
  return { family: 4, address: prefix.address.slice(12), length: prefix.length - 96 };
}

function longestZeroRun(groups: readonly number[]): { start: number; count: number } {
  let best = { start: 0, count: 0 };
  let start = 0;
  groups.forEach((group, i) => {
    if (group !== 0) start = i + 1;
    else if (i + 1 - start > best.count) best = { start, count: i + 1 - start };
  });
  return best;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}

function invalid(message: string): FleetblockError {
  return new FleetblockError('INVALID_ARGUMENT', message);
}
