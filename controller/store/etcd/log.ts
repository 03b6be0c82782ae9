// The replicated log: records in one order that all replicas see, each once. etcd decides which record is the next one; a record names the
// one before it, so that whoever reads can tell.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { FleetblockError } from '../../../common/errors.ts';
import { Backoff } from '../../../common/time/backoff.ts';
import { getChunk, putChunks } from './chunks.ts';
import { Compacted, TokenRefused, Unreachable } from './client/errors.ts';
import type { EtcdClient } from './client/etcd-client.ts';
import type { Entry } from './client/kv.ts';
import type { Keys } from './keys.ts';
import {
  type Chunks,
  decodeRecord,
  decodeTip,
  encodeRecord,
  encodeTip,
  START,
  type StoredRecord,
  type Tip,
} from './record.ts';

/** Of a body that is in the record itself. A page then is at most 16 MiB. */
const INLINE_BYTES = 64 * 1024;
const PAGE = 256;

/** One record, with its body. */
export interface LogRecord extends Tip {
  readonly body: Buffer;
}

/** Another record is at the place: read on, and decide again. */
export class Overtaken extends FleetblockError {
  constructor() {
    super('ABORTED', 'another replica has made a change at the same time: try again');
  }
}

/** The records after this position are no longer there: a snapshot has them. */
export class Trimmed extends FleetblockError {
  constructor(position: bigint) {
    super('FAILED_PRECONDITION', `the log in etcd no longer reaches back to position ${position}: read its snapshot`);
  }
}

/** A watch has left something out: it is read. */
class Gap extends Error {}

export class ReplicatedLog {
  readonly #client: EtcdClient;
  readonly #keys: Keys;

  constructor(client: EtcdClient, keys: Keys) {
    this.#client = client;
    this.#keys = keys;
  }

  /** The last record. */
  async tip(): Promise<Tip> {
    const { entries } = await this.#client.range({ key: this.#keys.head });
    return tipOf(entries);
  }

  /**
   * Adds a record after `after`, if that is the last one. Resolves when a majority of etcd's members has it on disk.
   * @throws Overtaken: it is not; nothing was added. Unreachable: whether it was added is not known, and it may still be.
   */
  async append(body: Uint8Array, after: Tip): Promise<Tip> {
    const tip = { position: after.position + 1n, id: randomBytes(16).toString('hex') };
    const key = this.#keys.record(tip.position);
    // Chunks first: whoever sees the record finds them. Those that no record names go with the next trim past their position.
    const place = this.#keys.chunksOf(tip.position);
    const content = body.length > INLINE_BYTES ? await putChunks(this.#client, place, body) : body;
    const { succeeded, found } = await this.#client.txn({
      when: [{ key: this.#keys.head, value: after.position === 0n ? undefined : encodeTip(after) }],
      steps: [
        { put: { key: this.#keys.head, value: encodeTip(tip) } },
        { put: { key, value: encodeRecord(tip.id, after.id, content) } },
      ],
      otherwise: [{ read: { key } }],
    });
    const there = found[0]?.entries[0];
    // A call may be carried out twice: then the second time finds what the first has added.
    if (succeeded || (there && decodeRecord(there.value).id === tip.id)) return tip;
    throw new Overtaken();
  }

  /** What there is after `after`, up to now. @throws Trimmed, DATA_LOSS (this log never had `after`), and what calls throw */
  async *read(after: Tip): AsyncGenerator<LogRecord> {
    yield* this.#upToNow(new Reading(this.#keys, after));
  }

  /**
   * The same, and then what comes, through everything that passes: members that go, watches that break, revisions that etcd compacts.
   * Ends when `signal` is aborted. @throws Trimmed, DATA_LOSS, FAILED_PRECONDITION (user, permissions)
   */
  async *follow(after: Tip, signal: AbortSignal): AsyncGenerator<LogRecord> {
    const reading = new Reading(this.#keys, after);
    const backoff = new Backoff({ baseMs: 50, maxMs: 1000 });
    while (!signal.aborted)
      try {
        const revision = yield* this.#upToNow(reading);
        const range = { ...this.#keys.recordsFrom(0n), from: revision + 1n };
        for await (const entries of this.#client.watch(range, signal)) {
          backoff.reset();
          yield* this.#records(entries, reading);
        }
      } catch (error) {
        if (!passes(error)) throw error;
        await sleep(backoff.nextMs(), undefined, { signal }).catch(() => {});
      }
  }

  /** @returns etcd's revision up to which this is */
  async *#upToNow(reading: Reading): AsyncGenerator<LogRecord, bigint> {
    for (;;) {
      const { position, id } = reading.at;
      const { found, revision } = await this.#client.txn({
        steps: [
          { read: { key: this.#keys.head } },
          { read: { ...this.#keys.recordsFrom(position + 1n), limit: PAGE } },
        ],
      });
      const [head, page] = found;
      const tip = tipOf(head?.entries ?? []);
      if (tip.position < position || (tip.position === position && tip.id !== id)) throw anotherLife();
      const [first] = page?.entries ?? [];
      if (tip.position > position && (!first || this.#keys.positionOf(first.key) !== position + 1n))
        throw new Trimmed(position);
      yield* this.#records(page?.entries ?? [], reading);
      if (!page?.more) return revision;
    }
  }

  async *#records(entries: readonly Entry[], reading: Reading): AsyncGenerator<LogRecord> {
    for (const entry of entries) {
      const next = reading.next(entry);
      if (!next) continue;
      const { content, ...tip } = next;
      const body = Buffer.isBuffer(content) ? content : await this.#gather(tip.position, content);
      reading.at = tip;
      yield { ...tip, body };
    }
  }

  async #gather(position: bigint, chunks: Chunks): Promise<Buffer> {
    const found: Buffer[] = [];
    for (const name of chunks) {
      const chunk = await getChunk(this.#client, this.#keys.chunksOf(position), name);
      if (!chunk) throw await this.#missing(position, name);
      found.push(chunk);
    }
    return Buffer.concat(found);
  }

  async #missing(position: bigint, chunk: string): Promise<FleetblockError> {
    const { entries } = await this.#client.range({ key: this.#keys.record(position) });
    if (entries.length === 0) return new Trimmed(position - 1n);
    return new FleetblockError(
      'DATA_LOSS',
      `etcd has lost ${this.#keys.chunksOf(position)}${chunk}, a part of the log`,
    );
  }
}

/** How far one reader is. */
class Reading {
  at: Tip;
  readonly #keys: Keys;

  constructor(keys: Keys, at: Tip) {
    this.#keys = keys;
    this.at = at;
  }

  /** @returns the record after `at`, or undefined when this one was read before. @throws Gap, FleetblockError DATA_LOSS */
  next({ key, value }: Entry): (Tip & Pick<StoredRecord, 'content'>) | undefined {
    const position = this.#keys.positionOf(key);
    if (position <= this.at.position) return undefined;
    if (position > this.at.position + 1n) throw new Gap();
    const { id, previous, content } = decodeRecord(value);
    if (previous !== this.at.id) throw anotherLife();
    return { position, id, content };
  }
}

function tipOf([head]: readonly Entry[]): Tip {
  return head ? decodeTip(head.value) : START;
}

function passes(error: unknown): boolean {
  return [Unreachable, TokenRefused, Compacted, Gap].some((passing) => error instanceof passing);
}

function anotherLife(): FleetblockError {
  return new FleetblockError(
    'DATA_LOSS',
    'the log in etcd is not the one that this replica has followed: etcd was restored from a backup, or its keys were removed; set the replica up again',
  );
}
