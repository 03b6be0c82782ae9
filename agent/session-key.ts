// The key of this host's last session, kept where a copy of the state directory would take it along: the controller then sees the same
// key twice, or an old one, and knows that there are two. On the disk before the controller is told so.
import { open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, systemCode } from '../common/errors.ts';
import { syncDirectory } from '../common/files.ts';
import type { Logger } from '../common/logger.ts';

export interface SessionKeys {
  /** Of the last session; empty when none is kept. Waits for one that is being kept. */
  shown(): Promise<Uint8Array>;
  /** @returns true once it is kept for good */
  keep(key: Uint8Array): Promise<boolean>;
}

/** For agents that keep nothing. */
export function sessionKeysInMemory(): SessionKeys {
  let last = new Uint8Array(0);
  return {
    shown: async () => last,
    keep: async (key) => {
      last = Uint8Array.from(key);
      return true;
    },
  };
}

export class SessionKeyFile implements SessionKeys {
  readonly #path: string;
  readonly #log: Logger;
  #keeping: Promise<unknown> = Promise.resolve();

  constructor(stateDir: string, log: Logger) {
    this.#path = join(stateDir, 'session.key');
    this.#log = log;
  }

  async shown(): Promise<Uint8Array> {
    await this.#keeping;
    try {
      return await readFile(this.#path);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') this.#failed(error);
      return new Uint8Array(0);
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
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  /** Nothing else suffers: the controller goes on taking the key before. */
  #failed(error: unknown): void {
    this.#log.warn({ reason: messageOf(error) }, 'the key of the session could not be read or kept');
  }
}
