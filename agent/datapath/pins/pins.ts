// Single pins: objects of the kernel with a name on bpffs, checked for what they are before they are used.
import { readlinkSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { FleetblockError, systemCode } from '../../../common/errors.ts';
import { check, failure, kernelError } from '../libbpf/errno.ts';
import { LINK_TYPE_XDP, linkInfo, objectId, PROGRAM_TYPE_XDP } from '../libbpf/info.ts';
import { library } from '../libbpf/library.ts';
import { XdpLink } from '../libbpf/link.ts';
import { LibbpfMap } from '../libbpf/map.ts';
import type { MapShape } from '../libbpf/object.ts';
import { XdpProgram } from '../libbpf/program.ts';

type Kind = 'map' | 'program' | 'link';

/** Pins `fd` on bpffs; an existing pin is replaced in one step. @throws KernelError */
export function pin(fd: number, path: string): void {
  const result = library().objPin(fd, path);
  if (failure(result) !== 'EEXIST') {
    check(result, `cannot pin ${path}`);
    return;
  }
  const beside = `${path}-new`;
  unpin(beside);
  check(library().objPin(fd, beside), `cannot pin ${beside}`);
  renameSync(beside, path);
}

/** Whether the pin names the very object of the descriptor. False when there is none, or it names another. @throws KernelError */
export function isPinOf(path: string, fd: number): boolean {
  const pinned = library().objGet(path);
  // Whatever else is there (a directory, a pin without rights) is not the pin.
  if (pinned < 0) return false;
  try {
    return kindOf(pinned) === kindOf(fd) && objectId(pinned) === objectId(fd);
  } finally {
    library().close(pinned);
  }
}

/** Removes a pin; the object lives on while something else holds it. A missing pin is no error. */
export function unpin(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

/** Removes an empty directory; a missing or non-empty one is no error. @returns whether it is gone */
export function removeEmptyDirectory(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return true;
    if (systemCode(error) === 'ENOTEMPTY') return false;
    throw error;
  }
}

/**
 * Opens a pinned map that must be of the shape's kind, key and value; sizes and flags may differ (see `sameShape`).
 * @returns undefined when there is no such pin
 * @throws FleetblockError FAILED_PRECONDITION when something else is pinned there
 */
export function openPinnedMap(path: string, shape: MapShape): LibbpfMap | undefined {
  const fd = openPin(path, 'map');
  if (fd === undefined) return undefined;
  const map = new LibbpfMap(fd, shape.name);
  const { type, keyBytes, valueBytes } = map.info;
  if (type === shape.type && keyBytes === shape.keyBytes && valueBytes === shape.valueBytes) return map;
  map.close();
  throw planted(
    path,
    `a map of type ${type} with keys of ${keyBytes} and values of ${valueBytes} bytes, where type ${shape.type}, ${shape.keyBytes} and ${shape.valueBytes} belong`,
  );
}

/** Opens a pinned map of whatever shape; undefined when there is no such pin. @throws FleetblockError when it is no map */
export function openAnyMap(path: string): LibbpfMap | undefined {
  const fd = openPin(path, 'map');
  return fd === undefined ? undefined : new LibbpfMap(fd, path.split('/').at(-1) ?? '');
}

/** Whether the loaded program can use the map as it is. */
export function sameShape(map: LibbpfMap, shape: MapShape): boolean {
  return map.maxEntries === shape.maxEntries && map.info.flags === shape.flags;
}

/** Opens a pinned XDP program; undefined when there is no such pin. @throws FleetblockError when it is something else */
export function openPinnedProgram(path: string, name: string): XdpProgram | undefined {
  const fd = openPin(path, 'program');
  if (fd === undefined) return undefined;
  const program = new XdpProgram(fd, name);
  if (program.info.type === PROGRAM_TYPE_XDP) return program;
  program.close();
  throw planted(path, `a program of type ${program.info.type}`);
}

/** Opens a pinned XDP link; undefined when there is no such pin. @throws FleetblockError when it is something else */
export function openPinnedLink(path: string): XdpLink | undefined {
  const fd = openPin(path, 'link');
  if (fd === undefined) return undefined;
  const { type } = linkInfo(fd);
  if (type === LINK_TYPE_XDP) return new XdpLink(fd);
  library().close(fd);
  throw planted(path, `a link of type ${type}`);
}

function openPin(path: string, wanted: Kind): number | undefined {
  const fd = library().objGet(path);
  if (failure(fd) === 'ENOENT') return undefined;
  if (failure(fd) === 'EACCES' || failure(fd) === 'EPERM')
    throw new FleetblockError('PERMISSION_DENIED', `cannot open the pin ${path} (${failure(fd)}): run as root`);
  if (fd < 0) throw kernelError(fd, `cannot open the pin ${path}`);
  const kind = kindOf(fd);
  if (kind === wanted) return fd;
  library().close(fd);
  throw planted(path, `a ${kind ?? 'thing that is no BPF object'}`);
}

function kindOf(fd: number): Kind | undefined {
  // The names that the kernel gives them: bpf-map, bpf-prog, bpf_link or bpf-link.
  const name = readlinkSync(`/proc/self/fd/${fd}`).replace('anon_inode:', '');
  if (name === 'bpf-map') return 'map';
  if (name === 'bpf-prog') return 'program';
  return /^bpf[-_]link$/.test(name) ? 'link' : undefined;
}

function planted(path: string, what: string): FleetblockError {
  return new FleetblockError(
    'FAILED_PRECONDITION',
    `${path} is ${what}: not made by this fleetblock. Find out who pinned it, then remove it (rm ${path}), or run fleetblock-agent detach`,
  );
}
