// Frames for the packet tests, built in code: what a host's driver would hand to the program.
import { parsePrefix } from '../../../common/text/prefix.ts';

export const ETHERTYPE = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, qinq: 0x88a8, ipv6: 0x86dd } as const;
export const ETHERNET_BYTES = 14;
export const TAG_BYTES = 4;

const UDP = 17;
const IPV6_HEADER = { hopByHop: 0, routing: 43, fragment: 44, destination: 60 } as const;

/** Ethernet, then tags (their ethertypes from the outside in), then `ethertype` and the payload. `vlan`: of all tags; default: one each. */
export function frame(ethertype: number, payload: Uint8Array, tags: readonly number[] = [], vlan?: number): Uint8Array {
  const types = [...tags, ethertype];
  const head = new Uint8Array(ETHERNET_BYTES + TAG_BYTES * tags.length);
  head.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2]);
  types.forEach((type, i) => {
    // A tag is its 16 bits of VLAN number and priority, then the next ethertype.
    head.set([type >> 8, type & 255], 12 + TAG_BYTES * i);
    if (i < tags.length) head.set([0, vlan === undefined ? 100 + i : vlan], 14 + TAG_BYTES * i);
  });
  return concat(head, payload);
}

export interface V4Header {
  readonly source: string;
  /** Default: 198.18.0.1. */
  readonly destination?: string;
  readonly version?: number;
  /** 32-bit words; 5 without options. */
  readonly words?: number;
  /** In units of 8 bytes. */
  readonly fragmentOffset?: number;
  readonly moreFragments?: boolean;
}

export function ipv4(header: V4Header, payload: Uint8Array = new Uint8Array(8)): Uint8Array {
  const words = header.words ?? 5;
  const bytes = new Uint8Array(Math.max(20, words * 4));
  bytes[0] = ((header.version ?? 4) << 4) | words;
  const total = bytes.length + payload.length;
  bytes.set([total >> 8, total & 255], 2);
  const fragment = ((header.moreFragments === true ? 1 : 0) << 13) | (header.fragmentOffset ?? 0);
  bytes.set([fragment >> 8, fragment & 255], 6);
  bytes.set([64, UDP], 8);
  bytes.set(parsePrefix(header.source).address, 12);
  bytes.set(parsePrefix(header.destination ?? '198.18.0.1').address, 16);
  const checksum = checksumOf(bytes);
  bytes.set([checksum >> 8, checksum & 255], 10);
  return concat(bytes, payload);
}

export type ExtensionHeader = keyof typeof IPV6_HEADER;

export interface V6Header {
  readonly source: string;
  /** Default: 2001:db8:ffff::1. */
  readonly destination?: string;
  readonly version?: number;
  readonly extensions?: readonly ExtensionHeader[];
}

export function ipv6(header: V6Header, payload: Uint8Array = new Uint8Array(8)): Uint8Array {
  const extensions = header.extensions ?? [];
  const next = [...extensions.map((name) => IPV6_HEADER[name]), UDP];
  // Every extension header is 8 bytes long here: the next one's number, a length of 0, and 6 bytes of its own.
  const chain = concat(...extensions.map((_, i) => Uint8Array.of(next[i + 1] ?? UDP, 0, 0, 0, 0, 0, 0, 0)), payload);
  const bytes = new Uint8Array(40);
  bytes[0] = (header.version ?? 6) << 4;
  bytes.set([chain.length >> 8, chain.length & 255, next[0] ?? UDP, 64], 4);
  const { family, address } = parsePrefix(header.source);
  // An IPv4 address goes into its IPv4-mapped form.
  if (family === 4) bytes.set([0xff, 0xff], 18);
  bytes.set(address, family === 4 ? 20 : 8);
  bytes.set(parsePrefix(header.destination ?? '2001:db8:ffff::1').address, 24);
  return concat(bytes, chain);
}

/** A datagram that a socket takes. */
export interface UdpPacket extends V4Header {
  readonly destination: string;
  readonly port: number;
  readonly text: string;
}

export function udpOverIpv4({ port, text, ...header }: UdpPacket): Uint8Array {
  return ipv4(header, datagram(port, text));
}

/** An IPv4 source is put in its IPv4-mapped form. */
export function udpOverIpv6({ port, text, source, destination }: UdpPacket): Uint8Array {
  const bytes = ipv6({ source, destination }, datagram(port, text));
  // Over IPv6 the checksum is not optional: of the addresses, the length and the protocol, then the datagram.
  const length = bytes.length - 40;
  const checksum = checksumOf(concat(bytes.subarray(8), Uint8Array.of(length >> 8, length & 255, 0, UDP))) || 0xffff;
  bytes.set([checksum >> 8, checksum & 255], 46);
  return bytes;
}

/** UDP without a checksum. */
function datagram(port: number, text: string): Uint8Array {
  const payload = Buffer.from(text);
  const length = 8 + payload.length;
  return concat(Uint8Array.of(0, 9, port >> 8, port & 255, length >> 8, length & 255, 0, 0), payload);
}

/** The Internet checksum (RFC 1071). */
function checksumOf(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

/** The plainest packet from an address of either family. */
export function packetFrom(source: string): Uint8Array {
  return source.includes(':') ? frame(ETHERTYPE.ipv6, ipv6({ source })) : frame(ETHERTYPE.ipv4, ipv4({ source }));
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
