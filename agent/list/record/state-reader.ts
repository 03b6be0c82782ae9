// Reads a state file back into a table, as far as it can be trusted.
import { type FileHandle, open } from 'node:fs/promises';
import { equalDigests } from '../../../common/entries/digest.ts';
import { EntryTable } from '../../../common/entries/entry-table.ts';
import type { PackedEntries } from '../../../common/entries/packed.ts';
import { inSlices } from '../../../common/entries/steps.ts';
import { endsOf } from '../../../common/entries/times.ts';
import { systemCode } from '../../../common/errors.ts';
import { nextTurn } from '../../../common/time/pacer.ts';
import type { AgentClock } from '../../host/boot-clock.ts';
import { HELD_NOTHING, type Held } from '../held.ts';
import { readRecord, recordBytes, type StateRecord } from './state-codec.ts';

/** When a record was written, by both clocks: the boot clock counts within a boot, the wall clock across boots. */
export interface Times {
  readonly bootId: string;
  readonly bootMs: number;
  readonly wallMs: number;
}

/** Header of a view's beginning and of a change. */
interface Header {
  readonly times: Times;
  readonly held: Held;
}

/** Of the file: changes when an older agent would read it wrongly. */
export const STATE_FORMAT = 1;

/** The form in record headers: bytes as hexadecimal, the revision as decimal text. */
export function heldToJson(held: Held): object {
  return {
    epoch: held.epoch,
    revision: held.revision.toString(),
    digest: Buffer.from(held.digest).toString('hex'),
    entries: held.entries,
    seal: Buffer.from(held.seal).toString('hex'),
  };
}

/** What could be read, up to the first record that is torn or corrupt. */
export interface ReadState {
  /** Of the last whole revision in the file. */
  readonly held: Held;
  readonly table: EntryTable<'boot'>;
  /** Length of the part of the file that this was read from. */
  readonly bytes: number;
  /** Of that, the view as it was written whole. */
  readonly baseBytes: number;
  /** The boot in which the last of it was written. */
  readonly bootId: string;
  /** What follows `bytes`: nothing, part of a record (a write that was cut short), or something else. */
  readonly tail: 'none' | 'torn' | 'corrupt';
}

const READ_BYTES = 128 * 1024;
const MAX_RESERVED = 16_000_000;

/**
 * @returns undefined when there is no file, `corrupt` when it does not hold one whole view
 * @throws Node system errors other than ENOENT
 */
export async function readState(path: string, clock: AgentClock): Promise<ReadState | 'corrupt' | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return await new Reader(clock).read(file);
  } finally {
    await file.close();
  }
}

class Reader {
  readonly #clock: AgentClock;
  readonly #table = new EntryTable<'boot'>();
  #begin: Header | undefined;
  #held = HELD_NOTHING;
  #baseBytes = 0;
  #bootId = '';

  constructor(clock: AgentClock) {
    this.#clock = clock;
  }

  async read(file: FileHandle): Promise<ReadState | 'corrupt'> {
    let bytes = 0;
    let tail: ReadState['tail'] = 'none';
    let buffer = Buffer.alloc(0);
    for (;;) {
      const result = readRecord(buffer);
      if (result === 'torn') {
        const chunk = Buffer.allocUnsafe(Math.max(READ_BYTES, recordBytes(buffer) ?? 0));
        const { bytesRead } = await file.read(chunk, 0, chunk.length);
        if (bytesRead > 0) {
          buffer = Buffer.concat([buffer, chunk.subarray(0, bytesRead)]);
          continue;
        }
        tail = buffer.length > 0 ? 'torn' : 'none';
        break;
      }
      if (result === 'corrupt' || !(await this.#take(result.record))) {
        tail = 'corrupt';
        break;
      }
      bytes += result.bytes;
      buffer = buffer.subarray(result.bytes);
      if (result.record.kind === 'end') this.#baseBytes = bytes;
    }
    // A revision that failed half-way has changed the table: only what came before it counts, and that is not at hand.
    if (this.#baseBytes === 0 || !equalDigests(this.#table.digest(), this.#held.digest)) return 'corrupt';
    return { held: this.#held, table: this.#table, bytes, baseBytes: this.#baseBytes, bootId: this.#bootId, tail };
  }

  /** @returns false when the record does not follow from what came before it */
  async #take({ kind, header, sets }: StateRecord): Promise<boolean> {
    switch (kind) {
      case 'begin': {
        const begin = readHeader(header);
        if (this.#begin || !begin || fieldsOf(header).format !== STATE_FORMAT) return false;
        this.#begin = begin;
        this.#reserve(fieldsOf(fieldsOf(header).rows));
        this.#bootId = begin.times.bootId;
        return true;
      }
      case 'rows': {
        if (!this.#begin || this.#baseBytes > 0) return false;
        for (const set of sets) await this.#add(set, this.#begin.times);
        await nextTurn();
        return true;
      }
      case 'end': {
        if (!this.#begin || this.#baseBytes > 0) return false;
        this.#held = this.#begin.held;
        return equalDigests(this.#table.digest(), this.#held.digest) && this.#table.size === this.#held.entries;
      }
      case 'delta': {
        const delta = readHeader(header);
        const [adds, removes] = sets;
        if (this.#baseBytes === 0 || !delta || !adds || !removes) return false;
        await this.#add(adds, delta.times);
        await inSlices(removes, (slice) => this.#table.removeAll(slice));
        this.#held = delta.held;
        this.#bootId = delta.times.bootId;
        return equalDigests(this.#table.digest(), this.#held.digest) && this.#table.size === this.#held.entries;
      }
    }
  }

  /** Room for the rows to come; numbers that make no sense are not worth more than a slower start. */
  #reserve({ v4, v6 }: Readonly<Record<string, unknown>>): void {
    const sane = (count: unknown) => (typeof count === 'number' && count > 0 && count < MAX_RESERVED ? count : 0);
    this.#table.reserve(sane(v4), sane(v6));
  }

  /** Adds rows whose remaining times count from when they were written. */
  #add(set: PackedEntries<'left'>, written: Times): Promise<void> | undefined {
    const { bootId, wallMs } = this.#clock;
    const base =
      written.bootId === bootId
        ? written.bootMs
        : // Another boot: only the wall clock knows how long ago. A clock that went back counts as no time at all, since
          // a block that lasts too long is corrected by the controller, and one that ended early let an attacker in.
          this.#clock.bootMs() - Math.max(0, wallMs() - written.wallMs);
    return inSlices(endsOf<'boot'>(set, base), (slice) => this.#table.addAll(slice));
  }
}

/** @returns undefined for what this version did not write */
function readHeader(header: unknown): Header | undefined {
  const { times, held } = fieldsOf(header);
  const { bootId, bootMs, wallMs } = fieldsOf(times);
  const { epoch, revision, digest, entries, seal = '' } = fieldsOf(held);
  if (typeof bootId !== 'string' || typeof bootMs !== 'number' || typeof wallMs !== 'number') return undefined;
  if (typeof epoch !== 'string' || epoch === '' || typeof entries !== 'number') return undefined;
  if (typeof revision !== 'string' || !/^[0-9]{1,20}$/.test(revision)) return undefined;
  if (typeof digest !== 'string' || !/^[0-9a-f]{16}$/.test(digest)) return undefined;
  // Of a version that had none: what it proves is missed, nothing else.
  if (typeof seal !== 'string') return undefined;
  return {
    times: { bootId, bootMs, wallMs },
    held: { epoch, revision: BigInt(revision), digest: bytesOf(digest), entries, seal: bytesOf(seal) },
  };
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
