// The socket by which commands on this host talk to the running agent.
import { FleetblockError, messageOf } from '../../common/errors.ts';
import { askLocal, type LocalServer, serveLocal } from '../../common/host/local-socket.ts';
import type { Logger } from '../../common/logger.ts';

/** All that other processes on the host can ask of a running agent. */
export type LocalCommand = 'status' | 'resync';

/** The socket lies in `stateDir`; `handle` answers what comes in by it. */
export interface LocalSocketOptions {
  readonly stateDir: string;
  readonly log: Logger;
  /** Returns what can be written as JSON. */
  readonly handle: (command: LocalCommand) => unknown;
  /** How often it checks whether its socket still exists, milliseconds. Default 5,000. */
  readonly lookMs?: number;
}

const RETRY_MS = 10_000;
const LOOK_MS = 5000;

/**
 * Serves until `close` is called. A directory that takes no socket (a disk that is full or went read-only) is no reason not to
 * enforce: it is tried again until it does, and `problem` says so meanwhile. A removed socket is restored.
 */
export class LocalSocket {
  readonly #options: LocalSocketOptions;
  #server: LocalServer | undefined;
  #again: NodeJS.Timeout | undefined;
  #problem = '';
  #closed = false;

  constructor(options: LocalSocketOptions) {
    this.#options = options;
  }

  /** One sentence; empty when all is well. */
  get problem(): string {
    return this.#problem;
  }

  /** Never throws. */
  async serve(): Promise<void> {
    const { stateDir, log, handle } = this.#options;
    try {
      this.#server = await serveLocal({
        directory: stateDir,
        daemon: 'agent',
        log,
        handle: (request) => handle(commandOf(request)),
      });
      this.#problem = '';
      this.#lookLater();
    } catch (error) {
      const problem = `no local commands: no socket can be made in ${stateDir} (${messageOf(error)}): free space or mend the disk`;
      if (problem !== this.#problem) log.error({ err: error }, 'no socket for local commands');
      this.#problem = problem;
      if (!this.#closed) this.#again = setTimeout(() => void this.serve(), RETRY_MS).unref();
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
    this.#server?.close();
    this.#server = undefined;
  }

  #lookLater(): void {
    this.#again = setTimeout(() => this.#look(), this.#options.lookMs ?? LOOK_MS).unref();
  }

  #look(): void {
    if (this.#server?.present) {
      this.#lookLater();
      return;
    }
    this.#options.log.warn('the socket for local commands was removed: restored');
    this.#server?.close();
    this.#server = undefined;
    void this.serve();
  }
}

/** @returns what the running agent answers, undefined when none runs. @throws FleetblockError UNAVAILABLE: it does not answer; PERMISSION_DENIED */
export function askAgent(stateDir: string, command: LocalCommand): Promise<unknown> {
  return askLocal({ directory: stateDir, daemon: 'agent' }, { command });
}

/** @throws FleetblockError INVALID_ARGUMENT */
function commandOf(request: unknown): LocalCommand {
  const command = typeof request === 'object' && request && 'command' in request ? request.command : undefined;
  if (command === 'status' || command === 'resync') return command;
  throw new FleetblockError('INVALID_ARGUMENT', 'unknown command');
}
