// The pins that one agent has made or adopted, checked regularly: enforcement outlives the agent through them. A pin that is gone, or
// that names something else, is restored from the descriptor that the agent holds.
import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf, systemCode } from '../../../common/errors.ts';
import type { Logger } from '../../../common/logger.ts';
import type { Lapse } from '../datapath.ts';
import { lockPinDirectory, preparePinDirectory } from './pin-directory.ts';
import { isPinOf, pin } from './pins.ts';

/** A path in bpffs and the descriptor that it must name. The descriptor is the holder's to close. */
export interface OwnPin {
  readonly path: string;
  readonly fd: number;
}

/** What to watch, and what to call when a pin had to be restored. */
export interface OwnPinsOptions {
  readonly pinDir: string;
  readonly logger: Logger;
  /** Read again at every look. */
  readonly pins: () => readonly OwnPin[];
  readonly onLapse: (lapse: Lapse) => void;
}

/** Holds the lock of the pin directory from its construction until `close`. */
export class OwnPins {
  readonly #options: OwnPinsOptions;
  #unlock: () => void;
  #inode: number;
  #wholeMs = performance.now();
  #problem = '';

  /** Makes the pin directory, or checks it, and locks it. @throws FleetblockError as preparePinDirectory and lockPinDirectory */
  constructor(options: OwnPinsOptions) {
    this.#options = options;
    preparePinDirectory(options.pinDir, options.logger);
    this.#unlock = lockPinDirectory(options.pinDir);
    this.#inode = statSync(options.pinDir).ino;
  }

  /** One sentence; empty when all is pinned. */
  get problem(): string {
    return this.#problem;
  }

  /** Restores what is missing. Never throws. @returns whether `problem` changed */
  look(): boolean {
    const before = this.#problem;
    const { pinDir, logger, onLapse } = this.#options;
    const started = performance.now();
    try {
      const missing = this.#options.pins().filter((each) => !isPinOf(each.path, each.fd));
      if (missing.length > 0 || this.#isAnother()) {
        this.#restore(missing);
        const text = `${missing.length === 1 ? '1 pin was' : `${missing.length} pins were`} removed from ${pinDir} by another program, and restored: the agent's end meanwhile would have ended enforcement`;
        logger.warn(
          { pinDir, pins: missing.map(({ path }) => path) },
          'pins were removed by another program, and restored',
        );
        onLapse({ kind: 'repaired', text, atMostMs: performance.now() - this.#wholeMs });
      }
      this.#problem = '';
      this.#wholeMs = started;
    } catch (error) {
      this.#problem = `pins are missing from ${pinDir} and cannot be restored (${messageOf(error)}): enforcement would end with this agent`;
      if (this.#problem !== before)
        logger.error({ pinDir, error: messageOf(error) }, 'pins are missing and cannot be restored');
    }
    return this.#problem !== before;
  }

  /** Unlocks the pin directory; everything stays pinned. Idempotent. */
  close(): void {
    this.#unlock();
  }

  #restore(missing: readonly OwnPin[]): void {
    const { pinDir, logger } = this.#options;
    preparePinDirectory(pinDir, logger);
    if (this.#isAnother()) {
      // The lock is on the directory that was there before: another agent could have this one.
      const unlock = lockPinDirectory(pinDir);
      this.#unlock();
      this.#unlock = unlock;
      this.#inode = statSync(pinDir).ino;
    }
    for (const { path, fd } of missing) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      pin(fd, path);
    }
  }

  #isAnother(): boolean {
    try {
      return lstatSync(this.#options.pinDir).ino !== this.#inode;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return true;
      throw error;
    }
  }
}
