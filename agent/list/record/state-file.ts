// The agent's record of its view on disk: the whole view once, then every change behind it, until it is worth writing
// from the start. One file, replaced by rename, so that there is never a base without its journal.
//
// What must be durable, and when. The kernel's maps are pinned and outlive the process; the ack promises what the kernel
// holds. So a change is written (not flushed) after the kernel took it and before the ack: then a killed agent finds
// everything that was acked. Where it does not (a disk that refuses, a snapshot whose record was still being written), the mark
// beside the maps is ahead of the record, and the next agent leaves the maps alone (isCurrent in held.ts).
// After a power failure the maps are gone and the file is what a host blocks with until its controller answers: it is
// flushed within SYNC_MS, off the path of the ack, so that it is a fraction of a second old at most.
import {
  closeSync,
  fdatasync,
  fstatSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  write,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { PackedEntries } from '../../../common/entries/packed.ts';
import { slicesOf } from '../../../common/entries/steps.ts';
import { messageOf } from '../../../common/errors.ts';
import { failpoint } from '../../../common/failpoint.ts';
import { ensureOwnDirectory, openNew, syncDirectory } from '../../../common/files.ts';
import type { Logger } from '../../../common/logger.ts';
import type { AgentClock } from '../../host/boot-clock.ts';
import type { Held, StoredView, ViewStore } from '../held.ts';
import { encodeRecord } from './state-codec.ts';
import { heldToJson, type ReadState, readState, STATE_FORMAT, type Times } from './state-reader.ts';

/** `directory` is the agent's state directory; the clock dates what is written, so that remaining times can be carried on. */
export interface StateFileOptions {
  readonly directory: string;
  readonly clock: AgentClock;
  readonly log: Logger;
}

/** A view that is being written whole, and the changes that came meanwhile. */
interface Rewrite {
  readonly pending: Buffer[];
  superseded: boolean;
}

/** Name in the state directory. */
export const STATE_FILE = 'view.log';

const SYNC_MS = 200;
/** After a failure the file is rewritten at the earliest after this. */
const RETRY_MS = 10_000;
/** The changes may take as much room as the view itself, and this much in any case. */
const MIN_JOURNAL_BYTES = 256 * 1024;

const flush = promisify(fdatasync);
const writeSome = promisify(write);

/** The ViewStore of a real host. `append` writes before it returns, `rewrite` in the background; no ack waits for a flush. */
export class StateFile implements ViewStore {
  readonly #options: StateFileOptions;
  readonly #path: string;
  // Beside the file: one that is being written.
  readonly #fresh: string;
  // Open for appending while the file is current.
  #file: number | undefined;
  /** What the last record leads to, whether it is in the file or waits for a rewrite. */
  #last: Held | undefined;
  #bytes = 0;
  #baseBytes = 0;
  #ofAnotherBoot = false;
  #problem = '';
  #retryAtMs = 0;
  #rewrite: Rewrite | undefined;
  #rewritten: Promise<void> = Promise.resolve();
  #syncTimer: NodeJS.Timeout | undefined;
  #synced: Promise<void> = Promise.resolve();

  constructor(options: StateFileOptions) {
    this.#options = options;
    this.#path = join(options.directory, STATE_FILE);
    this.#fresh = `${this.#path}.new`;
  }

  get problem(): string {
    return this.#problem;
  }

  get wantsRewrite(): boolean {
    if (this.#rewrite) return false;
    if (this.#file === undefined) return this.#options.clock.monotonicMs() >= this.#retryAtMs;
    return this.#ofAnotherBoot || this.#bytes - this.#baseBytes > Math.max(MIN_JOURNAL_BYTES, this.#baseBytes);
  }

  async load(): Promise<StoredView | undefined> {
    try {
      return await this.#load();
    } catch (error) {
      // A disk that cannot be read is no reason not to enforce: the controller has the list too.
      this.#fail(error);
      return undefined;
    }
  }

  async #load(): Promise<StoredView | undefined> {
    const state = await readState(this.#path, this.#options.clock);
    if (state === undefined) return undefined;
    if (state === 'corrupt') {
      this.#setAside();
      return undefined;
    }
    const { held, table, tail, bootId } = state;
    const sameBoot = bootId === this.#options.clock.bootId;
    if (tail === 'corrupt') this.#setAside();
    else this.#adopt(state, sameBoot);
    // Of a cut-off write the kernel may hold the change, but it was not acked. Behind damage there may be acked ones.
    return { held, table, current: tail !== 'corrupt' || !sameBoot };
  }

  append(held: Held, adds: PackedEntries<'left'>, removes: PackedEntries): void {
    if (this.#file === undefined && !this.#rewrite) return;
    this.#last = held;
    const record = encodeRecord('delta', { times: this.#now(), held: heldToJson(held) }, [adds, removes]);
    this.#rewrite?.pending.push(record);
    if (this.#file === undefined) return;
    try {
      failpoint('agent.state.before-append');
      writeWhole(this.#file, record);
      failpoint('agent.state.after-append');
      this.#bytes += record.length;
      this.#syncSoon();
    } catch (error) {
      this.#fail(error);
    }
  }

  rewrite(held: Held, parts: readonly PackedEntries<'left'>[], bootMs: number): Promise<void> {
    const now = this.#now();
    const times = { ...now, bootMs, wallMs: now.wallMs - (now.bootMs - bootMs) };
    const job: Rewrite = { pending: [], superseded: false };
    // A snapshot: changes that come now follow from it and not from what the file says.
    if (this.#last?.epoch !== held.epoch || this.#last.revision !== held.revision) this.#closeFile();
    this.#last = held;
    if (this.#rewrite) this.#rewrite.superseded = true;
    this.#rewrite = job;
    this.#rewritten = this.#rewritten.then(async () => {
      try {
        if (!job.superseded) await this.#writeWhole(job, held, parts, times);
      } catch (error) {
        this.#fail(error);
      } finally {
        if (this.#rewrite === job) this.#rewrite = undefined;
      }
    });
    return this.#rewritten;
  }

  look(): void {
    if (this.#file === undefined) return;
    const own = fstatSync(this.#file);
    const there = statSync(this.#path, { throwIfNoEntry: false });
    if (there?.ino === own.ino && there.dev === own.dev) return;
    this.#problem = `${this.#path} was removed or replaced by something else: it is being written again`;
    this.#options.log.error({ path: this.#path }, 'the record of the list was removed or replaced by something else');
    this.#closeFile();
    this.#retryAtMs = 0;
  }

  async close(): Promise<void> {
    await this.#rewritten;
    clearTimeout(this.#syncTimer);
    await this.#synced;
    if (this.#file === undefined) return;
    await flush(this.#file).catch((error: unknown) => this.#fail(error));
    this.#closeFile();
  }

  async #writeWhole(job: Rewrite, held: Held, parts: readonly PackedEntries<'left'>[], times: Times): Promise<void> {
    ensureOwnDirectory(this.#options.directory);
    rmSync(this.#fresh, { force: true });
    const file = openNew(this.#fresh, 0o600);
    let written = 0;
    const put = async (record: Buffer) => {
      for (let at = 0; at < record.length; ) at += (await writeSome(file, record, at)).bytesWritten;
      written += record.length;
    };
    try {
      const rows = { v4: sum(parts, ({ v4 }) => v4.count), v6: sum(parts, ({ v6 }) => v6.count) };
      await put(encodeRecord('begin', { format: STATE_FORMAT, times, held: heldToJson(held), rows }, []));
      failpoint('agent.state.begun');
      for (const part of parts)
        for (const slice of slicesOf(part)) {
          await put(encodeRecord('rows', {}, [slice]));
          failpoint('agent.state.rows');
          if (job.superseded) throw new Superseded();
        }
      await put(encodeRecord('end', {}, []));
      failpoint('agent.state.ended');
      const baseBytes = written;
      await flush(file);
      failpoint('agent.state.flushed');
      if (job.superseded) throw new Superseded();
      // From here to the rename nothing else runs: no change can fall between the two files.
      for (const record of job.pending) {
        writeWhole(file, record);
        written += record.length;
      }
      failpoint('agent.state.before-rename');
      renameSync(this.#fresh, this.#path);
      failpoint('agent.state.renamed');
      this.#closeFile();
      this.#file = file;
      this.#bytes = written;
      this.#baseBytes = baseBytes;
    } catch (error) {
      closeSync(file);
      rmSync(this.#fresh, { force: true });
      if (error instanceof Superseded) return;
      throw error;
    }
    this.#ofAnotherBoot = false;
    this.#problem = '';
    if (job.pending.length > 0) this.#syncSoon();
    syncDirectory(dirname(this.#path));
    failpoint('agent.state.cleaned');
  }

  #adopt(state: ReadState, sameBoot: boolean): void {
    try {
      if (state.tail === 'torn') truncateSync(this.#path, state.bytes);
      this.#file = openSync(this.#path, 'a');
    } catch (error) {
      this.#fail(error);
    }
    this.#last = state.held;
    this.#bytes = state.bytes;
    this.#baseBytes = state.baseBytes;
    this.#ofAnotherBoot = !sameBoot;
  }

  #setAside(): void {
    const aside = `${this.#path}.corrupt`;
    this.#options.log.error({ aside }, 'the record of the list was damaged: set aside');
    try {
      renameSync(this.#path, aside);
      this.#problem = `the record of the list was damaged and is set aside as ${aside}: the kernel keeps its entries until the controller sends the list`;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The kernel and the stream go on: what suffers is what this host would block with after a reboot. */
  #fail(error: unknown): void {
    this.#problem = `cannot read or write ${this.#path} (${messageOf(error)}): free space or repair the disk; the kernel keeps its entries, but a reboot would bring back an older list`;
    this.#options.log.error({ err: error }, 'the record of the list could not be read or written');
    this.#retryAtMs = this.#options.clock.monotonicMs() + RETRY_MS;
    this.#closeFile();
  }

  #closeFile(): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    void this.#synced.finally(() => closeSync(file));
  }

  #syncSoon(): void {
    this.#syncTimer ??= setTimeout(() => {
      this.#syncTimer = undefined;
      if (this.#file !== undefined) this.#synced = flush(this.#file).catch((error: unknown) => this.#fail(error));
    }, SYNC_MS).unref();
  }

  #now(): Times {
    const { clock } = this.#options;
    return { bootId: clock.bootId, bootMs: clock.bootMs(), wallMs: clock.wallMs() };
  }
}

/** A newer view is on its way: this one is abandoned. */
class Superseded extends Error {}

function writeWhole(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

function sum(parts: readonly PackedEntries[], count: (part: PackedEntries) => number): number {
  return parts.reduce((total, part) => total + count(part), 0);
}
