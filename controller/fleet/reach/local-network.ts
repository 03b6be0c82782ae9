// The addresses that the controller needs on its own machine: its own, its gateways' and its resolvers'.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type Prefix, parsePrefix } from '../../../common/text/prefix.ts';

export interface Protected {
  readonly prefix: Prefix;
  /** For the refusal: `the controller's own address 192.0.2.1`. */
  readonly what: string;
}

/** This machine's addresses, gateways and resolvers. */
export interface LocalNetwork {
  addresses(): readonly Protected[];
}

export const systemNetwork: LocalNetwork = {
  addresses: () =>
    addressesOf({
      own: Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address)),
      route: read('/proc/net/route'),
      ipv6Route: read('/proc/net/ipv6_route'),
      resolvConf: read('/etc/resolv.conf'),
    }),
};

/** Texts of the kernel and of the resolver's configuration; empty where there is none. */
export interface NetworkTexts {
  readonly own: readonly string[];
  /** /proc/net/route */
  readonly route: string;
  /** /proc/net/ipv6_route */
  readonly ipv6Route: string;
  /** /etc/resolv.conf */
  readonly resolvConf: string;
}

export function addressesOf({ own, route, ipv6Route, resolvConf }: NetworkTexts): Protected[] {
  return [
    // Zone ids (fe80::1%eth0) are dropped: a packet's source has none.
    ...own.map((address) => protect(address.replace(/%.*$/, ''), "the controller's own address")),
    ...route.split('\n').flatMap(gateway),
    ...ipv6Route.split('\n').flatMap(ipv6Gateway),
    ...resolvConf.split('\n').flatMap(resolver),
  ];
}

function gateway(line: string): Protected[] {
  const [, , word = ''] = line.split('\t');
  if (!/^[0-9A-F]{8}$/.test(word) || word === '00000000') return [];
  // Little-endian words on the little-endian machines that Node.js runs on.
  const bytes = [...Buffer.from(word, 'hex')].reverse();
  return [protect(bytes.join('.'), "the controller's gateway")];
}

function ipv6Gateway(line: string): Protected[] {
  const word = line.split(/\s+/)[4] ?? '';
  if (!/^[0-9a-f]{32}$/.test(word) || /^0+$/.test(word)) return [];
  return [protect(word.match(/.{4}/g)?.join(':') ?? '', "the controller's gateway")];
}

function resolver(line: string): Protected[] {
  const [, address = ''] = /^\s*nameserver\s+([^\s%]+)/.exec(line) ?? [];
  return isIP(address) ? [protect(address, "the controller's resolver")] : [];
}

function protect(address: string, whose: string): Protected {
  return { prefix: parsePrefix(address), what: `${whose} ${address}` };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not every system has each of them: what is not known cannot be guarded.
    return '';
  }
}
