// Which addresses a feed may be fetched from: those of the Internet. A URL, its redirects and its names must not reach what only the
// controller's machine can.
import { lookup } from 'node:dns';
import { BlockList, isIPv6, type LookupFunction } from 'node:net';
import { FleetblockError } from '../../../common/errors.ts';

const INSIDE = new BlockList();
for (const [network, length] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Azure's host, from within each of its machines.
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  INSIDE.addSubnet(network, length, 'ipv4');
// The last ones hold IPv4 addresses, of which nobody checks where they lead.
for (const [network, length] of [
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
  ['::', 96],
  ['::ffff:0:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
] as const)
  INSIDE.addSubnet(network, length, 'ipv6');

/** Whether it is loopback, link-local, private, multicast or the like. Of an IPv4-mapped address the IPv4 address counts. */
export function isInside(address: string): boolean {
  return INSIDE.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** @throws FleetblockError PERMISSION_DENIED */
export function assertOutside(name: string, address: string): void {
  if (!isInside(address)) return;
  const is = name === address ? address : `${name} (${address})`;
  throw new FleetblockError(
    'PERMISSION_DENIED',
    `${is} is no address of the Internet: an admin may allow it for this feed with --allow-private`,
  );
}

/** Looks names up, and lets pass only addresses outside: a connection is made to the very address that was checked. */
export const lookupOutside: LookupFunction = (name, options, callback) => {
  lookup(name, { ...options, all: true }, (error, found) => {
    if (error) return callback(error, '');
    const outside = found.filter(({ address }) => !isInside(address));
    const [first] = outside;
    try {
      if (!first) assertOutside(name, found[0]?.address ?? '0.0.0.0');
    } catch (refusal) {
      return callback(refusal instanceof Error ? refusal : new Error(String(refusal)), '');
    }
    if (options.all) callback(null, outside);
    else callback(null, first?.address ?? '', first?.family);
  });
};
