// What is pinned, for `status` and `doctor` without a running agent. Read-only, takes no lock.
import { join } from 'node:path';
import type { DatapathCounters, InterfaceState } from '../datapath.ts';
import { LAYOUT_VERSION } from '../decision/layout.ts';
import { interfaceName } from '../interfaces/interface-names.ts';
import { attachedProgram } from '../libbpf/link.ts';
import type { LibbpfMap } from '../libbpf/map.ts';
import { BpfObject } from '../libbpf/object.ts';
import { checkPlatform, packagedObject } from '../platform.ts';
import { Accounts } from '../tables/accounts.ts';
import { findPinDirectory, listPins } from './pin-directory.ts';
import { listSets, openLinks, type PinSet, setName } from './pin-sets.ts';
import { openAnyMap, openPinnedMap } from './pins.ts';

/** What runs in the kernel without an agent: the pins keep it there. */
export interface PinnedState {
  /** Interfaces with a link, by their present names. */
  readonly interfaces: InterfaceState[];
  /** Kernel ids of the programs that the links run. */
  readonly programIds: ReadonlySet<number>;
  /** Undefined when the maps are of another version's layout. */
  readonly counters: DatapathCounters | undefined;
  /** Kernel memory that the pinned maps take. */
  readonly memoryBytes: number;
}

/**
 * @returns undefined when nothing is pinned
 * @throws FleetblockError PERMISSION_DENIED without the rights, FAILED_PRECONDITION when something pinned is not fleetblock's
 */
export function inspectPins(pinDir: string): PinnedState | undefined {
  checkPlatform();
  if (!findPinDirectory(pinDir)) return undefined;
  const programIds = new Set<number>();
  const interfaces = openLinks(pinDir).map(({ link, path }): InterfaceState => {
    try {
      const { ifindex, programId } = link.info();
      if (ifindex !== 0) programIds.add(programId);
      return linkState(ifindex, programId, path);
    } finally {
      link.close();
    }
  });
  const sets = listSets(pinDir);
  const inUse = sets.find((set) => set.programs.some(({ id }) => programIds.has(id))) ?? sets[0];
  return {
    interfaces,
    programIds,
    counters: inUse?.name === setName(LAYOUT_VERSION) ? readCounters(inUse) : undefined,
    memoryBytes: sets.reduce((bytes, set) => bytes + setMemory(set), 0),
  };
}

function linkState(index: number, programId: number, path: string): InterfaceState {
  const name = interfaceName(index);
  const pinned = path.split('/').at(-1) ?? '';
  if (index === 0) return { name: pinned, index, mode: 'none', problem: 'the interface is gone' };
  if (name === undefined || attachedProgram(index).programId !== programId)
    return { name: pinned, index: 0, mode: 'none', problem: 'the interface is in another network namespace' };
  const { mode } = attachedProgram(index);
  return { name, index, mode: mode === 'native' || mode === 'generic' ? mode : 'none', problem: '' };
}

function readCounters(set: PinSet): DatapathCounters {
  const opened: LibbpfMap[] = [];
  const shapes = BpfObject.shapes(packagedObject());
  const open = (name: string): LibbpfMap => {
    const shape = shapes.find((each) => each.name === name);
    const map = shape && openPinnedMap(join(set.path, 'maps', name), shape);
    if (!map) throw new Error(`no map ${name} is pinned in ${set.path}`);
    opened.push(map);
    return map;
  };
  try {
    return new Accounts(open).counters();
  } finally {
    for (const map of opened) map.close();
  }
}

function setMemory(set: PinSet): number {
  const directory = join(set.path, 'maps');
  return listPins(directory).reduce((bytes, name) => {
    const map = openAnyMap(join(directory, name));
    const taken = map?.memoryBytes() ?? 0;
    map?.close();
    return bytes + taken;
  }, 0);
}

/** Kernel ids of the programs on fleetblock's links; empty when they cannot be read or nothing is pinned. */
export function pinnedPrograms(pinDir: string): ReadonlySet<number> {
  try {
    return inspectPins(pinDir)?.programIds ?? new Set();
  } catch {
    return new Set();
  }
}
