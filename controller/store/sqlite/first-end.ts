// When something in the store ends by itself: claims, rows of lists, changes that nobody confirmed.
import type { Connection } from './file/connection.ts';
import { integer } from './file/rows.ts';

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
