// struct fb_event of bpf/layout.h: a sampled drop, as the program puts it into its ring buffer.
import type { DropEvent } from './datapath.ts';

/** Byte offsets; integers in the machine's order, which is little-endian. */
const EVENT = {
  bytes: 40,
  timeNs: 0,
  source: 8,
  interface: 24,
  weight: 28,
  packetBytes: 32,
  verdict: 36,
} as const;
const VERDICT_MONITOR = 2;
/** Of an IPv4 address in its IPv6-mapped form. */
const MAPPED_PREFIX = Buffer.from('00000000000000000000ffff', 'hex');

/** Decodes one record; undefined when the bytes are not one. The address is a copy. */
export function decodeDropEvent(record: Uint8Array): DropEvent | undefined {
  if (record.length < EVENT.bytes) return undefined;
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const source = record.slice(EVENT.source, EVENT.source + 16);
  const isV4 = MAPPED_PREFIX.equals(source.subarray(0, 12));
  return {
    bootMs: Number(view.getBigUint64(EVENT.timeNs, true) / 1_000_000n),
    address: isV4 ? source.subarray(12) : source,
    interfaceIndex: view.getUint32(EVENT.interface, true),
    packets: view.getUint32(EVENT.weight, true),
    packetBytes: view.getUint32(EVENT.packetBytes, true),
    monitored: view.getUint32(EVENT.verdict, true) === VERDICT_MONITOR,
  };
}
