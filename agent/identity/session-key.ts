// The key of this host's last session, kept where a copy of the state directory would take it along: the controller then sees the same
// key twice, or an old one, and knows that there are two. It is on the disk before the controller learns of it.
import { open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FleetblockError, messageOf, systemCode } from '../../common/errors.ts';
import { syncDirectory } from '../../common/files.ts';
import type { Logger } from '../../common/logger.ts';

/** Stored on disk by SessionKeyFile, or not at all (noSessionKeys). */
export interface SessionKeys {
  /**
   * Of the last session; empty when none was ever kept. Waits for one that is being kept.
   * @throws FleetblockError FAILED_PRECONDITION: there is one and it cannot be read. Without it this host would be taken for its copy.
   */
  shown(): Promise<Uint8Array>;
  /** @returns true once it is stored durably */
  keep(key: Uint8Array): Promise<boolean>;
}

/** For agents that keep nothing, and tell the controller of no key: it would take their next start for a copy's. */
export const noSessionKeys: SessionKeys = {
  shown: async () => new Uint8Array(0),
  keep: async () => false,
};

/** `session.key` in the state directory, mode 0600, replaced by rename. A failed write is logged and costs only copy detection. */
export class SessionKeyFile implements SessionKeys {
  readonly #path: string;
  readonly #log: Logger;
  #keeping: Promise<unknown> = Promise.resolve();
  /** What this process has kept: the file may be removed. */
  #kept = new Uint8Array(0);

  constructor(stateDir: string, log: Logger) {
    this.#path = join(stateDir, 'session.key');
    this.#log = log;
  }

  async shown(): Promise<Uint8Array> {
    await this.#keeping;
    try {
      return await readFile(this.#path);
    } catch (error) {
      if (this.#kept.length > 0 || systemCode(error) === 'ENOENT') return this.#kept;
      throw new FleetblockError(
        'FAILED_PRECONDITION',
        `the key of the last session cannot be read: ${messageOf(error)}: mend ${this.#path}`,
        { cause: error },
      );
    }
  }

  keep(key: Uint8Array): Promise<boolean> {
    const kept = this.#keeping.then(() => this.#write(key));
    this.#keeping = kept;
    return kept;
  }

  async #write(key: Uint8Array): Promise<boolean> {
    try {
      const beside = `${this.#path}.new`;
      {
        await using file = await open(beside, 'w', 0o600);
        await file.writeFile(key);
        await file.sync();
      }
      await rename(beside, this.#path);
      syncDirectory(dirname(this.#path));
      this.#kept = Uint8Array.from(key);
      return true;
    } catch (error) {
      // Nothing else suffers: the controller still accepts the key before.
      this.#log.warn({ reason: messageOf(error) }, 'the key of the session could not be kept');
      return false;
    }
  }
}
