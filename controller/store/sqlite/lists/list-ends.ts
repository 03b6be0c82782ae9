// Rows of lists that end.
import { entryCount, type PackedEntries } from '../../../../common/entries/packed.ts';
import { filterRows } from '../../../../common/entries/rows.ts';
import { hasEnded } from '../../../../common/precedence.ts';
import { listOrigin } from '../../../../common/text/origin.ts';
import { decodeColumns } from '../file/columns-blob.ts';
import type { Connection } from '../file/connection.ts';
import { blob, integer, text } from '../file/rows.ts';
import type { Transaction } from '../transaction.ts';
import { findList, type Pause, partsOf, readExceptionSet, readWithheld, saveWithheld } from './list-rows.ts';
import { rewriteBuckets } from './rewrite.ts';

const ENDED_CHUNKS = 'FROM list_chunk WHERE expires_ms > 0 AND expires_ms <= ? LIMIT ?';
const ENDED_WITHHELD = 'FROM list_withheld WHERE expires_ms > 0 AND expires_ms <= ? LIMIT ?';

/** Rows of some list have ended. */
export function listRowsEnded(db: Connection, nowMs: number): boolean {
  return [ENDED_CHUNKS, ENDED_WITHHELD].some((from) => db.prepare(`SELECT 1 ${from}`).get(nowMs, 1) !== undefined);
}

/** Removes rows of lists that have ended, from at most `limit` chunks. @returns how many rows hosts had of them. */
export async function endListRows(tx: Transaction, nowMs: number, limit: number, pause: Pause): Promise<number> {
  const changed = new Map<string, Map<number, PackedEntries<'unix'>>>();
  const chunksOf = (name: string) => {
    const chunks = changed.get(name) ?? new Map<number, PackedEntries<'unix'>>();
    changed.set(name, chunks);
    return chunks;
  };
  for (const chunk of tx.db.prepare(`SELECT name, bucket, rows ${ENDED_CHUNKS}`).all(nowMs, limit)) {
    const left = unended(decodeColumns(blob(chunk, 'rows')), nowMs);
    chunksOf(text(chunk, 'name')).set(integer(chunk, 'bucket'), left);
    await pause();
  }
  for (const row of tx.db.prepare(`SELECT name ${ENDED_WITHHELD}`).all(nowMs, limit)) chunksOf(text(row, 'name'));
  let ended = 0;
  for (const [name, chunks] of changed) ended += await endRowsOf(tx, { name, chunks, nowMs }, pause);
  return ended;
}

async function endRowsOf(
  tx: Transaction,
  { name, chunks, nowMs }: { name: string; chunks: ReadonlyMap<number, PackedEntries<'unix'>>; nowMs: number },
  pause: Pause,
): Promise<number> {
  const list = findList(tx.db, name);
  if (!list) return 0;
  const exceptions = list.exceptions > 0 ? readExceptionSet(tx.db, name) : undefined;
  const withheld = exceptions ? readWithheld(tx.db, name) : undefined;
  const left = withheld && unended(withheld, nowMs);
  const parts = (rows: PackedEntries<'unix'> | undefined) => partsOf(rows, exceptions, list.buckets);
  let count = 0;
  let touched = false;
  await rewriteBuckets(tx, list, { changed: chunks, was: parts(withheld), next: parts(left) }, pause, (_, removes) => {
    touched = true;
    count += entryCount(removes);
  });
  if (left) saveWithheld(tx.db, name, left);
  if (!touched) return count;
  tx.revise();
  tx.audit({ actor: 'system', verb: 'expire', subject: `${count} rows of ${listOrigin(name)}`, reason: 'ended' });
  return count;
}

function unended(rows: PackedEntries<'unix'>, nowMs: number): PackedEntries<'unix'> {
  return filterRows(rows, (_, { timesMs }, row) => !hasEnded(timesMs[row] ?? 0, nowMs));
}
