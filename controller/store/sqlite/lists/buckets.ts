// Spreads the rows of a list over chunks by the hash of their prefix: a change of one row rewrites one small chunk, wherever the
// addresses lie, and two lists are compared chunk by chunk.
import { addressBytes, type FamilyColumns, type PackedEntries } from '../../../../common/entries/packed.ts';
import { makeColumns, sliceColumns } from '../../../../common/entries/rows.ts';
import type { Family } from '../../../../common/text/prefix.ts';

/** Rows that a chunk should have. */
const CHUNK_ROWS = 4096;
const MAX_BUCKETS = 1024;

/** A power of two. */
export function bucketsFor(rows: number): number {
  let buckets = 1;
  while (buckets < MAX_BUCKETS && buckets * CHUNK_ROWS < rows) buckets *= 2;
  return buckets;
}

/** Rows by bucket. Made from any number of parts, in turns of the event loop. */
export class Bucketed {
  readonly #v4: BucketedFamily;
  readonly #v6: BucketedFamily;

  private constructor(v4: BucketedFamily, v6: BucketedFamily) {
    this.#v4 = v4;
    this.#v6 = v6;
  }

  /** Rows of later parts come after those of earlier ones in their bucket. `pause` is awaited between parts. */
  static async of(
    parts: readonly PackedEntries<'unix'>[],
    buckets: number,
    pause: () => Promise<void>,
  ): Promise<Bucketed> {
    const steps = Bucketed.#inSteps(parts, buckets);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      await pause();
    }
  }

  /** Of few rows, in one turn. */
  static atOnce(rows: PackedEntries<'unix'>, buckets: number): Bucketed {
    const steps = Bucketed.#inSteps([rows], buckets);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
    }
  }

  static *#inSteps(parts: readonly PackedEntries<'unix'>[], buckets: number): Generator<void, Bucketed> {
    const v4 = yield* BucketedFamily.inSteps(
      parts.map((part) => part.v4),
      4,
      buckets,
    );
    const v6 = yield* BucketedFamily.inSteps(
      parts.map((part) => part.v6),
      6,
      buckets,
    );
    return new Bucketed(v4, v6);
  }

  bucket(index: number): PackedEntries<'unix'> {
    return { v4: this.#v4.bucket(index), v6: this.#v6.bucket(index) };
  }
}

/** A counting sort: first how many rows each bucket has, then every row to its place. */
class BucketedFamily {
  readonly #starts: Uint32Array;
  readonly #columns: FamilyColumns<'unix'>;
  readonly #family: Family;

  private constructor(starts: Uint32Array, columns: FamilyColumns<'unix'>, family: Family) {
    this.#starts = starts;
    this.#columns = columns;
    this.#family = family;
  }

  static *inSteps(
    parts: readonly FamilyColumns<'unix'>[],
    family: Family,
    buckets: number,
  ): Generator<void, BucketedFamily> {
    const width = addressBytes(family);
    const count = parts.reduce((sum, part) => sum + part.count, 0);
    const starts = new Uint32Array(buckets + 1);
    const places: Uint16Array[] = [];
    for (const part of parts) {
      const of = new Uint16Array(part.count);
      for (let row = 0; row < part.count; row++) {
        const bucket = hash(part.addresses, row * width, width, part.lengths[row] ?? 0) & (buckets - 1);
        of[row] = bucket;
        starts[bucket + 1] = (starts[bucket + 1] ?? 0) + 1;
      }
      places.push(of);
      yield;
    }
    for (let bucket = 0; bucket < buckets; bucket++)
      starts[bucket + 1] = (starts[bucket + 1] ?? 0) + (starts[bucket] ?? 0);
    const columns = makeColumns(
      family,
      count,
      parts.some((part) => part.timesMs.length > 0),
    );
    const next = starts.slice();
    for (const [i, part] of parts.entries()) {
      const of = places[i];
      for (let row = 0; row < part.count; row++) {
        const bucket = of?.[row] ?? 0;
        const to = next[bucket] ?? 0;
        next[bucket] = to + 1;
        for (let byte = 0; byte < width; byte++)
          columns.addresses[to * width + byte] = part.addresses[row * width + byte] ?? 0;
        columns.lengths[to] = part.lengths[row] ?? 0;
        columns.flags[to] = part.flags[row] ?? 0;
        if (part.timesMs.length > 0) columns.timesMs[to] = part.timesMs[row] ?? 0;
      }
      yield;
    }
    return new BucketedFamily(starts, columns, family);
  }

  bucket(index: number): FamilyColumns<'unix'> {
    const start = this.#starts[index] ?? 0;
    const end = this.#starts[index + 1] ?? 0;
    return sliceColumns(this.#columns, this.#family, start, end);
  }
}

function hash(bytes: Uint8Array, offset: number, width: number, length: number): number {
  let h = 0x811c9dc5 ^ length;
  for (let i = 0; i < width; i++) h = Math.imul(h ^ (bytes[offset + i] ?? 0), 0x01000193);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}
