// Spreads the rows of a list over buckets by the hash of their prefix: a change of one row rewrites one small bucket, wherever the
// addresses lie, and two lists are compared bucket by bucket.
import { addressBytes, columnsOf, type FamilyColumns, type PackedEntries } from '../../../common/entries/packed.ts';
import { makeColumns, sliceColumns } from '../../../common/entries/rows.ts';
import type { Family } from '../../../common/text/prefix.ts';
import type { Steps } from '../steps.ts';

/** Rows that a bucket should have. */
const BUCKET_ROWS = 4096;
const MAX_BUCKETS = 1024;

/** Rows by bucket. */
export type ByBucket = (bucket: number) => PackedEntries<'unix'>;

/** Number of buckets for a list of that many rows: a power of two. */
export function bucketsFor(rows: number): number {
  let buckets = 1;
  while (buckets < MAX_BUCKETS && buckets * BUCKET_ROWS < rows) buckets *= 2;
  return buckets;
}

/** Rows of later entries come after those of earlier ones in their bucket. */
export function* byBucket(entries: readonly PackedEntries<'unix'>[], buckets: number): Steps<ByBucket> {
  const v4 = yield* spread(entries, 4, buckets);
  const v6 = yield* spread(entries, 6, buckets);
  return (bucket) => ({ v4: v4(bucket), v6: v6(bucket) });
}

/** A counting sort: first how many rows each bucket has, then every row to its place. */
function* spread(
  entries: readonly PackedEntries<'unix'>[],
  family: Family,
  buckets: number,
): Steps<(bucket: number) => FamilyColumns<'unix'>> {
  const width = addressBytes(family);
  const parts = entries.map((part) => columnsOf(part, family));
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
  return (bucket) => sliceColumns(columns, family, starts[bucket] ?? 0, starts[bucket + 1] ?? 0);
}

function hash(bytes: Uint8Array, offset: number, width: number, length: number): number {
  let h = 0x811c9dc5 ^ length;
  for (let i = 0; i < width; i++) h = Math.imul(h ^ (bytes[offset + i] ?? 0), 0x01000193);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}
