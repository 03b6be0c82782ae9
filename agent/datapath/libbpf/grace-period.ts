// Waiting until no program on any CPU can still see memory that has been taken out of use.
import { FleetblockError } from '../../../common/errors.ts';
import { check, kernelError } from './errno.ts';
import { library, offLoop } from './library.ts';
import { createOptions, MAP_TYPE } from './map.ts';

/**
 * The kernel's own way for user space: a write to a map of maps returns only when all programs that ran at that time
 * have ended (since Linux 4.18, kept for this use). membarrier(MEMBARRIER_CMD_GLOBAL) would do on most machines, but it is
 * refused with nohz_full and waits for nothing on a single processor.
 */
export class GracePeriod {
  #inner: number;
  #outer: number;
  /** Resolves, never rejects, with the wait that runs or ran last. */
  #last: Promise<void> = Promise.resolve();
  /** The wait that has not started yet. */
  #queued: Promise<void> | undefined;

  /** @throws KernelError */
  constructor() {
    const lib = library();
    this.#inner = check(lib.mapCreate(MAP_TYPE.ARRAY, 'fleetblock_gp', 4, 4, 1, null), 'cannot make a map');
    const options = createOptions({ innerMapFd: this.#inner });
    this.#outer = lib.mapCreate(MAP_TYPE.ARRAY_OF_MAPS, 'fleetblock_gps', 4, 4, 1, options);
    if (this.#outer >= 0) return;
    lib.close(this.#inner);
    throw kernelError(this.#outer, 'cannot make a map of maps');
  }

  /**
   * Resolves when every program run that had begun before the call has ended: what was unlinked before may then be reused.
   * Waits in a worker thread, tens of microseconds to some 10 ms. Calls during a wait share the one that follows.
   * @throws KernelError
   */
  wait(): Promise<void> {
    this.#queued ??= this.#last.then(() => {
      this.#queued = undefined;
      return this.#once();
    });
    const queued = this.#queued;
    this.#last = queued.catch(() => undefined);
    return queued;
  }

  close(): void {
    for (const fd of [this.#outer, this.#inner]) if (fd >= 0) library().close(fd);
    this.#outer = -1;
    this.#inner = -1;
  }

  async #once(): Promise<void> {
    if (this.#outer < 0) throw new FleetblockError('FAILED_PRECONDITION', 'the grace period map is closed');
    const value = Buffer.alloc(4);
    value.writeInt32LE(this.#inner);
    const result = await offLoop(library().mapUpdate, this.#outer, Buffer.alloc(4), value, 0);
    check(result, 'cannot wait for running programs');
  }
}
