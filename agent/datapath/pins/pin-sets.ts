// The pins of one agent on bpffs:
//
//   PIN_DIR/links/INTERFACE     one XDP link each: what keeps packets going through the program
//   PIN_DIR/vN/maps/NAME        the maps of layout N (bpf/layout.h)
//   PIN_DIR/vN/program-DIGEST   the program that uses them; DIGEST names the object file that it came from
//   PIN_DIR/held                which revision the maps hold (held-mark.ts)
//   PIN_DIR/staged-vN/...       new maps that are being filled while the links still run the program of another set
//
// A set is never changed in shape. Other sizes or another layout get a new, staged set: filled first, then the links are
// swapped to its program one by one (each in one step), then it is renamed to vN and the old sets are removed. A crash in
// between leaves either an unused staged set, which the next start removes, or one that links already use, which it adopts.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FleetblockError } from '../../../common/errors.ts';
import type { XdpLink } from '../libbpf/link.ts';
import type { LibbpfMap } from '../libbpf/map.ts';
import type { MapShape } from '../libbpf/object.ts';
import type { XdpProgram } from '../libbpf/program.ts';
import { MARK_PIN } from './held-mark.ts';
import type { OwnPin } from './own-pins.ts';
import { checkPinDirectory, listPins } from './pin-directory.ts';
import {
  openPinnedLink,
  openPinnedMap,
  openPinnedProgram,
  pin,
  removeEmptyDirectory,
  sameShape,
  unpin,
} from './pins.ts';

/** Shared by all sets: a swap of the program changes links, not their pins. */
export const linksDirectory = (pinDir: string): string => join(pinDir, 'links');

/** A set of pinned maps with its program: one directory. */
export interface PinSet {
  readonly name: string;
  readonly path: string;
  /** More than one only after a crash in the middle of a program swap. */
  readonly programs: readonly { readonly id: number; readonly digest: string }[];
}

const SET_NAME = /^(?:staged-)?v[0-9]+$/;
const PROGRAM = 'program-';

/** Directory of the set that is enforced, below the pin directory. `layout`: LAYOUT_VERSION. */
export const setName = (layout: number): string => `v${layout}`;
/** Directory of a set that is still being filled; renamed to setName() once the links run it. */
export const stagedName = (layout: number): string => `staged-v${layout}`;

/** All sets. @throws FleetblockError on anything in the pin directory that fleetblock did not make */
export function listSets(pinDir: string): PinSet[] {
  return listPins(pinDir).flatMap((name) => {
    if (name === 'links' || name === MARK_PIN) return [];
    const path = join(pinDir, name);
    if (!SET_NAME.test(name))
      throw new FleetblockError(
        'FAILED_PRECONDITION',
        `${path} is nothing that fleetblock makes: find out who made it, then remove it`,
      );
    checkPinDirectory(path);
    const programs = listPins(path)
      .filter((each) => each.startsWith(PROGRAM))
      .flatMap((each) => {
        const program = openPinnedProgram(join(path, each), each);
        program?.close();
        return program ? [{ id: program.info.id, digest: each.slice(PROGRAM.length) }] : [];
      });
    return [{ name, path, programs }];
  });
}

/**
 * Opens the set's maps that the object declares.
 * @returns the maps by name, and the shapes for which there is none or one of another size
 * @throws FleetblockError when something else is pinned under a map's name
 */
export function openSet(set: PinSet, shapes: readonly MapShape[]): { maps: Map<string, LibbpfMap>; unfit: string[] } {
  const directory = join(set.path, 'maps');
  listPins(directory);
  const maps = new Map<string, LibbpfMap>();
  const unfit: string[] = [];
  try {
    for (const shape of shapes) {
      const map = openPinnedMap(join(directory, shape.name), shape);
      if (map) maps.set(shape.name, map);
      if (!map || !sameShape(map, shape)) unfit.push(shape.name);
    }
  } catch (error) {
    for (const map of maps.values()) map.close();
    throw error;
  }
  return { maps, unfit };
}

/** Pins new maps and their program as a set. @throws KernelError */
export function createSet(path: string, maps: Iterable<LibbpfMap>, program: XdpProgram, digest: string): void {
  mkdirSync(join(path, 'maps'), { recursive: true, mode: 0o700 });
  pinMissingMaps(path, maps);
  pinProgram(path, program, digest);
}

/** Pins maps that a set does not have yet. @throws KernelError */
export function pinMissingMaps(set: string, maps: Iterable<LibbpfMap>): void {
  for (const map of maps) pin(map.fd, join(set, 'maps', map.name));
}

/** Adds a program to the set, before the links are swapped to it, so that they never run an unknown one. */
export function pinProgram(set: string, program: XdpProgram, digest: string): void {
  pin(program.fd, join(set, PROGRAM + digest));
}

/** Pins that a set consists of, with the object that each must name. */
export function setPins(set: string, maps: readonly LibbpfMap[], program: XdpProgram, digest: string): OwnPin[] {
  const pins = maps.map(({ fd, name }) => ({ path: join(set, 'maps', name), fd }));
  return [...pins, { path: join(set, PROGRAM + digest), fd: program.fd }];
}

/** The set's program of that digest, undefined when it has none. */
export function openSetProgram(set: string, digest: string): XdpProgram | undefined {
  return openPinnedProgram(join(set, PROGRAM + digest), PROGRAM + digest);
}

/** Removes all programs of the set but the one of that digest, after the links have been swapped to it. */
export function removeOtherPrograms(set: string, digest: string): void {
  for (const name of listPins(set)) if (name.startsWith(PROGRAM) && name !== PROGRAM + digest) unpin(join(set, name));
}

/** Removes a set's pins. Its maps live on while a program on a link uses them. */
export function removeSet(path: string): void {
  const maps = join(path, 'maps');
  if (existsSync(maps)) for (const name of listPins(maps)) unpin(join(maps, name));
  removeEmptyDirectory(maps);
  if (existsSync(path)) for (const name of listPins(path)) if (name !== 'maps') unpin(join(path, name));
  removeEmptyDirectory(path);
}

/** Opens all pinned links. @throws FleetblockError when a pin is something else */
export function openLinks(pinDir: string): { link: XdpLink; path: string }[] {
  const directory = linksDirectory(pinDir);
  return listPins(directory).flatMap((name) => {
    const path = join(directory, name);
    const link = openPinnedLink(path);
    return link ? [{ link, path }] : [];
  });
}
