// Ranges of addresses as prefixes.
import { FleetblockError } from '../errors.ts';
import { familyBits, type Prefix, parsePrefix } from '../text/prefix.ts';

/**
 * The fewest prefixes that hold exactly the addresses from `first` to `last`, in order.
 * @throws FleetblockError INVALID_ARGUMENT: not two addresses of one family, or the last is before the first.
 */
export function prefixesOfRange(first: string, last: string): Prefix[] {
  const [from, to] = [address(first), address(last)];
  if (from.family !== to.family)
    throw invalid(`${first}-${last} begins in IPv${from.family} and ends in IPv${to.family}`);
  let at = numberOf(from.address);
  const end = numberOf(to.address);
  if (at > end) throw invalid(`${first}-${last} ends before it begins`);
  const bits = familyBits(from.family);
  const prefixes: Prefix[] = [];
  while (at <= end) {
    // The widest that begins here and does not reach past the end.
    let size = 0;
    while (size < bits && (at >> BigInt(size)) % 2n === 0n && at + (2n << BigInt(size)) - 1n <= end) size++;
    prefixes.push({ family: from.family, address: bytesOf(at, bits / 8), length: bits - size });
    at += 1n << BigInt(size);
  }
  return prefixes;
}

/** A prefix, or the prefixes of a range `a-b`. @throws FleetblockError INVALID_ARGUMENT: neither. */
export function prefixesOf(text: string): Prefix[] {
  const [first = '', last, more] = text.split('-');
  return !first.trim() || last === undefined || more !== undefined
    ? [parsePrefix(text)]
    : prefixesOfRange(first.trim(), last.trim());
}

function address(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (text.includes('/'))
    throw invalid(`${JSON.stringify(text)} is no end of a range: write an address, without a length`);
  return prefix;
}

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function bytesOf(number: bigint, width: number): Uint8Array {
  return Uint8Array.from({ length: width }, (_, i) => Number((number >> BigInt((width - 1 - i) * 8)) & 255n));
}

function invalid(message: string): FleetblockError {
  return new FleetblockError('INVALID_ARGUMENT', message);
}
