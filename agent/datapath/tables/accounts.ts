// What the program counts: totals, hits by source, hits by entry.
import { type Family, formatAddress } from '../../../common/prefix.ts';
import type { DatapathCounters } from '../datapath.ts';
import { COUNTERS, HITS, MAPS } from '../decision/layout.ts';
import type { KernelMap } from '../kernel-map.ts';
import type { OpenMap, SourceHits } from './kernel-tables.ts';
import { entryKey, toMs } from './rule-codec.ts';

const FIRST = new Uint8Array(4);
const MAPPED = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);

export class Accounts {
  readonly #counters: KernelMap;
  readonly #sources: KernelMap;
  readonly #entryHits: KernelMap;

  constructor(maps: OpenMap) {
    this.#counters = maps(MAPS.counters);
    this.#sources = maps(MAPS.sources);
    this.#entryHits = maps(MAPS.entryHits);
  }

  /** Totals over all processors. @throws KernelError */
  counters(): DatapathCounters {
    const values = this.#counters.lookup(FIRST) ?? new Uint8Array(0);
    const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
    const total = (offset: number) => {
      let sum = 0n;
      for (let cpu = 0; cpu + COUNTERS.bytes <= values.length; cpu += COUNTERS.bytes)
        sum += view.getBigUint64(cpu + offset, true);
      return sum;
    };
    return {
      droppedPackets: total(COUNTERS.droppedPackets),
      droppedBytes: total(COUNTERS.droppedBytes),
      passedPackets: total(COUNTERS.passedPackets),
      passedBytes: total(COUNTERS.passedBytes),
      allowedPackets: total(COUNTERS.allowedPackets),
      monitoredPackets: total(COUNTERS.monitoredPackets),
      malformedPackets: total(COUNTERS.malformedPackets),
    };
  }

  /** Sources by dropped packets, most first. @throws KernelError */
  async topSources(count: number): Promise<SourceHits[]> {
    const found: SourceHits[] = [];
    for await (const { keys, values, count: rows } of this.#sources.entries()) {
      const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
      for (let row = 0; row < rows; row++) {
        const key = keys.slice(row * 16, row * 16 + 16);
        const mapped = MAPPED.every((byte, i) => key[i] === byte);
        found.push({
          family: mapped ? 4 : 6,
          address: mapped ? key.slice(12) : key,
          packets: view.getBigUint64(row * HITS.bytes + HITS.packets, true),
          lastDropMs: toMs(view.getBigUint64(row * HITS.bytes + HITS.lastNs, true)),
        });
      }
      // Bounded: not the whole map as objects.
      if (found.length > 4 * count + 4096) keepTop(found, count);
    }
    keepTop(found, count);
    return found;
  }

  /** Dropped packets of one source and when the last was recorded. @throws KernelError */
  source(family: Family, address: Uint8Array): { packets: bigint; lastDropMs: number } {
    const key = new Uint8Array(16);
    if (family === 4) {
      key.set(MAPPED);
      key.set(address.subarray(0, 4), 12);
    } else key.set(address.subarray(0, 16));
    const value = this.#sources.lookup(key);
    if (!value) return { packets: 0n, lastDropMs: 0 };
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    return { packets: view.getBigUint64(HITS.packets, true), lastDropMs: toMs(view.getBigUint64(HITS.lastNs, true)) };
  }

  /** @throws KernelError */
  entryHits(family: Family, address: Uint8Array, length: number): bigint {
    const value = this.#entryHits.lookup(entryKey(family, address, length));
    if (!value) return 0n;
    return new DataView(value.buffer, value.byteOffset, value.byteLength).getBigUint64(HITS.packets, true);
  }

  /** An entry that has gone takes its hits with it. @throws KernelError */
  forgetEntry(family: Family, address: Uint8Array, length: number): void {
    this.#entryHits.delete(entryKey(family, address, length));
  }
}

/** Most packets first; the address settles draws, so that two calls agree. */
function keepTop(found: SourceHits[], count: number): void {
  found.sort((a, b) =>
    a.packets === b.packets ? (text(a) < text(b) ? -1 : 1) : Number(b.packets - a.packets > 0n) * 2 - 1,
  );
  found.length = Math.min(found.length, count);
}

function text(source: SourceHits): string {
  return formatAddress(source.family, source.address);
}
