// What a generator of IPv4 packets sends: flood.bpf.c rewrites the source of one packet, live frame by live frame.
import type { BpfObject } from '../../../agent/datapath/libbpf/object.ts';
import type { TestRun } from '../../../agent/datapath/libbpf/program.ts';
import { indexOf } from '../network.ts';

/** Ethernet broadcast, IPv4 to 10.77.0.1, UDP port 9: 64 bytes. The source is the generator's to fill in. */
function packet(): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.fill(0xff, 0, 6);
  bytes.write('0202020202020800', 6, 'hex');
  bytes.write('450000320000400040110000000000000a4d0001', 14, 'hex');
  bytes.write('30390009001e0000', 34, 'hex');
  return bytes;
}

/** Host byte order. */
export function toNumber(address: string): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

/** struct xdp_md: the packet's length and the interface that it goes out of. */
function context(length: number, ifindex: number): Uint8Array {
  const bytes = Buffer.alloc(24);
  bytes.writeUInt32LE(length, 4);
  bytes.writeUInt32LE(ifindex, 12);
  return bytes;
}

/** The addresses from which the object's generator sends. */
export function setSources(object: BpfObject, first: string, count: number): void {
  const range = Buffer.alloc(12);
  range.writeUInt32LE(toNumber(first), 0);
  range.writeUInt32LE(count, 4);
  object.map('sources').update(Buffer.alloc(4), range);
}

/** What to run to send one packet out of an interface of this thread's network namespace. */
export function floodRun(out: string): TestRun {
  const data = packet();
  return { data, liveFrames: true, context: context(data.length, indexOf(out)) };
}
