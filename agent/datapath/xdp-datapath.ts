// The datapath in the kernel: an XDP program on the interfaces and the maps that it reads, pinned so that they outlive us.
import type { EntryTable } from '../../common/entries/entry-table.ts';
import { FleetblockError, messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import type { Family } from '../../common/text/prefix.ts';
import {
  type Datapath,
  type DatapathCounters,
  DatapathError,
  DEFAULT_PIN_DIR,
  type DropEvent,
  type DropListener,
  type EntryChange,
  type InterfaceState,
  type Lapse,
  type MarkedView,
  type SourceHits,
  type SourceVerdict,
  type XdpModeRequest,
} from './datapath.ts';
import { LAYOUT_VERSION, MAPS } from './decision/layout.ts';
import { DEFAULT_LIMITS, type Limits, mapSizes } from './decision/limits.ts';
import { decodeDropEvent } from './drop-event.ts';
import { Enforcement } from './enforcement.ts';
import { isInterfaceName } from './interfaces/interface-names.ts';
import { KernelError } from './kernel-map.ts';
import { GracePeriod } from './libbpf/grace-period.ts';
import type { LibbpfMap } from './libbpf/map.ts';
import { openRingBuffer, type RingBuffer } from './libbpf/ring-buffer.ts';
import { HeldMark } from './pins/held-mark.ts';
import { checkPlatform, packagedObject } from './platform.ts';
import type { KernelTables, Verification } from './tables/kernel-tables.ts';
import { openTables } from './tables/open-tables.ts';

/** What openXdpDatapath() attaches, to which interfaces and how. */
export interface XdpDatapathOptions {
  /** Directory on bpffs, this agent's alone. Default /sys/fs/bpf/fleetblock. */
  readonly pinDir?: string;
  /** Interfaces to attach to; those that do not exist are attached when they appear. A function is asked again at every look. */
  readonly interfaces: readonly string[] | (() => readonly string[]);
  /** Default `auto`. */
  readonly mode?: XdpModeRequest;
  /** How much the maps hold. Other limits than those of the pinned maps make new maps; enforcement goes on meanwhile. */
  readonly limits?: Limits;
  /** Default: the object that came with this package. */
  readonly objectPath?: string;
  readonly logger: Logger;
  /** After every change of interfaces(), with the new state of all of them. */
  readonly onInterfaceChange?: (states: InterfaceState[]) => void;
  /** Called when something that another program undid is repaired. Default: not called. */
  readonly onLapse?: (lapse: Lapse) => void;
  /** Milliseconds between checks of all interfaces and pins, events or not. Default 2,000. */
  readonly auditMs?: number;
}

const PROGRAM = 'fleetblock';
const ACCOUNTING: ReadonlySet<string> = new Set([MAPS.counters, MAPS.sources, MAPS.entryHits, MAPS.events]);

/**
 * Opens the datapath: adopts what is pinned, or makes it, and attaches. When maps of another size or layout have to be filled
 * first, the old program goes on dropping until the first `reconcile` or `apply` has filled the new ones.
 * @throws FleetblockError with one line that names the fix; what was enforced before is still enforced then
 */
export async function openXdpDatapath(options: XdpDatapathOptions): Promise<XdpDatapath> {
  const { interfaces } = options;
  const names = typeof interfaces === 'function' ? interfaces : () => interfaces;
  if (names().length === 0)
    throw new FleetblockError('INVALID_ARGUMENT', 'name at least one interface: --interface IF[,IF]');
  for (const name of names())
    if (!isInterfaceName(name))
      throw new FleetblockError('INVALID_ARGUMENT', `--interface: "${name}" cannot be the name of an interface`);
  checkPlatform();
  const limits = options.limits ?? DEFAULT_LIMITS;
  const closers: (() => void)[] = [];
  try {
    const enforcement = await Enforcement.open({
      pinDir: options.pinDir ?? DEFAULT_PIN_DIR,
      layout: LAYOUT_VERSION,
      objectPath: options.objectPath ?? packagedObject(),
      programName: PROGRAM,
      sizes: mapSizes(limits),
      carried: ACCOUNTING,
      interfaces: names,
      mode: options.mode ?? 'auto',
      logger: options.logger,
      onChange: options.onInterfaceChange ?? (() => undefined),
      onLapse: options.onLapse ?? (() => undefined),
      ...(options.auditMs === undefined ? {} : { auditMs: options.auditMs }),
    });
    closers.push(() => enforcement.close());
    const mark = new HeldMark(options.pinDir ?? DEFAULT_PIN_DIR);
    closers.push(() => mark.close());
    enforcement.watch(mark.pin);
    if (enforcement.set.origin === 'fresh') mark.clear();
    const grace = new GracePeriod();
    closers.push(() => grace.close());
    const tables = await openTables((name) => mapOf(enforcement, name), {
      limits,
      gracePeriod: () => grace.wait(),
      onError: (error) => options.logger.error({ error: messageOf(error) }, 'memory of the maps could not be freed'),
    });
    return new XdpDatapath(enforcement, mark, grace, tables, options.logger);
  } catch (error) {
    for (const close of closers.reverse()) close();
    if (!(error instanceof KernelError)) throw error;
    throw new FleetblockError('INTERNAL', `the datapath cannot be opened: ${error.message}`, { cause: error });
  }
}

function mapOf(enforcement: Enforcement, name: string): LibbpfMap {
  const map = enforcement.set.maps.get(name);
  if (!map) throw new FleetblockError('INTERNAL', `the BPF object has no map ${name}`);
  return map;
}

/** Made by openXdpDatapath(). `close` leaves everything pinned and attached. */
export class XdpDatapath implements Datapath {
  readonly #enforcement: Enforcement;
  readonly #mark: HeldMark;
  readonly #grace: GracePeriod;
  readonly #tables: KernelTables;
  readonly #logger: Logger;
  readonly #listeners = new Set<RingBuffer>();
  #closing: Promise<void> | undefined;

  /** Owns all four. */
  constructor(enforcement: Enforcement, mark: HeldMark, grace: GracePeriod, tables: KernelTables, logger: Logger) {
    this.#enforcement = enforcement;
    this.#mark = mark;
    this.#grace = grace;
    this.#tables = tables;
    this.#logger = logger;
  }

  get capacity(): number {
    return this.#tables.capacity;
  }

  get problem(): string {
    return this.#enforcement.problem;
  }

  /** Checks all pins now and restores missing ones. @returns whether all is pinned */
  checkPins(): boolean {
    this.#enforcement.look();
    return this.problem === '';
  }

  /** Bytes of kernel memory that the maps take. */
  get memoryBytes(): number {
    let bytes = 0;
    for (const map of this.#enforcement.set.maps.values()) bytes += map.memoryBytes();
    return bytes;
  }

  /** New maps wait for the first `reconcile` or `apply`; the links still run an older program on the maps before them. */
  get staged(): boolean {
    return this.#enforcement.staged;
  }

  async apply(change: EntryChange, after: EntryTable<'boot'>): Promise<number> {
    if (!this.staged) return this.#tables.apply(change, after);
    const started = performance.now();
    await this.reconcile(after);
    return Math.round((performance.now() - started) * 1000);
  }

  async reconcile(desired: EntryTable<'boot'>, hurried?: () => boolean): Promise<number | undefined> {
    const repaired = await this.#tables.reconcile(desired, hurried);
    if (repaired !== undefined) this.#enforcement.enforce();
    return repaired;
  }

  /** Reads back what the kernel holds and compares; writes nothing. @throws DatapathError */
  verify(desired: EntryTable<'boot'>): Promise<Verification> {
    return this.#tables.verify(desired);
  }

  async glance(hurried?: () => boolean): Promise<number | undefined> {
    return this.staged ? 0 : this.#tables.glance(hurried);
  }

  marked(): MarkedView | undefined {
    return this.#mark.read();
  }

  mark(view: MarkedView): void {
    this.#mark.write(view);
  }

  counters(): DatapathCounters {
    return this.#tables.counters();
  }

  interfaces(): InterfaceState[] {
    return this.#enforcement.states();
  }

  topSources(count: number, sinceMs: number): Promise<SourceHits[]> {
    return this.#tables.topSources(count, sinceMs);
  }

  lookup(family: Family, address: Uint8Array): SourceVerdict {
    if (this.staged)
      throw new DatapathError('KERNEL', 'new maps wait for the list: until it is there, the maps before them decide');
    return this.#tables.lookup(family, address);
  }

  /** Packets that one entry has decided; 0n when none recently. */
  entryHits(family: Family, address: Uint8Array, length: number): bigint {
    return this.#tables.entryHits(family, address, length);
  }

  listen(onEvent: (event: DropEvent) => void): DropListener {
    const take = (record: Uint8Array) => {
      const event = decodeDropEvent(record);
      if (event) onEvent(event);
    };
    const ring = openRingBuffer(mapOf(this.#enforcement, MAPS.events), take, (error) =>
      this.#logger.error({ error: messageOf(error) }, 'drop events cannot be read'),
    );
    this.#listeners.add(ring);
    this.#tables.listen(true);
    return {
      read: () => ring.read(),
      close: () => {
        ring.close();
        this.#listeners.delete(ring);
        if (this.#listeners.size === 0 && !this.#closing) this.#tables.listen(false);
      },
    };
  }

  close(): void {
    void this.closed();
  }

  /** As `close`; resolves when a running change is finished, all is closed and another agent may have the pin directory. */
  closed(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#listeners.size > 0) this.#tables.listen(false);
    for (const listener of this.#listeners) listener.close();
    try {
      await this.#tables.close();
    } finally {
      this.#grace.close();
      this.#enforcement.close();
      this.#mark.close();
    }
  }
}
