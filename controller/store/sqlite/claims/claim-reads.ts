// Reading single claims in bounded batches, so that a long answer neither fills memory nor holds the event loop.
import type { SQLInputValue } from 'node:sqlite';
import { slotOf } from '../../../../common/action.ts';
import { maskAddress, type Prefix } from '../../../../common/text/prefix.ts';
import { nextTurn } from '../../../../common/time/pacer.ts';
import { type Claim, keyOf } from '../../../claims/claim.ts';
import { matchesFilter } from '../../../claims/claim-filter.ts';
import { claimLayers, type LayerChange } from '../../../claims/layers.ts';
import type { ClaimFilter } from '../../port/claims.ts';
import type { Connection } from '../file/connection.ts';
import { claimFromRow, KEY, keyValues } from './claim-rows.ts';

const BATCH = 1000;

/** In the order of the key: IPv4 first, by address. */
export async function* readClaims(db: Connection, filter: ClaimFilter, nowMs: number): AsyncGenerator<Claim[]> {
  const wanted = matchesFilter(filter, nowMs);
  if (filter.covering) {
    yield coveringClaims(db, filter.covering).filter(wanted);
    return;
  }
  for await (const batch of allClaims(db, boundsOf(filter))) {
    const found = batch.filter(wanted);
    if (found.length > 0) yield found;
  }
}

/** Conditions that SQLite judges before a row costs anything. */
interface Bounds {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

const NO_BOUNDS: Bounds = { sql: '', values: [] };

function boundsOf({ actions, within }: ClaimFilter): Bounds {
  const parts: Bounds[] = [];
  const [slot, ...others] = new Set(actions?.map(slotOf));
  if (slot && others.length === 0) parts.push({ sql: ' AND action = ?', values: [slot] });
  if (within) {
    const { family, address, length } = within;
    const last = address.map((byte, i) => byte | (0xff >> Math.min(8, Math.max(0, length - i * 8))));
    parts.push({
      sql: ' AND family = ? AND address >= ? AND address <= ? AND length > ?',
      values: [family, address, last, length],
    });
  }
  return { sql: parts.map((part) => part.sql).join(''), values: parts.flatMap((part) => part.values) };
}

/** Claims on the prefix itself and on every wider one, the most exact first: a look-up per length, in one statement. */
function coveringClaims(db: Connection, prefix: Prefix): Claim[] {
  const lengths = Array.from({ length: prefix.length + 1 }, (_, i) => prefix.length - i);
  // Crossed, so that the key is asked for each of them, and not the whole table for all.
  return db
    .prepare(
      `WITH wider (a, l) AS (VALUES ${lengths.map(() => '(?, ?)').join(', ')})
       SELECT claim.* FROM wider CROSS JOIN claim ON family = ? AND address = a AND length = l ORDER BY l DESC`,
    )
    .all(...lengths.flatMap((length) => [maskAddress(prefix.address, length), length]), prefix.family)
    .map(claimFromRow);
}

/** By pages of the primary key: a cursor held over turns of the event loop would pin the WAL. */
async function* allClaims(db: Connection, bounds = NO_BOUNDS): AsyncGenerator<Claim[]> {
  let after: SQLInputValue[] | undefined;
  const end = `${bounds.sql} ORDER BY ${KEY} LIMIT ${BATCH}`;
  for (;;) {
    const rows = after
      ? db.prepare(`SELECT * FROM claim WHERE (${KEY}) > (?, ?, ?, ?, ?, ?)${end}`).all(...after, ...bounds.values)
      : db.prepare(`SELECT * FROM claim WHERE true${end}`).all(...bounds.values);
    const batch = rows.map(claimFromRow);
    const last = batch.at(-1);
    if (!last) return;
    yield batch;
    if (batch.length < BATCH) return;
    after = keyValues(keyOf(last));
    await nextTurn();
  }
}

/** What single claims amount to, layer by layer: one row per prefix, slot and selector. */
export async function* readClaimLayers(db: Connection, nowMs: number): AsyncGenerator<LayerChange> {
  // Claims of one key may straddle two batches: the last key of a batch is carried over.
  let pending: Claim[] = [];
  for await (const batch of allClaims(db)) {
    const claims = [...pending, ...batch];
    const last = claims.at(-1);
    const cut = last ? claims.findIndex((claim) => sameKey(claim, last)) : 0;
    pending = claims.slice(cut);
    yield* claimLayers(claims.slice(0, cut), nowMs);
  }
  yield* claimLayers(pending, nowMs);
}

function sameKey(a: Claim, b: Claim): boolean {
  return (
    slotOf(a.action) === slotOf(b.action) &&
    a.prefix.length === b.prefix.length &&
    a.prefix.family === b.prefix.family &&
    a.prefix.address.every((byte, i) => byte === b.prefix.address[i])
  );
}
