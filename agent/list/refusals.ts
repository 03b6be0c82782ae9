// Why a revision is not taken, or a record not followed, in words that name what to do.
import { messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import type { Revision } from '../../common/revision.ts';
import { DatapathError } from '../datapath/datapath.ts';
import { type Held, Refusal } from './held.ts';

/** The maps' revision is another one than the record's. */
export interface BehindRecord {
  readonly recorded: Revision;
  readonly marked: Revision;
}

/** Empty when the record is not behind. */
export function behindText(behind: BehindRecord | undefined): string {
  if (!behind) return '';
  return `the kernel holds revision ${behind.marked}, the record on disk ${behind.recorded}: the kernel keeps its entries until the controller sends the list`;
}

/** For the log. */
export function revisionsOf(behind: BehindRecord | undefined): object {
  return behind ? { recorded: `${behind.recorded}`, kernel: `${behind.marked}` } : {};
}

/** The datapath threw `error` and holds what it held before. */
export function kernelRefusal(error: unknown, log: Logger): Refusal {
  log.error({ err: error }, 'the kernel refused a change');
  return new Refusal(error instanceof DatapathError ? error.code : 'KERNEL', messageOf(error), { cause: error });
}

/** @throws Refusal when another store's list is held, or a later revision of this one: most likely `revision` is of a restored backup */
export function checkNotOlder(held: Held, epoch: string, revision: Revision): void {
  if (held.epoch !== '' && epoch !== held.epoch)
    throw new Refusal(
      'EPOCH_MISMATCH',
      `this agent holds epoch ${held.epoch}, not ${epoch}: was a backup restored? fleetblock-agent resync on this host accepts the new list`,
    );
  if (revision < held.revision)
    throw new Refusal(
      'REVISION_REGRESSION',
      `revision ${revision} is older than ${held.revision}, which this host enforces: was an old backup restored?`,
    );
}

/** @param room entries that the maps hold beside protected addresses */
export function capacityRefusal(entries: number, room: number): Refusal {
  return new Refusal(
    'CAPACITY',
    `${entries} entries do not fit: the maps of this host hold ${room} beside its protected addresses: start its agent with a larger --capacity, or shorten the list`,
  );
}

/** @param what the digest that was computed here, and of which revision */
export function digestRefusal(what: string): Refusal {
  return new Refusal('DIGEST', `${what} differs from the controller's`);
}
