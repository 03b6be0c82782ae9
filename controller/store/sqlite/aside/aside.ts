// Reads without measure, on a thread of their own: piece by piece, as fast as they are taken.
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { PackedEntries } from '../../../../common/entries/packed.ts';
import { FleetblockError } from '../../../../common/errors.ts';
import type { Claim } from '../../../claims/claim.ts';
import type { AuditFilter } from '../../port/audit.ts';
import type { ClaimFilter } from '../../port/claims.ts';
import type { AuditRecord, AuditVerdict } from '../../records.ts';
import type { Answer, Begin, Read } from './messages.ts';

/** One thread for all reads. When it dies, reads under way fail with UNAVAILABLE, and the next one starts another. */
export class Aside {
  readonly #path: string;
  readonly #wallMs: () => number;
  #thread: Worker | undefined;
  #closed = false;

  /** `path`: of the database. The thread is started by the first read. */
  constructor(path: string, wallMs: () => number) {
    this.#path = path;
    this.#wallMs = wallMs;
  }

  claims(filter: ClaimFilter): AsyncGenerator<readonly Claim[]> {
    return this.#read({ kind: 'claims', filter, nowMs: this.#wallMs() });
  }

  listRows(list: string): AsyncGenerator<PackedEntries<'unix'>> {
    return this.#read({ kind: 'rows', list });
  }

  audit(filter: AuditFilter): AsyncGenerator<readonly AuditRecord[]> {
    return this.#read({ kind: 'audit', filter });
  }

  async verifyAudit(): Promise<AuditVerdict> {
    for await (const verdict of this.#read<AuditVerdict>({ kind: 'verify' })) return verdict;
    throw stopped();
  }

  /** Reads that are under way end with UNAVAILABLE. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#thread?.terminate();
  }

  async *#read<Piece>(read: Read): AsyncGenerator<Piece> {
    if (this.#closed) throw stopped();
    this.#thread ??= this.#start();
    const { port1: port, port2 } = new MessageChannel();
    const begin: Begin = { read, port: port2 };
    this.#thread.postMessage(begin, [port2]);
    let over = false;
    let fail = () => {};
    // The thread has ended, be it between two pieces.
    port.once('close', () => {
      over = true;
      fail();
    });
    try {
      for (;;) {
        if (over) throw stopped();
        const answer = await new Promise<Answer<Piece>>((resolve, reject) => {
          fail = () => reject(stopped());
          port.once('message', resolve);
          port.postMessage('next');
        });
        if (answer.kind === 'end') return;
        if (answer.kind === 'error')
          throw answer.code ? new FleetblockError(answer.code, answer.text) : new Error(answer.text);
        yield answer.piece;
      }
    } finally {
      port.close();
    }
  }

  #start(): Worker {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const thread = new Worker(fileURLToPath(new URL(`./read-thread.${extension}`, import.meta.url)), {
      workerData: { path: this.#path },
    });
    thread.unref();
    // Whoever reads is told by its port; the next read starts another.
    thread.on('error', () => {});
    thread.on('exit', () => {
      if (this.#thread === thread) this.#thread = undefined;
    });
    return thread;
  }
}

function stopped(): FleetblockError {
  return new FleetblockError('UNAVAILABLE', 'the controller stopped reading its store: try again');
}
