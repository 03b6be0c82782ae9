// Chunks of ListEntryChunks as claims. Rows of a list become objects a few at a time.
import { addressBytes } from '../../common/entries/packed.ts';
import { fromWire } from '../../common/entries/wire.ts';
import { formatAddress } from '../../common/text/prefix.ts';
import type { Claim__Output } from '../../proto/gen/fleetblock/v1/Claim.ts';
import type { EntriesChunk__Output } from '../../proto/gen/fleetblock/v1/EntriesChunk.ts';

const BATCH = 2000;

/** In batches of bounded size. */
export async function* claimsOf(batches: AsyncIterable<EntriesChunk__Output[]>): AsyncGenerator<Claim__Output[]> {
  for await (const chunks of batches) for (const chunk of chunks) yield* claimsOfChunk(chunk);
}

/** Batches of up to BATCH claims; the rows of a list share its reason, target and actor. An `expiresAtMs` of '0' is no end. */
export function* claimsOfChunk({ claims, list, rows, rowsFromMs }: EntriesChunk__Output): Generator<Claim__Output[]> {
  if (claims.length > 0) yield claims;
  if (!list || !rows) return;
  const from = Number(rowsFromMs);
  const { v4, v6 } = fromWire(rows);
  for (const [family, columns] of [
    [4, v4],
    [6, v6],
  ] as const) {
    const width = addressBytes(family);
    for (let start = 0; start < columns.count; start += BATCH) {
      const batch: Claim__Output[] = [];
      for (let row = start; row < Math.min(columns.count, start + BATCH); row++) {
        const address = formatAddress(family, columns.addresses.subarray(row * width, (row + 1) * width));
        const ttl = columns.timesMs[row] ?? 0;
        batch.push({
          ...list,
          prefix: `${address}/${columns.lengths[row] ?? 0}`,
          expiresAtMs: ttl === 0 ? '0' : String(from + ttl),
        });
      }
      yield batch;
    }
  }
}
