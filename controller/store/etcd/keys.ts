// Where everything of one log is in etcd. Positions have sixteen hexadecimal digits, so that keys sort as they do.
import { type KeyRange, under } from './client/kv.ts';

/** The keys of the log under a prefix that is its own. */
export class Keys {
  /** Names the last record. */
  readonly head: string;
  /** Names the last snapshot. */
  readonly snapshot: string;
  readonly #records: string;
  readonly #chunks: string;
  readonly #snapshots: string;

  /** `prefix`: ASCII, ends in `/`. */
  constructor(prefix: string) {
    this.head = `${prefix}head`;
    this.snapshot = `${prefix}snapshot`;
    this.#records = `${prefix}log/`;
    this.#chunks = `${prefix}chunks/`;
    this.#snapshots = `${prefix}snapshots/`;
  }

  record(position: bigint): string {
    return this.#records + digits(position);
  }

  /** Of a key that `record` has made. */
  positionOf(record: string): bigint {
    return BigInt(`0x${record.slice(this.#records.length)}`);
  }

  recordsFrom(position: bigint): KeyRange {
    return { ...under(this.#records), key: this.record(position) };
  }

  recordsUntil(position: bigint): KeyRange {
    return { key: this.#records, end: this.record(position) };
  }

  /** Where the chunks of the record at a position are. */
  chunksOf(position: bigint): string {
    return `${this.#chunks}${digits(position)}/`;
  }

  chunksUntil(position: bigint): KeyRange {
    return { key: this.#chunks, end: this.chunksOf(position) };
  }

  /** Where the chunks of a snapshot at a position are. */
  snapshotAt(position: bigint): string {
    return `${this.#snapshots}${digits(position)}/`;
  }

  snapshotsUntil(position: bigint): KeyRange {
    return { key: this.#snapshots, end: this.snapshotAt(position) };
  }
}

function digits(position: bigint): string {
  return position.toString(16).padStart(16, '0');
}
