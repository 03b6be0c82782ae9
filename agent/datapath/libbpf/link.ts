// An XDP link: one program on one interface, kept by a file descriptor and, once pinned, by bpffs.
import { KernelError } from '../kernel-map.ts';
import { check, failure } from './errno.ts';
import { type LinkInfo, linkInfo, programInfo } from './info.ts';
import { library } from './library.ts';
import { takeMessages } from './messages.ts';
import type { XdpProgram } from './program.ts';

/** How packets reach the program: in the driver, or (generic) in the stack on a socket buffer. */
export type AttachMode = 'native' | 'generic';

// linux/bpf.h BPF_XDP; linux/if_link.h XDP_FLAGS_*, XDP_ATTACHED_*.
const ATTACH_TYPE_XDP = 37;
const XDP_FLAGS: Readonly<Record<AttachMode, number>> = { generic: 1 << 1, native: 1 << 2 };
const XDP_FLAGS_UPDATE_IF_NOEXIST = 1 << 0;
const ATTACHED_MODES: readonly string[] = ['none', 'native', 'generic', 'offloaded', 'several'];
const LINK_OPTIONS_BYTES = 64;
const QUERY_BYTES = 32;

/** Created on an interface or opened from a pin; either way `close` leaves a pinned link attached. */
export class XdpLink {
  #fd: number;

  /** Owns the file descriptor: `close()` it. A link that is not pinned detaches when its last descriptor closes. */
  constructor(fd: number) {
    this.#fd = fd;
  }

  /**
   * Attaches a program to an interface of this network namespace.
   * @throws KernelError EBUSY or EEXIST: another program is there. EOPNOTSUPP, EINVAL, ERANGE...: the driver refuses.
   */
  static create(program: XdpProgram, ifindex: number, mode: AttachMode): XdpLink {
    const options = Buffer.alloc(LINK_OPTIONS_BYTES);
    options.writeUInt32LE(LINK_OPTIONS_BYTES, 0);
    options.writeUInt32LE(XDP_FLAGS[mode], 8);
    const fd = library().linkCreate(program.fd, ifindex, ATTACH_TYPE_XDP, options);
    return new XdpLink(check(fd, `cannot attach to interface ${ifindex} in ${mode} mode`));
  }

  /** @throws KernelError EBADF after close() */
  get fd(): number {
    if (this.#fd < 0) throw new KernelError('EBADF', 'the link is closed');
    return this.#fd;
  }

  /** @throws KernelError */
  info(): LinkInfo {
    return linkInfo(this.fd);
  }

  /** Swaps the program in one step: each packet meets the old or the new one. @throws KernelError ENOLINK: the interface is gone */
  update(program: XdpProgram): void {
    check(library().linkUpdate(this.fd, program.fd, null), 'cannot swap the program');
  }

  /** Takes the program off the interface, even if others hold the link. @throws KernelError */
  detach(): void {
    const result = library().linkDetach(this.fd);
    // The interface is gone already.
    if (failure(result) !== 'ENOLINK') check(result, 'cannot detach');
  }

  /** Idempotent. */
  close(): void {
    if (this.#fd >= 0) library().close(this.#fd);
    this.#fd = -1;
  }
}

/** The hook's present program, this agent's or another's. */
export interface AttachedProgram {
  /** 0: no program. */
  readonly programId: number;
  /** `none`, `native`, `generic`, `offloaded`, `several`. */
  readonly mode: string;
}

/** What is on the XDP hook of an interface of this network namespace, no matter who attached it. @throws KernelError */
export function attachedProgram(ifindex: number): AttachedProgram {
  const query = Buffer.alloc(QUERY_BYTES);
  query.writeUInt32LE(QUERY_BYTES, 0);
  check(library().xdpQuery(ifindex, 0, query), `cannot ask interface ${ifindex} for its XDP program`);
  const mode = query.readUInt8(24);
  // With programs in several modes, the native one.
  const ids = [8, 12, 20].map((offset) => query.readUInt32LE(offset));
  return { programId: ids.find((id) => id !== 0) ?? 0, mode: ATTACHED_MODES[mode] ?? String(mode) };
}

/**
 * The driver's own words for why it refuses a program: links do not carry them, so the same is tried over netlink, which
 * does. To be called after `create` failed; empty when the driver says nothing.
 */
export function refusalText(program: XdpProgram, ifindex: number, mode: AttachMode): string {
  const flags = XDP_FLAGS[mode] | XDP_FLAGS_UPDATE_IF_NOEXIST;
  takeMessages();
  const result = library().xdpAttach(ifindex, program.fd, flags, null);
  // Not refused this time: then take it off again, the caller decides about attaching.
  if (result === 0) library().xdpDetach(ifindex, flags, null);
  const said = takeMessages().map((line) => /Kernel error message: (.*)/.exec(line)?.[1]);
  return said.find((line) => line !== undefined) ?? '';
}

/** Name of a loaded program; undefined when it is gone, or when this process may not look (it takes CAP_SYS_ADMIN). */
export function programName(id: number): string | undefined {
  const fd = library().programFdById(id);
  if (fd < 0) return undefined;
  try {
    return programInfo(fd).name;
  } finally {
    library().close(fd);
  }
}
