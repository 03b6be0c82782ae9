// What makes packets meet the program, and keeps doing so: the pin directory's lock, the maps and program, the links, and a
// watch on the interfaces. The contents of the maps are the business of tables/.

import { messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import { DatapathError, type InterfaceState, type Lapse, type XdpModeRequest } from './datapath.ts';
import { InterfaceLinks } from './interfaces/interface-links.ts';
import { watchLinks } from './libbpf/netlink.ts';
import { LoadedSet, type SetOptions } from './pins/loaded-set.ts';
import { type OwnPin, OwnPins } from './pins/own-pins.ts';

/** Interfaces to attach to, and what to do when one changes or something undoes the attachment. */
export interface EnforcementOptions extends SetOptions {
  /** Interfaces to attach to; those that do not exist are attached when they appear. */
  /** Asked at every look. */
  readonly interfaces: () => readonly string[];
  readonly mode: XdpModeRequest;
  readonly logger: Logger;
  /** After every change of states(), with the new ones. */
  readonly onChange: (states: InterfaceState[]) => void;
  readonly onLapse: (lapse: Lapse) => void;
  /** How often everything is checked, events or not. Default 2 s. */
  readonly auditMs?: number;
}

const AUDIT_MS = 2000;
/** How often only the links are checked, milliseconds: their removal makes no event. A check takes a few microseconds. */
const LINKS_MS = 100;

/** `close` ends the watching and never the dropping: pins and links stay in the kernel. */
export class Enforcement {
  readonly set: LoadedSet;
  readonly #links: InterfaceLinks;
  readonly #pins: OwnPins;
  readonly #watched: OwnPin[] = [];
  readonly #options: EnforcementOptions;
  readonly #closers: (() => void)[] = [];
  /** The set's maps may be enforced: false while a staged set waits to be filled. */
  #ready: boolean;
  #tookOver = false;
  #scheduled = false;
  #closed = false;

  /**
   * Adopts or makes everything in the pin directory. Attaches at once unless the set is staged.
   * @throws FleetblockError; nothing that was enforced before is touched then
   */
  static async open(options: EnforcementOptions): Promise<Enforcement> {
    const { pinDir, logger, onLapse } = options;
    let links: InterfaceLinks | undefined;
    let set: LoadedSet | undefined;
    let opened: Enforcement | undefined;
    const pins = new OwnPins({ pinDir, logger, onLapse, pins: () => opened?.pins() ?? [] });
    try {
      links = new InterfaceLinks({
        pinDir,
        names: options.interfaces,
        mode: options.mode,
        logger,
        onLapse,
      });
      set = await LoadedSet.open(options, links.programIds());
      opened = new Enforcement(options, links, set, pins);
      return opened;
    } catch (error) {
      set?.close();
      links?.close();
      pins.close();
      throw error;
    }
  }

  private constructor(options: EnforcementOptions, links: InterfaceLinks, set: LoadedSet, pins: OwnPins) {
    this.#options = options;
    this.#links = links;
    this.#pins = pins;
    this.set = set;
    this.#ready = set.origin !== 'staged';
    options.logger.info({ pinDir: options.pinDir, maps: set.origin, program: set.program.info.id }, 'datapath loaded');
    this.#closers.push(
      watchLinks(
        ({ name, index }) => {
          if (this.#links.concerns(name, index)) this.#schedule();
        },
        () => this.#schedule(),
      ),
    );
    this.#every(options.auditMs ?? AUDIT_MS, () => {
      this.#sync();
      this.look();
    });
    this.#every(LINKS_MS, () => {
      if (this.#links.disturbed()) this.#sync();
    });
    this.#sync();
  }

  /** Links still run the program of an older set: fill the maps, then call `enforce`. */
  get staged(): boolean {
    return !this.#ready;
  }

  states(): InterfaceState[] {
    return this.#links.states();
  }

  /** What is wrong with the pins; empty when all is well. */
  get problem(): string {
    return this.#pins.problem;
  }

  /** Watches over one more pin. */
  watch(pin: OwnPin): void {
    this.#watched.push(pin);
  }

  /** All that is pinned. */
  pins(): OwnPin[] {
    return [...this.set.pins(), ...this.#links.pins(), ...this.#watched];
  }

  /** Checks the pins and restores what is missing. */
  look(): void {
    if (!this.#closed && this.#pins.look()) this.#options.onChange(this.states());
  }

  /**
   * The maps hold what they should: swaps the links of a staged set to its program, each in one step.
   * @throws DatapathError KERNEL when a link still runs an older program: it stays staged, so the next call tries again
   */
  enforce(): void {
    if (this.#ready) return;
    this.#ready = true;
    this.#sync();
    if (this.#isSwapped()) return;
    this.#ready = false;
    throw new DatapathError(
      'KERNEL',
      'an interface still runs the program of older maps, so that the new ones decide nothing there: status says why; tried again at the next audit',
    );
  }

  /** Stops watching, closes all descriptors and unlocks the pin directory. Everything stays pinned and attached. Idempotent. */
  close(): void {
    if (this.#closed) return;
    // The last moment at which missing pins can be restored.
    this.#pins.look();
    this.#closed = true;
    for (const closer of this.#closers) closer();
    this.#pins.close();
    this.#links.close();
    this.set.close();
  }

  #every(ms: number, work: () => void): void {
    const timer = setInterval(work, ms);
    timer.unref();
    this.#closers.push(() => clearInterval(timer));
  }

  /** Events come in bursts: one check of everything after each burst. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#sync();
    });
  }

  #sync(): void {
    if (this.#closed) return;
    const { logger, onChange } = this.#options;
    try {
      const changed = this.#links.sync(this.#ready ? this.set.program : undefined);
      if (this.#ready && !this.#tookOver) this.#takeOver();
      if (changed) onChange(this.states());
    } catch (error) {
      logger.error({ error: messageOf(error) }, 'cannot check the interfaces; retried at the next audit');
    }
  }

  /** Removes old sets and programs only once no link needs them. */
  #takeOver(): void {
    if (!this.#isSwapped()) return;
    this.set.takeOver();
    this.#tookOver = true;
  }

  #isSwapped(): boolean {
    const { id } = this.set.program.info;
    return [...this.#links.programIds()].every((running) => running === id);
  }
}
