// Snapshots of what the log has led to, and the trimming of the log up to them.
import { FleetblockError } from '../../../common/errors.ts';
import { getChunk, putChunks } from './chunks.ts';
import type { EtcdClient } from './client/etcd-client.ts';
import type { Keys } from './keys.ts';
import { Trimmed } from './log.ts';
import { type Chunks, decodeTip, encodeTip, type Tip } from './record.ts';

/** The last snapshot. `content` in bounded pieces; throws Trimmed when another one has taken its place meanwhile. */
export interface Snapshot {
  /** The last record that is in it. */
  readonly tip: Tip;
  content(): AsyncGenerator<Buffer>;
}

interface Named {
  readonly tip: Tip;
  readonly chunks: Chunks;
  /** Value of its key. */
  readonly value: Buffer;
}

/** All methods throw what EtcdClient's do. */
export class Snapshots {
  readonly #client: EtcdClient;
  readonly #keys: Keys;

  constructor(client: EtcdClient, keys: Keys) {
    this.#client = client;
    this.#keys = keys;
  }

  /**
   * Takes the place of the last one. @param content bounded pieces
   * @returns false when another replica has saved one that reaches as far
   */
  async save(tip: Tip, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<boolean> {
    const former = await this.#last();
    if (former && former.tip.position >= tip.position) return false;
    const place = this.#keys.snapshotAt(tip.position);
    const chunks: string[] = [];
    for await (const piece of content) chunks.push(...(await putChunks(this.#client, place, piece)));
    const value = Buffer.from([encodeTip(tip), ...chunks].join('\n'));
    const { succeeded, found } = await this.#client.txn({
      when: [{ key: this.#keys.snapshot, value: former?.value }],
      steps: [{ put: { key: this.#keys.snapshot, value } }, { remove: this.#keys.snapshotsUntil(tip.position) }],
      otherwise: [{ read: { key: this.#keys.snapshot } }],
    });
    // The call may have been carried out twice.
    return succeeded || found[0]?.entries[0]?.value.equals(value) === true;
  }

  async load(): Promise<Snapshot | undefined> {
    const last = await this.#last();
    if (!last) return undefined;
    const { tip, chunks } = last;
    const place = this.#keys.snapshotAt(tip.position);
    const client = this.#client;
    return {
      tip,
      async *content() {
        for (const name of chunks) {
          const chunk = await getChunk(client, place, name);
          if (!chunk) throw new Trimmed(tip.position);
          yield chunk;
        }
      },
    };
  }

  /**
   * Removes the records up to `position` and their chunks, and has etcd forget what it keeps of them.
   * @throws FleetblockError FAILED_PRECONDITION: no snapshot has them all
   */
  async trim(position: bigint): Promise<void> {
    const last = await this.#last();
    if (!last || last.tip.position < position)
      throw new FleetblockError('FAILED_PRECONDITION', `no snapshot reaches position ${position}: save one first`);
    const { revision } = await this.#client.txn({
      // Snapshots only go forward: what one has, its successor has.
      steps: [{ remove: this.#keys.recordsUntil(position + 1n) }, { remove: this.#keys.chunksUntil(position + 1n) }],
    });
    await this.#client.compact(revision);
  }

  async #last(): Promise<Named | undefined> {
    const { entries } = await this.#client.range({ key: this.#keys.snapshot });
    const value = entries[0]?.value;
    if (!value) return undefined;
    const [tip = '', ...chunks] = value.toString().split('\n');
    return { tip: decodeTip(Buffer.from(tip)), chunks, value };
  }
}
