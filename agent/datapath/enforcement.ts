// What makes packets meet the program, and keeps doing so: the pin directory's lock, the maps and program, the links, and a
// watch on the interfaces. What is in the maps is somebody else's business (tables/).

import { messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import { DatapathError, type InterfaceState, type XdpModeRequest } from './datapath.ts';
import { InterfaceLinks } from './interface-links.ts';
import { watchLinks } from './libbpf/netlink.ts';
import { LoadedSet, type SetOptions } from './loaded-set.ts';
import { lockPinDirectory, preparePinDirectory } from './pin-directory.ts';

export interface EnforcementOptions extends SetOptions {
  /** Interfaces to attach to; those that do not exist are attached when they appear. */
  readonly interfaces: readonly string[];
  readonly mode: XdpModeRequest;
  readonly logger: Logger;
  /** After every change of states(), with the new ones. */
  readonly onChange: (states: InterfaceState[]) => void;
  /** How often everything is looked at, events or not. Default 10 s. */
  readonly auditMs?: number;
}

const AUDIT_MS = 10_000;

export class Enforcement {
  readonly set: LoadedSet;
  readonly #links: InterfaceLinks;
  readonly #options: EnforcementOptions;
  readonly #closers: (() => void)[] = [];
  /** The set's maps may be enforced: false while a staged set waits to be filled. */
  #ready: boolean;
  #settled = false;
  #scheduled = false;
  #closed = false;

  /**
   * Adopts or makes everything in the pin directory. Attaches at once unless the set is staged.
   * @throws FleetblockError; nothing that was enforced before is touched then
   */
  static async open(options: EnforcementOptions): Promise<Enforcement> {
    preparePinDirectory(options.pinDir, options.logger);
    const unlock = lockPinDirectory(options.pinDir);
    let links: InterfaceLinks | undefined;
    let set: LoadedSet | undefined;
    try {
      links = new InterfaceLinks({
        pinDir: options.pinDir,
        names: options.interfaces,
        mode: options.mode,
        logger: options.logger,
      });
      set = await LoadedSet.open(options, links.programIds());
      return new Enforcement(options, links, set, unlock);
    } catch (error) {
      set?.close();
      links?.close();
      unlock();
      throw error;
    }
  }

  private constructor(options: EnforcementOptions, links: InterfaceLinks, set: LoadedSet, unlock: () => void) {
    this.#options = options;
    this.#links = links;
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
    const timer = setInterval(() => this.#sync(), options.auditMs ?? AUDIT_MS);
    timer.unref();
    this.#closers.push(() => clearInterval(timer), unlock);
    this.#sync();
  }

  /** Links still run the program of an older set: fill the maps, then call `enforce`. */
  get staged(): boolean {
    return !this.#ready;
  }

  states(): InterfaceState[] {
    return this.#links.states();
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

  /** Stops watching, closes all descriptors, frees the pin directory. All stays pinned and attached. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const closer of this.#closers) closer();
    this.#links.close();
    this.set.close();
  }

  /** Many events come at once: one look at everything after them. */
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
      if (this.#ready && !this.#settled) this.#settle();
      if (changed) onChange(this.states());
    } catch (error) {
      logger.error({ error: messageOf(error) }, 'cannot look after the interfaces; tried again at the next audit');
    }
  }

  /** Old sets and programs go only when no link needs them. */
  #settle(): void {
    if (!this.#isSwapped()) return;
    this.set.settle();
    this.#settled = true;
  }

  #isSwapped(): boolean {
    const { id } = this.set.program.info;
    return [...this.#links.programIds()].every((running) => running === id);
  }
}
