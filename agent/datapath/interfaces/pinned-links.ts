// The links that this agent has on interfaces: opened from their pins, added when they are attached, removed when they end.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { attachedProgram, type XdpLink } from '../libbpf/link.ts';
import type { XdpProgram } from '../libbpf/program.ts';
import type { OwnPin } from '../pins/own-pins.ts';
import { linksDirectory, openLinks } from '../pins/pin-sets.ts';
import { pin, unpin } from '../pins/pins.ts';
import { interfaceName, pinName } from './interface-names.ts';

/** What is known of one link, which this agent has open as a file descriptor. */
export interface PinnedLink {
  readonly link: XdpLink;
  readonly path: string;
  /** The name that its interface had when it was attached or last seen. */
  name: string;
  /** Its interface's index when last seen. */
  index: number;
  /** Kernel id of the program that it ran when last seen. */
  programId: number;
  /** When it was last seen on its interface, monotonic milliseconds. */
  seenMs: number;
  /** Why it is in generic mode, when that was not asked for. */
  problem: string;
  /** Why it still runs an older program. */
  swapProblem: string;
}

/** One link per interface, each with its pin below PIN_DIR/links. */
export class PinnedLinks {
  readonly #directory: string;
  readonly #links: PinnedLink[];

  /** @throws FleetblockError when a pin is not an XDP link of this agent's */
  constructor(pinDir: string) {
    this.#directory = linksDirectory(pinDir);
    this.#links = openLinks(pinDir).map(({ link, path }) => {
      const { ifindex: index, programId } = link.info();
      const name = interfaceName(index) ?? '';
      return { link, path, name, index, programId, seenMs: performance.now(), problem: '', swapProblem: '' };
    });
  }

  /** All of them, in the order in which they were attached; a copy. */
  all(): PinnedLink[] {
    return [...this.#links];
  }

  /** Ids of the programs that the links run; a link without an interface runs none. */
  programIds(): Set<number> {
    return new Set(this.#live().map((pinned) => pinned.link.info().programId));
  }

  /** The pins of all links that are on an interface. */
  pins(): OwnPin[] {
    return this.#live().map(({ link, path }) => ({ path, fd: link.fd }));
  }

  /** The link on the interface of that index in this network namespace. */
  on(index: number): PinnedLink | undefined {
    return this.#links.find((each) => each.link.info().ifindex === index && isHere(each, index));
  }

  /** A cheap check of the links alone: whether something else changed one of them, or its interface was deleted. */
  disturbed(): boolean {
    const now = performance.now();
    let disturbed = false;
    for (const pinned of this.#links) {
      const { ifindex, programId } = pinned.link.info();
      if (ifindex !== 0 && programId === pinned.programId) pinned.seenMs = now;
      else disturbed = true;
    }
    return disturbed;
  }

  /** Pins a new link and takes it over. `problem`: why it is in generic mode. @throws KernelError; the link is then closed */
  add(link: XdpLink, program: XdpProgram, name: string, index: number, problem: string): PinnedLink {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const plain = join(this.#directory, pinName(name));
    const path = this.#links.some((each) => each.path === plain) ? `${plain}-${link.info().id}` : plain;
    try {
      pin(link.fd, path);
    } catch (error) {
      // An unpinned link would end with this process.
      link.close();
      throw error;
    }
    const { id: programId } = program.info;
    const pinned = { link, path, name, index, programId, seenMs: performance.now(), problem, swapProblem: '' };
    this.#links.push(pinned);
    return pinned;
  }

  /** Unpins and closes a link, which then ends unless something else has it open. */
  remove(pinned: PinnedLink): void {
    unpin(pinned.path);
    pinned.link.close();
    this.#links.splice(this.#links.indexOf(pinned), 1);
  }

  /** Closes the descriptors; the links stay pinned and attached. */
  close(): void {
    for (const pinned of this.#links) pinned.link.close();
    this.#links.length = 0;
  }

  #live(): PinnedLink[] {
    return this.#links.filter((pinned) => pinned.link.info().ifindex !== 0);
  }
}

/** Whether the device of that index in this namespace is really the link's: it may have moved to another one. */
export function isHere(pinned: PinnedLink, index: number): boolean {
  try {
    return attachedProgram(index).programId === pinned.link.info().programId;
  } catch {
    return false;
  }
}
