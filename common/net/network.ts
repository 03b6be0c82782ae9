// Whom an address stands for, where peers are limited or take turns before they are known.
import { isIP } from 'node:net';
import { makePrefix } from '../entries/packed.ts';
import { formatPrefix, parsePrefix } from '../text/prefix.ts';

/** IPv6 hosts choose their last 64 bits themselves: what counts is their network. IPv4 comes mapped where `::` listens. */
export function networkOf(address: string): string {
  const plain = address.replace(/%.*$/, '');
  if (isIP(plain) === 0) return address;
  const prefix = parsePrefix(plain);
  return prefix.family === 4 ? formatPrefix(prefix) : formatPrefix(makePrefix(6, prefix.address, 64));
}
