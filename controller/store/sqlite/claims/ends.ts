// When something in the store ends by itself, and what is due: claims, rows of lists, changes that nobody confirmed.

import { Pacer } from '../../../../common/time/pacer.ts';
import type { Undone } from '../../../claims/confirmation.ts';
import { endClaims } from '../../../claims/end.ts';
import type { Connection } from '../file/connection.ts';
import { integer } from '../file/rows.ts';
import { endListRows, listRowsEnded } from '../lists/list-ends.ts';
import type { Writing } from '../writing.ts';
import { claimTx } from './claim-tx.ts';

/** Chunks of lists that one call of `endWhatIsDue` looks at. */
const EXPIRE_CHUNKS = 32;

const FIRST_ENDS = [
  'SELECT min(expires_ms) AS value FROM claim WHERE expires_ms > 0',
  'SELECT min(expires_ms) AS value FROM list_chunk WHERE expires_ms > 0',
  'SELECT min(expires_ms) AS value FROM list_withheld WHERE expires_ms > 0',
  "SELECT min(deadline_ms) AS value FROM confirmation WHERE state = 'waiting'",
];

/** Unix milliseconds of the first end that is known; 0: nothing ends. */
export function firstEndMs(db: Connection): number {
  const firsts = FIRST_ENDS.flatMap((sql) => {
    const row = db.prepare(sql).get();
    return row && row.value !== null ? [integer(row, 'value')] : [];
  });
  return firsts.length > 0 ? Math.min(...firsts) : 0;
}

/** A bounded part of what is due: `removed` counts all of it, 0 when nothing is left. */
export async function endWhatIsDue(
  db: Connection,
  writing: Writing,
  nowMs: number,
): Promise<{ removed: number; undone: readonly Undone[] }> {
  const { undone, ended } = await writing.changeInSteps((tx) => endClaims(claimTx(tx), nowMs), true);
  const rows = listRowsEnded(db, nowMs)
    ? await writing.changeLong((tx) => endListRows(tx, nowMs, EXPIRE_CHUNKS, new Pacer().pause), false)
    : 0;
  return { removed: undone.length + ended + rows, undone };
}
