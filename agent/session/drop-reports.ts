// What the kernel drops, while it is watched: samples gathered by source and sent in batches of bounded size and rate. What
// no row reports is counted, so that rows and count together are all that was dropped.
import type { DropEvents } from '../../proto/gen/fleetblock/v1/DropEvents.ts';
import type { DropWatch__Output } from '../../proto/gen/fleetblock/v1/DropWatch.ts';
import type { Datapath, DropEvent, DropListener } from '../datapath/datapath.ts';
import type { AgentClock } from '../host/boot-clock.ts';

/** What it reads from and sends to. */
export interface DropReportDeps {
  readonly datapath: Pick<Datapath, 'listen' | 'counters' | 'interfaces'>;
  readonly clock: AgentClock;
  /** Resolves when there is room for the next one. */
  readonly send: (events: DropEvents) => Promise<void>;
  /** It cannot be listened or sent. */
  readonly failed: (error: unknown) => void;
}

/** How often the kernel's buffer is emptied: it holds some 5,000 events. */
const READ_MS = 100;
const MIN_INTERVAL_MS = 100;
const MAX_ROWS = 1000;
/** Distinct sources between two batches, for each row of a batch. */
const GATHERED_PER_ROW = 8;

interface Gathered {
  readonly source: Uint8Array;
  readonly interfaceIndex: number;
  readonly monitored: boolean;
  packets: number;
  bytes: number;
  lastBootMs: number;
}

/** Listens to the kernel only while drops are watched; `stop` with the session. */
export class DropReports {
  readonly #deps: DropReportDeps;
  #listener: DropListener | undefined;
  #timer: NodeJS.Timeout | undefined;
  #intervalMs = 0;
  #rows = 0;
  /** When it began, milliseconds since boot. */
  #sinceBootMs = 0;
  #gathered = new Map<string, Gathered>();
  #sendAtMs = 0;
  #sending = false;
  /** Packets that the kernel had dropped or monitored when it began, and those that were accounted for since. */
  #before = 0n;
  #accounted = 0n;

  constructor(deps: DropReportDeps) {
    this.#deps = deps;
  }

  /** Starts, changes its settings, or stops. */
  watch({ intervalMs, rows }: Pick<DropWatch__Output, 'intervalMs' | 'rows'>): void {
    if (intervalMs === 0) {
      this.stop();
      return;
    }
    this.#intervalMs = Math.max(MIN_INTERVAL_MS, intervalMs);
    this.#rows = Math.min(MAX_ROWS, Math.max(1, rows));
    if (this.#listener) return;
    try {
      this.#before = this.#counted();
      this.#accounted = 0n;
      this.#sinceBootMs = this.#deps.clock.bootMs();
      this.#listener = this.#deps.datapath.listen((event) => this.#gather(event));
    } catch (error) {
      this.#deps.failed(error);
      return;
    }
    this.#sendAtMs = this.#deps.clock.monotonicMs() + this.#intervalMs;
    this.#timer = setInterval(() => this.#tick(), READ_MS);
  }

  /** Idempotent. */
  stop(): void {
    clearInterval(this.#timer);
    this.#listener?.close();
    this.#listener = undefined;
    this.#gathered.clear();
  }

  #gather({ address, interfaceIndex, monitored, packets, packetBytes, bootMs }: DropEvent): void {
    // Left in the kernel's buffer by an earlier watch.
    if (bootMs < this.#sinceBootMs) return;
    const key = `${interfaceIndex} ${monitored} ${Buffer.from(address).toString('latin1')}`;
    const known = this.#gathered.get(key);
    if (known) {
      known.packets += packets;
      known.bytes += packets * packetBytes;
      known.lastBootMs = Math.max(known.lastBootMs, bootMs);
    } else if (this.#gathered.size < this.#rows * GATHERED_PER_ROW)
      this.#gathered.set(key, {
        ...{ source: address, interfaceIndex, monitored, packets, bytes: packets * packetBytes, lastBootMs: bootMs },
      });
  }

  #tick(): void {
    const { clock, failed } = this.#deps;
    this.#listener?.read();
    // A slow connection makes batches fewer and not more.
    if (this.#sending || clock.monotonicMs() < this.#sendAtMs) return;
    this.#sendAtMs = clock.monotonicMs() + this.#intervalMs;
    const batch = this.#take();
    if (!batch) return;
    this.#sending = true;
    this.#deps
      .send(batch)
      .catch(failed)
      .finally(() => {
        this.#sending = false;
      });
  }

  #take(): DropEvents | undefined {
    const { datapath, clock } = this.#deps;
    const told = [...this.#gathered.values()].sort((a, b) => b.packets - a.packets).slice(0, this.#rows);
    this.#gathered.clear();
    for (const { packets } of told) this.#accounted += BigInt(packets);
    const unreported = this.#counted() - this.#before - this.#accounted;
    // Samples may stand for some more than there were: that evens out later.
    if (unreported > 0n) this.#accounted += unreported;
    if (told.length === 0 && unreported <= 0n) return undefined;
    const names = new Map(datapath.interfaces().map(({ index, name }) => [index, name]));
    const now = clock.bootMs();
    return {
      rows: told.map(({ source, interfaceIndex, packets, bytes, monitored, lastBootMs }) => ({
        source,
        interface: names.get(interfaceIndex) ?? `interface ${interfaceIndex}`,
        packets: `${packets}`,
        bytes: `${bytes}`,
        monitored,
        lastAgoMs: `${Math.max(0, now - lastBootMs)}`,
      })),
      unreportedPackets: `${unreported > 0n ? unreported : 0n}`,
    };
  }

  #counted(): bigint {
    const { droppedPackets, monitoredPackets } = this.#deps.datapath.counters();
    return droppedPackets + monitoredPackets;
  }
}
