// A whole view as messages. Taken in one turn (copies of columns), encoded piece by piece as it is sent, shared by all hosts that
// need the same one at the same time.

import { ColumnsBuilder } from '../../common/entries/builder.ts';
import type { Digest } from '../../common/entries/digest.ts';
import type { PackedEntries } from '../../common/entries/packed.ts';
import { leftOf, mayEnd } from '../../common/entries/times.ts';
import { failpoint } from '../../common/failpoint.ts';
import type { Revision } from '../../common/revision.ts';
import { cutColumns } from '../../common/sync-wire/cut.ts';
import { encodeSnapshotBegin, encodeSnapshotChunk, encodeSnapshotEnd } from '../../common/sync-wire/to-agent.ts';
import { flagsFor } from './layer.ts';
import { overlapsOf, type View } from './view.ts';

/** How old an encoded piece with times in it may be before it is encoded again, milliseconds. */
const MAX_TIME_ERROR_MS = 250;

/** Stays as it was taken whatever the view becomes; chunks with ends are encoded again when they are older than 250 ms. */
export class Snapshot {
  readonly digest: Digest;
  readonly entries: number;
  readonly #epoch: string;
  readonly #pieces: readonly PackedEntries<'unix'>[];
  readonly #encoded = new Map<number, { bytes: Buffer; atMs: number }>();

  /** `overlaps`: rows that several layers have, as they amount to; they replace what the layers' own pieces say. */
  constructor(epoch: string, view: View, overlaps: PackedEntries<'unix'>) {
    this.digest = view.digest();
    this.entries = view.size;
    this.#epoch = epoch;
    this.#pieces = [...view.layers.map((layer) => layer.packed()), overlaps].flatMap((columns) => [
      ...cutColumns(columns),
    ]);
  }

  /**
   * Begin, chunks, end, as of `revision`, which `seal` is of. Chunks are encoded when they are asked for; remaining times are counted from then.
   */
  *messages(revision: Revision, seal: Uint8Array, resync: boolean, nowMs: () => number): Generator<Buffer> {
    yield encodeSnapshotBegin(this.#epoch, revision, this.entries, resync);
    for (const [i, piece] of this.#pieces.entries()) yield this.#chunk(i, piece, nowMs());
    yield encodeSnapshotEnd(revision, this.digest, seal);
  }

  #chunk(i: number, piece: PackedEntries<'unix'>, nowMs: number): Buffer {
    const known = this.#encoded.get(i);
    if (known && (!mayEnd(piece) || nowMs - known.atMs <= MAX_TIME_ERROR_MS)) return known.bytes;
    const bytes = encodeSnapshotChunk(leftOf(piece, nowMs));
    this.#encoded.set(i, { bytes, atMs: nowMs });
    failpoint('hub.snapshot.chunk');
    return bytes;
  }
}

/** Rows that more than one layer of the view has, as they amount to; undefined in between, where the caller may pause. */
export function* collectOverlaps(view: View): Generator<void, PackedEntries<'unix'>> {
  const rows = new ColumnsBuilder<'unix'>();
  for (const overlap of overlapsOf(view.layers)) {
    if (!overlap) {
      yield;
      continue;
    }
    const { key, effective } = overlap;
    rows.addKey(key, flagsFor(effective), effective.expiresMs);
  }
  return rows.finish();
}
