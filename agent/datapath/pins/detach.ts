// `fleetblock-agent detach`: the only thing that ends enforcement.
import { basename, join } from 'node:path';
import { FleetblockError } from '../../../common/errors.ts';
import { interfaceName, pinName } from '../interfaces/interface-names.ts';
import { attachedProgram, type XdpLink } from '../libbpf/link.ts';
import { checkPlatform } from '../platform.ts';
import { MARK_PIN } from './held-mark.ts';
import { findPinDirectory, listPins, lockPinDirectory } from './pin-directory.ts';
import { linksDirectory, listSets, openLinks, removeSet } from './pin-sets.ts';
import { removeEmptyDirectory, unpin } from './pins.ts';

/**
 * Takes the program off every interface and removes maps, pins and the pin directory. It is no error when nothing is pinned.
 * @returns the interfaces that it was taken off, by their present names
 * @throws FleetblockError when an agent is running on the pin directory, or something in it is not fleetblock's
 */
export function detachXdp(pinDir: string): string[] {
  return locked(pinDir, (links) => {
    // Check everything before undoing anything.
    const sets = listSets(pinDir);
    const freed = links.flatMap(({ link, path }) => {
      const { ifindex } = link.info();
      const name = presentName(link) ?? `interface ${ifindex} of another network namespace`;
      takeOff(link, path);
      return ifindex === 0 ? [] : [name];
    });
    removeEmptyDirectory(linksDirectory(pinDir));
    for (const set of sets) removeSet(set.path);
    unpin(join(pinDir, MARK_PIN));
    if (!removeEmptyDirectory(pinDir)) throw leftovers(pinDir);
    return freed;
  });
}

/**
 * Takes the program off these interfaces only: maps and other links stay as they are.
 * @returns the interfaces that it is still on
 * @throws FleetblockError as detachXdp; NOT_FOUND when it is not on one of them, and it is then taken off none
 */
export function detachInterfaces(pinDir: string, names: readonly string[]): string[] {
  return locked(pinDir, (links) => {
    const attached = links.map(({ link, path }) => {
      const pinned = basename(path);
      const present = presentName(link);
      return {
        link,
        path,
        shown: present ?? pinned,
        is: (name: string) => name === present || pinName(name) === pinned,
      };
    });
    const missing = names.filter((name) => !attached.some(({ is }) => is(name)));
    if (missing.length > 0) {
      const shown = attached.map((each) => each.shown).join(', ');
      throw new FleetblockError(
        'NOT_FOUND',
        `not attached to ${missing.join(', ')}: ${shown === '' ? 'nothing is attached' : `what is attached to: ${shown}`}`,
      );
    }
    const [goes, stays] = [true, false].map((wanted) => attached.filter(({ is }) => names.some(is) === wanted));
    for (const { link, path } of goes ?? []) takeOff(link, path);
    return (stays ?? []).map(({ shown }) => shown);
  });
}

/** Name of the link's interface now, in this network namespace; undefined when it is gone or in another one. */
function presentName(link: XdpLink): string | undefined {
  const { ifindex, programId } = link.info();
  const name = interfaceName(ifindex);
  return name !== undefined && attachedProgram(ifindex).programId === programId ? name : undefined;
}

/** Runs with the pin directory locked and all its links open; with none when there is no such directory. */
function locked<T>(pinDir: string, work: (links: ReturnType<typeof openLinks>) => T): T {
  checkPlatform();
  if (!findPinDirectory(pinDir)) return work([]);
  const unlock = lockPinDirectory(pinDir);
  try {
    const links = openLinks(pinDir);
    try {
      return work(links);
    } finally {
      for (const { link } of links) link.close();
    }
  } finally {
    unlock();
  }
}

function takeOff(link: XdpLink, path: string): void {
  link.detach();
  unpin(path);
}

function leftovers(pinDir: string): FleetblockError {
  const names = listPins(pinDir).map((name) => join(pinDir, name));
  return new FleetblockError(
    'FAILED_PRECONDITION',
    `nothing is enforced any more, but ${names.join(', ')} could not be removed: check it, then rm -r ${pinDir}`,
  );
}
