// The links between interfaces and the program: adopted when they are pinned, made when they are missing, swapped to the
// current program, and remade when an interface comes back. `sync` may be called at any time and only does what is needed.
import { messageOf } from '../../../common/errors.ts';
import type { Logger } from '../../../common/logger.ts';
import type { InterfaceState, Lapse, XdpModeRequest } from '../datapath.ts';
import { KernelError } from '../kernel-map.ts';
import { type AttachMode, attachedProgram, refusalText, XdpLink } from '../libbpf/link.ts';
import type { XdpProgram } from '../libbpf/program.ts';
import type { OwnPin } from '../pins/own-pins.ts';
import { GENERIC_PROBLEM, modeOf, occupiedBy, refusedMode } from './hook.ts';
import { interfaceIndex, interfaceName } from './interface-names.ts';
import { linkTypeProblem } from './link-type.ts';
import { isHere, type PinnedLink, PinnedLinks } from './pinned-links.ts';

const MOVED = 'moved to another network namespace, where packets are still dropped';

/** Errors that say that another program is on the hook: never evicted, in no mode. */
const OCCUPIED: ReadonlySet<string> = new Set(['EBUSY', 'EEXIST']);
/** The interface went away meanwhile; not a refusal. */
const VANISHED: ReadonlySet<string> = new Set(['ENODEV', 'ENOLINK']);

/** `mode` holds for all interfaces: `auto` tries native first, interface by interface. */
export interface InterfaceLinksOptions {
  readonly pinDir: string;
  /** Asked at every sync. */
  readonly names: () => readonly string[];
  readonly mode: XdpModeRequest;
  readonly logger: Logger;
  /** Called with links that another program changed, once they are restored. */
  readonly onLapse: (lapse: Lapse) => void;
}

/** Decides by itself what an interface needs: nothing, a swap, a new link or a report of why it cannot be attached. */
export class InterfaceLinks {
  readonly #wanted: () => readonly string[];
  #names: readonly string[] = [];
  readonly #mode: XdpModeRequest;
  readonly #logger: Logger;
  readonly #onLapse: (lapse: Lapse) => void;
  readonly #links: PinnedLinks;
  /** Interfaces that something else took the link off, and since when nothing is dropped there at most. */
  readonly #detached = new Map<string, number>();
  /** What this sync attached in generic mode. */
  readonly #generic = new Set<PinnedLink>();
  /** What the kernel refuses because a device above it (a bridge, a VLAN) has a program. */
  readonly #below = new Set<string>();
  #states: InterfaceState[] = [];

  /** @throws FleetblockError when a pin is not an XDP link of this agent's */
  constructor(options: InterfaceLinksOptions) {
    this.#wanted = options.names;
    this.#mode = options.mode;
    this.#logger = options.logger;
    this.#onLapse = options.onLapse;
    this.#links = new PinnedLinks(options.pinDir);
  }

  /** Ids of the programs that the links run; a link without an interface runs none. */
  programIds(): Set<number> {
    return this.#links.programIds();
  }

  /** Names that interest the watcher: the wanted interfaces and those that links are on. */
  concerns(name: string, index: number): boolean {
    return (
      this.#names.includes(name) || this.#links.all().some((pinned) => pinned.name === name || pinned.index === index)
    );
  }

  /** What interfaces() shows: the wanted ones in order, then those that are still attached although no longer wanted. */
  states(): InterfaceState[] {
    return this.#states;
  }

  /**
   * Checks all links and wanted interfaces and repairs what is wrong; `program` undefined: touches nothing.
   * What cannot be done is in states(), not thrown.
   * @returns whether states() changed
   */
  sync(program: XdpProgram | undefined): boolean {
    const before = JSON.stringify(this.#states);
    this.#names = [...new Set(this.#wanted())];
    this.#dropDead();
    if (program) for (const pinned of this.#links.all()) this.#swap(pinned, program);
    this.#generic.clear();
    let names = this.#names;
    let states = this.#syncAll(names, program);
    // A device must have its program before those above it, and only the kernel knows for sure which is above which: what it refuses goes
    // first, and what was attached just now is taken off for it. Not what is native: a bond then runs its program on its members.
    for (const _ of this.#names) {
      if (this.#below.size === 0 || this.#generic.size === 0) break;
      names = [...this.#below, ...names.filter((name) => !this.#below.has(name))];
      for (const pinned of this.#generic) this.#takeOff(pinned);
      states = this.#syncAll(names, program);
    }
    this.#states = states;
    return JSON.stringify(states) !== before;
  }

  /** In the order of `names`; the states are in the order in which the interfaces were named. */
  #syncAll(names: readonly string[], program: XdpProgram | undefined): InterfaceState[] {
    this.#below.clear();
    const used = new Set<PinnedLink>();
    const states = new Map(names.map((name) => [name, this.#syncOne(name, program, used)]));
    return [
      ...this.#names.flatMap((name) => states.get(name) ?? []),
      ...this.#links.all().flatMap((pinned) => (used.has(pinned) ? [] : this.#extraState(pinned))),
    ];
  }

  /** A cheap check of the links alone: whether something else changed one of them, or its interface was deleted. */
  disturbed(): boolean {
    return this.#links.disturbed();
  }

  pins(): OwnPin[] {
    return this.#links.pins();
  }

  /** Closes the descriptors; the links stay pinned and attached. */
  close(): void {
    this.#links.close();
  }

  /** A link that was detached, or whose interface was deleted, never comes back to life. */
  #dropDead(): void {
    for (const pinned of this.#links.all().filter((each) => each.link.info().ifindex === 0)) {
      const detached = interfaceName(pinned.index) !== undefined;
      if (detached) this.#detached.set(pinned.name, this.#detached.get(pinned.name) ?? pinned.seenMs);
      this.#logger.warn({ interface: pinned.name }, detached ? 'detached by another program' : 'interface is gone');
      this.#letGo(pinned);
    }
  }

  #swap(pinned: PinnedLink, program: XdpProgram): void {
    pinned.swapProblem = '';
    const { id } = program.info;
    const foreign = pinned.programId === id;
    try {
      if (pinned.link.info().programId !== id) pinned.link.update(program);
      else if (foreign) return;
      pinned.programId = id;
      if (foreign) this.#unprotected(pinned.name, pinned.seenMs, 'the program was swapped for another, and put back');
      this.#logger.info({ interface: pinned.name, program: program.info.id }, 'swapped the program');
    } catch (error) {
      if (error instanceof KernelError && VANISHED.has(error.code)) return;
      pinned.swapProblem = `the program could not be swapped, an older one is still dropping: ${messageOf(error)}`;
      this.#logger.error({ interface: pinned.name, error: messageOf(error) }, 'cannot swap the program');
    }
  }

  /** One interface's trouble, such as vanishing meanwhile, is not the others'. */
  #syncOne(name: string, program: XdpProgram | undefined, used: Set<PinnedLink>): InterfaceState {
    try {
      return this.#syncWanted(name, program, used);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#logger.warn({ interface: name, error: error.message }, 'cannot check the interface');
      return {
        name,
        index: interfaceIndex(name),
        mode: 'none',
        problem: `${error.message}: tried again at the next audit`,
      };
    }
  }

  #syncWanted(name: string, program: XdpProgram | undefined, used: Set<PinnedLink>): InterfaceState {
    const index = interfaceIndex(name);
    if (index === 0) return this.#missing(name, used);
    const unreadable = linkTypeProblem(name);
    const pinned = this.#links.on(index);
    if (pinned && program && this.#mustChangeMode(index)) return this.#changeMode(pinned, name, index, program, used);
    if (pinned) {
      used.add(pinned);
      pinned.name = name;
      // Attached before it became so, or by an agent that did not know: left as it is, and never counted as enforcing.
      if (unreadable !== '') return { name, index, mode: 'none', problem: `nothing is dropped: ${unreadable}` };
      return this.#attachedState(pinned, name, index);
    }
    if (unreadable !== '')
      return {
        name,
        index,
        mode: 'none',
        problem: `not attached: ${unreadable}; fleetblock-agent doctor says what to do`,
      };
    if (!program) return { name, index, mode: 'none', problem: 'not attached yet' };
    return this.#attach(name, index, program, used);
  }

  #missing(name: string, used: Set<PinnedLink>): InterfaceState {
    // Renamed: the link stays with the device, whatever it is called.
    const pinned = this.#links.all().find((each) => each.name === name);
    const index = pinned?.link.info().ifindex ?? 0;
    const renamed = interfaceName(index);
    if (pinned && index !== 0) used.add(pinned);
    if (pinned && renamed !== undefined && renamed !== name && isHere(pinned, index)) {
      const state = this.#attachedState(pinned, name, index);
      return {
        ...state,
        problem: `was renamed to ${renamed}, where packets are still dropped; use --interface ${renamed}`,
      };
    }
    const where =
      pinned && index !== 0 ? `there is no interface ${name} here: it ${MOVED}` : `there is no interface ${name}`;
    return { name, index: 0, mode: 'none', problem: `${where}: it is attached when it appears` };
  }

  #attachedState(pinned: PinnedLink, name: string, index: number): InterfaceState {
    const mode = modeOf(index);
    const problem =
      pinned.swapProblem || pinned.problem || (mode === 'generic' && this.#mode === 'auto' ? GENERIC_PROBLEM : '');
    return { name, index, mode, problem };
  }

  #extraState(pinned: PinnedLink): InterfaceState[] {
    const { ifindex } = pinned.link.info();
    const name = interfaceName(ifindex);
    if (name === undefined || !isHere(pinned, ifindex)) {
      return [{ name: pinned.name || `interface ${ifindex}`, index: 0, mode: 'none', problem: MOVED }];
    }
    const problem =
      'not among the configured interfaces, but still attached: only fleetblock-agent detach takes it off';
    return [{ name, index: ifindex, mode: modeOf(ifindex), problem }];
  }

  #mustChangeMode(index: number): boolean {
    return this.#mode !== 'auto' && modeOf(index) !== this.#mode;
  }

  /** The kernel has no step from one mode to the other: off and on again, and back on if the new mode is refused. */
  #changeMode(
    pinned: PinnedLink,
    name: string,
    index: number,
    program: XdpProgram,
    used: Set<PinnedLink>,
  ): InterfaceState {
    const before: AttachMode = modeOf(index) === 'native' ? 'native' : 'generic';
    const wanted: AttachMode = before === 'native' ? 'generic' : 'native';
    this.#takeOff(pinned);
    const changed = this.#attach(name, index, program, used);
    if (changed.mode !== 'none') return changed;
    this.#logger.warn({ interface: name, mode: wanted, problem: changed.problem }, 'mode refused, going back');
    return { ...this.#attach(name, index, program, used, [before]), problem: changed.problem };
  }

  #takeOff(pinned: PinnedLink): void {
    pinned.link.detach();
    this.#letGo(pinned);
  }

  #letGo(pinned: PinnedLink): void {
    this.#links.remove(pinned);
    this.#generic.delete(pinned);
  }

  #attach(
    name: string,
    index: number,
    program: XdpProgram,
    used: Set<PinnedLink>,
    modes: readonly AttachMode[] = this.#mode === 'auto' ? ['native', 'generic'] : [this.#mode],
  ): InterfaceState {
    let refusal = '';
    for (const mode of modes) {
      try {
        const link = XdpLink.create(program, index, mode);
        const pinned = this.#links.add(link, program, name, index, mode === 'generic' ? refusal : '');
        used.add(pinned);
        if (mode === 'generic') this.#generic.add(pinned);
        const since = this.#detached.get(name);
        this.#detached.delete(name);
        if (since !== undefined)
          this.#unprotected(name, since, 'the program was detached by another program, and attached again');
        this.#logger.info({ interface: name, index, mode, problem: pinned.problem || undefined }, 'attached');
        return { name, index, mode, problem: pinned.problem };
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        if (OCCUPIED.has(error.code) && attachedProgram(index).programId === 0) this.#below.add(name);
        if (OCCUPIED.has(error.code))
          return { name, index, mode: 'none', problem: occupiedBy(program, name, index, mode) };
        if (VANISHED.has(error.code)) return this.#missing(name, used);
        refusal = this.#refusal(program, name, index, mode, error);
      }
    }
    return { name, index, mode: 'none', problem: refusal };
  }

  #unprotected(name: string, sinceMs: number, what: string): void {
    const atMostMs = performance.now() - sinceMs;
    this.#logger.warn({ interface: name, atMostMs: Math.ceil(atMostMs) }, what);
    this.#onLapse({ kind: 'unprotected', text: `${name}: ${what}`, atMostMs });
  }

  #refusal(program: XdpProgram, name: string, index: number, mode: AttachMode, error: KernelError): string {
    const said = refusalText(program, index, mode) || error.code;
    this.#logger.warn({ interface: name, mode, reason: said }, 'the driver refuses the program');
    return refusedMode(this.#mode, mode, said);
  }
}
