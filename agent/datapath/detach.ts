// `fleetblock-agent detach`: the only thing that ends enforcement.
import { join } from 'node:path';
import { FleetblockError } from '../../common/errors.ts';
import { MARK_PIN } from './held-mark.ts';
import { openLinks } from './interface-links.ts';
import { interfaceName } from './interface-names.ts';
import { findPinDirectory, listPins, lockPinDirectory } from './pin-directory.ts';
import { linksDirectory, listSets, removeSet } from './pin-sets.ts';
import { removeEmptyDirectory, unpin } from './pins.ts';
import { checkPlatform } from './platform.ts';

/**
 * Takes the program off every interface and removes maps, pins and the pin directory. Nothing pinned is no error.
 * @returns the interfaces that it was taken off, by their present names
 * @throws FleetblockError when an agent is running on the pin directory, or something in it is not fleetblock's
 */
export function detachXdp(pinDir: string): string[] {
  checkPlatform();
  if (!findPinDirectory(pinDir)) return [];
  const unlock = lockPinDirectory(pinDir);
  try {
    // Everything is looked at before anything is undone.
    const sets = listSets(pinDir);
    const links = openLinks(pinDir);
    const freed = links.flatMap(({ link, path }) => {
      const index = link.info().ifindex;
      link.detach();
      unpin(path);
      link.close();
      return index === 0 ? [] : [interfaceName(index) ?? `interface ${index} of another network namespace`];
    });
    removeEmptyDirectory(linksDirectory(pinDir));
    for (const set of sets) removeSet(set.path);
    unpin(join(pinDir, MARK_PIN));
    if (!removeEmptyDirectory(pinDir)) throw leftovers(pinDir);
    return freed;
  } finally {
    unlock();
  }
}

function leftovers(pinDir: string): FleetblockError {
  const names = listPins(pinDir).map((name) => join(pinDir, name));
  return new FleetblockError(
    'FAILED_PRECONDITION',
    `nothing is enforced any more, but ${names.join(', ')} could not be removed: look at it, then rm -r ${pinDir}`,
  );
}
