// The socket by which detectors on this host report: apart from the agent's own, for a group of its own. Any program that can write a
// line can speak it; its language is in report.ts.
import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { FleetblockError, messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import { parseLine } from './report.ts';
import type { ReportQueue } from './report-queue.ts';

/** `path`: of the socket. Its directory decides which group may report: the socket takes the group of a directory with the set-group-ID bit. */
export interface ReportSocketOptions {
  readonly path: string;
  readonly queue: ReportQueue;
  readonly wallMs: () => number;
  readonly log: Logger;
  /** Milliseconds. Default 60,000. */
  readonly idleMs?: number;
}

const MAX_LINE = 512;
/** Each jail of fail2ban keeps one open. */
const MAX_CONNECTIONS = 256;
/** Answers that one connection may have outstanding. */
const MAX_OUTSTANDING = 1000;
const RETRY_MS = 10_000;
/** Without a line and without an answer to wait for, or for one that has closed its side, milliseconds. */
const IDLE_MS = 60_000;

/** As the agent's own socket: a directory that takes none is no reason not to enforce, and is tried again. */
export class ReportSocket {
  readonly #options: ReportSocketOptions;
  #server: Server | undefined;
  #again: NodeJS.Timeout | undefined;
  #problem = '';
  #closed = false;

  constructor(options: ReportSocketOptions) {
    this.#options = options;
  }

  /** One sentence; empty when all is well. */
  get problem(): string {
    return this.#problem;
  }

  /** Never throws. */
  async serve(): Promise<void> {
    const { path, log } = this.#options;
    try {
      rmSync(path, { force: true });
      const server = createServer({ allowHalfOpen: true }, (socket) => void this.#converse(socket));
      server.maxConnections = MAX_CONNECTIONS;
      // Its owner's alone from its first moment on, then its group's too.
      const umask = process.umask(0o177);
      try {
        server.listen({ path });
      } finally {
        process.umask(umask);
      }
      await once(server, 'listening');
      chmodSync(path, 0o660);
      this.#server = server;
      this.#problem = '';
    } catch (error) {
      const problem = `no reports of detectors: no socket at ${path} (${messageOf(error)})`;
      if (problem !== this.#problem) log.error({ err: error }, 'no socket for reports');
      this.#problem = problem;
      if (!this.#closed) this.#again = setTimeout(() => void this.serve(), RETRY_MS).unref();
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
    if (!this.#server) return;
    this.#server.close();
    rmSync(this.#options.path, { force: true });
    this.#server = undefined;
  }

  async #converse(socket: Socket): Promise<void> {
    const { log, idleMs = IDLE_MS } = this.#options;
    socket.on('error', (error) => log.debug({ reason: messageOf(error) }, 'a detector went away'));
    let outstanding = 0;
    let answers: Promise<unknown> = Promise.resolve();
    let isOver = false;
    // A client that closed its side may be gone: while the controller is away, those that wait would take all connections.
    socket.setTimeout(idleMs, () => {
      if (outstanding === 0 || outstanding >= MAX_OUTSTANDING || isOver) socket.destroy();
    });
    try {
      let rest = '';
      for await (const chunk of socket.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
        const lines = `${rest}${chunk}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const answer = this.#answer(line);
          outstanding++;
          answers = Promise.all([answer, answers]).then(([text]) => {
            outstanding--;
            if (!socket.destroyed) socket.write(`${text}\n`);
          });
          if (outstanding >= MAX_OUTSTANDING) await answers;
        }
        if (rest.length > MAX_LINE) throw new Error('a line without an end');
      }
      if (rest !== '')
        answers = Promise.all([this.#answer(rest), answers]).then(([text]) => {
          if (!socket.destroyed) socket.write(`${text}\n`);
        });
      isOver = true;
      await answers;
      socket.end();
    } catch (error) {
      log.debug({ reason: messageOf(error) }, 'a detector said something that is no report');
      socket.destroy();
    }
  }

  /** Never rejects. */
  async #answer(line: string): Promise<string> {
    const { queue, wallMs, log } = this.#options;
    try {
      const { report, wait } = parseLine(line, wallMs());
      if (!wait) {
        queue.add(report);
        return 'queued';
      }
      const refusal = await new Promise<string>((resolve) => queue.add(report, resolve));
      return refusal === '' ? 'taken' : `refused ${refusal}`;
    } catch (error) {
      if (error instanceof FleetblockError) return `refused ${error.message}`;
      log.error({ err: error }, 'a report failed');
      return 'refused internal error: see the log of the agent';
    }
  }
}
