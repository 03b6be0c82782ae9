// A slot to wait for, until there is no use in it.
import { FleetblockError } from '../../common/errors.ts';
import type { Slots } from '../fleet/hub/slots.ts';

/** @returns what releases it. @throws FleetblockError ABORTED: the signal came first */
export function freeSlot(slots: Slots, signal: AbortSignal): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const aborted = () => {
      leave();
      reject(new FleetblockError('ABORTED', 'the look was broken off'));
    };
    const leave = slots.acquire((release) => {
      signal.removeEventListener('abort', aborted);
      resolve(release);
    });
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted);
  });
}
