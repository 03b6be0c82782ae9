// What the program counts: totals, hits by source, hits by entry.
import { type Family, formatAddress } from '../../../common/text/prefix.ts';
import type { DatapathCounters, SourceHits } from '../datapath.ts';
import { COUNTERS, HITS, MAPS } from '../decision/layout.ts';
import type { KernelMap } from '../kernel-map.ts';
import type { OpenMap } from './kernel-tables.ts';
import { entryKey, toMs } from './rule-codec.ts';

const FIRST = new Uint8Array(4);
const MAPPED = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);

/** What the program counted for one source or one entry. */
export interface Hits {
  readonly packets: bigint;
  /** Milliseconds since boot, 0 for never. */
  readonly lastMs: number;
}

/** Read only, except `forgetEntry`. Totals are kept per processor and summed here. */
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
      overtaggedPackets: total(COUNTERS.overtaggedPackets),
    };
  }

  /** Sources that were dropped since then (milliseconds since boot), by dropped packets, most first. @throws KernelError */
  async topSources(count: number, sinceMs: number): Promise<SourceHits[]> {
    const found: SourceHits[] = [];
    // Once `count` are found, what has fewer packets than the last of them is not among the first.
    let least = 0n;
    for await (const { keys, values, count: rows } of this.#sources.entries()) {
      const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
      for (let row = 0; row < rows; row++) {
        const packets = view.getBigUint64(row * HITS.bytes + HITS.packets, true);
        const lastDropMs = toMs(view.getBigUint64(row * HITS.bytes + HITS.lastNs, true));
        if (packets < least || lastDropMs < sinceMs) continue;
        const key = keys.slice(row * 16, row * 16 + 16);
        const mapped = MAPPED.every((byte, i) => key[i] === byte);
        found.push({
          family: mapped ? 4 : 6,
          address: mapped ? key.slice(12) : key,
          packets,
          lastDropMs,
        });
      }
      // Bounded: not the whole map as objects.
      if (found.length > 4 * count + 512) {
        keepTop(found, count);
        least = found.at(-1)?.packets ?? 0n;
      }
    }
    keepTop(found, count);
    return found;
  }

  /** Dropped packets of one source, estimated. @throws KernelError */
  source(family: Family, address: Uint8Array): Hits {
    const key = new Uint8Array(16);
    if (family === 4) {
      key.set(MAPPED);
      key.set(address.subarray(0, 4), 12);
    } else key.set(address.subarray(0, 16));
    return hitsOf(this.#sources.lookup(key));
  }

  /** Packets that met one entry, exact. @throws KernelError */
  entry(family: Family, address: Uint8Array, length: number): Hits {
    return hitsOf(this.#entryHits.lookup(entryKey(family, address, length)));
  }

  /** An entry that has gone takes its hits with it. @throws KernelError */
  forgetEntry(family: Family, address: Uint8Array, length: number): void {
    this.#entryHits.delete(entryKey(family, address, length));
  }
}

function hitsOf(value: Uint8Array | undefined): Hits {
  if (!value) return { packets: 0n, lastMs: 0 };
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return { packets: view.getBigUint64(HITS.packets, true), lastMs: toMs(view.getBigUint64(HITS.lastNs, true)) };
}

/** Most packets first, equal counts by address, so that two calls agree. */
function keepTop(found: SourceHits[], count: number): void {
  found.sort((a, b) =>
    a.packets === b.packets ? (text(a) < text(b) ? -1 : 1) : Number(b.packets - a.packets > 0n) * 2 - 1,
  );
  found.length = Math.min(found.length, count);
}

function text(source: SourceHits): string {
  return formatAddress(source.family, source.address);
}
