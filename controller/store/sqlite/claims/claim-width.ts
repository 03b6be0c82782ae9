// How much of the address space one caller's plain blocks take in all: many wide prefixes cut off as much as one that is refused.
import { FleetblockError } from '../../../../common/errors.ts';
import { type Family, familyBits } from '../../../../common/text/prefix.ts';
import type { AddClaims } from '../../../claims/change.ts';
import type { Connection } from '../file/connection.ts';
import { integer } from '../file/rows.ts';

/** Longer prefixes are not counted: a hundred thousand of them come to nothing. As the index claim_wide has it. */
const COUNTED = { 4: 24, 6: 48 } as const;

/**
 * To be asked after the claims of a request were saved, in the same transaction.
 * @throws FleetblockError FAILED_PRECONDITION: it adds ranges, and all that its actor blocks is too wide
 */
export function assertWidth(db: Connection, { action, monitor, prefixes, actor, widest }: AddClaims): void {
  if (!widest || action !== 'block' || monitor) return;
  for (const family of [4, 6] as const) {
    if (!prefixes.some((prefix) => prefix.family === family && prefix.length < COUNTED[family])) continue;
    if (widthOf(db, actor, family) <= 2n ** BigInt(familyBits(family) - widest[family])) continue;
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `refused: all IPv${family} ranges that ${actor} blocks are wider than a /${widest[family]} together; an admin may override with --force`,
    );
  }
}

/** Addresses in all ranges that an actor blocks; each prefix once, however many hosts and origins it is said for. */
function widthOf(db: Connection, actor: string, family: Family): bigint {
  const rows = db
    .prepare(
      `SELECT length, count(DISTINCT address) AS prefixes FROM claim
       WHERE length < iif(family = 6, ${COUNTED[6]}, ${COUNTED[4]}) AND family = ${family} AND actor = ? AND action = 'block' AND monitor = 0 GROUP BY length`,
    )
    .all(actor);
  return rows.reduce(
    (sum, row) => sum + (BigInt(integer(row, 'prefixes')) << BigInt(familyBits(family) - integer(row, 'length'))),
    0n,
  );
}
