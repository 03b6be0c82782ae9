// Single claims as rows: reading, checking, writing.
import type { SQLInputValue } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { ACTIONS, type Action, actionOfFlags, isKnownFlags, type Slot } from '../../../../common/action.ts';
import { FleetblockError } from '../../../../common/errors.ts';
import { type Family, formatPrefix, type Prefix } from '../../../../common/text/prefix.ts';
import { formatSelector, parseSelector } from '../../../../common/text/selector.ts';
import { type Claim, type ClaimKey, keyOf, NOTHING_SAID } from '../../../claims/claim.ts';
import { COUNTED_BITS } from '../../../claims/guard/width.ts';
import type { Connection } from '../file/connection.ts';
import { blob, integer, type Row, text } from '../file/rows.ts';

/** What each schema version adds to the table: see migrations.ts. */
export const CLAIM_STEPS: Readonly<Record<number, string>> = {
  1: `
-- Single claims. Lists are in list and list_chunk.
CREATE TABLE claim (
  family INTEGER NOT NULL CHECK (family IN (4, 6)),
  address BLOB NOT NULL,
  length INTEGER NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('block', 'allow')),
  origin TEXT NOT NULL,
  selector TEXT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  -- 0: no end.
  expires_ms INTEGER NOT NULL,
  monitor INTEGER NOT NULL,
  -- CRC-32 over all the others.
  checksum INTEGER NOT NULL,
  PRIMARY KEY (family, address, length, action, origin, selector)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_expiry ON claim (expires_ms) WHERE expires_ms > 0;
CREATE INDEX claim_origin ON claim (origin);
`,
  7: `
DROP INDEX IF EXISTS claim_wide_4;
DROP INDEX IF EXISTS claim_wide_6;
-- Ranges by who says them: how much one caller blocks in all is asked for with every range that is added.
-- Its condition has no term "column = constant": SQLite would prepare every statement that binds that column again at each use.
CREATE INDEX claim_wide ON claim (actor, family, length, address) WHERE length < iif(family = 6, 48, 24);
`,
};

/** The table's CHECK lets only 4 and 6 in. */
export function familyOf(value: number): Family {
  return value === 6 ? 6 : 4;
}

/** How tables have an action: its slot in the column `action`, its number within the slot in `monitor`. */
export function actionColumns(action: Action): { action: Slot; monitor: number } {
  const { slot, flags } = ACTIONS[action];
  return { action: slot, monitor: flags >> 1 };
}

/** What `actionColumns` made. @throws FleetblockError DATA_LOSS: no action of this version */
export function actionFromRow(row: Row): Action {
  const monitor = integer(row, 'monitor');
  const flags = ACTIONS[slotFromRow(row)].flags | (monitor << 1);
  if (!isKnownFlags(flags)) throw unknownAction(monitor);
  return actionOfFlags(flags);
}

function slotFromRow(row: Row): Slot {
  const slot = text(row, 'action');
  if (slot !== 'block' && slot !== 'allow') throw unknownAction(slot);
  return slot;
}

function unknownAction(what: string | number): FleetblockError {
  return new FleetblockError(
    'DATA_LOSS',
    `the store is damaged (${JSON.stringify(what)} is no action): restore a backup with fleetblock-controller restore`,
  );
}

/** All that is stored of a claim beside its key. */
type Kept = Omit<Claim, keyof ClaimKey>;
type ColumnName<Field extends string> = Field extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${ColumnName<Rest>}`
  : '';

/** The columns beside the key: those of the table, and the fields of the JSON that confirmations keep. */
export function columnsOf(claim: Kept) {
  return {
    reason: claim.reason,
    actor: claim.actor,
    created_ms: claim.createdMs,
    expires_ms: claim.expiresMs,
    monitor: actionColumns(claim.action).monitor,
  } satisfies { readonly [Field in Exclude<keyof Kept, 'action'> | 'monitor' as ColumnName<Field>]: string | number };
}

/** What a column has in rows from before it was added. */
export const EMPTY_COLUMNS = columnsOf({ ...NOTHING_SAID, actor: '', createdMs: 0 });

/** What `columnsOf` made, with the slot in `action`. @throws FleetblockError DATA_LOSS */
export function keptFromRow(row: Row): Kept {
  return {
    reason: text(row, 'reason'),
    actor: text(row, 'actor'),
    createdMs: integer(row, 'created_ms'),
    expiresMs: integer(row, 'expires_ms'),
    action: actionFromRow(row),
  };
}

/** Columns that the first version did not have. */
const ADDED = Object.keys(EMPTY_COLUMNS).filter(
  (column) => !['reason', 'actor', 'created_ms', 'expires_ms', 'monitor'].includes(column),
);

/**
 * Over every column, so that a flipped bit is found at the next start and not by whom it blocks. A column that was added counts while it is
 * not empty: rows from before stay valid.
 */
function checksum(claim: Claim): number {
  const { prefix, origin, selector, reason, actor, createdMs, expiresMs } = claim;
  const { action, monitor } = actionColumns(claim.action);
  // The first two were a boolean once.
  const counts = monitor < 2 ? monitor === 1 : monitor;
  const words = [
    formatPrefix(prefix),
    action,
    origin,
    formatSelector(selector),
    reason,
    actor,
    createdMs,
    expiresMs,
    counts,
  ];
  const columns: Readonly<Record<string, string | number>> = ADDED.length > 0 ? columnsOf(claim) : {};
  for (const column of ADDED) if (columns[column]) words.push(column, columns[column]);
  return crc32(words.join('\u0000'));
}

/** @throws FleetblockError DATA_LOSS when the row is not what was written. */
export function claimFromRow(row: Row): Claim {
  const { prefix, origin, selector } = keyFromRow(row);
  const claim: Claim = { prefix, origin, selector, ...keptFromRow(row) };
  if (checksum(claim) !== integer(row, 'checksum'))
    throw new FleetblockError(
      'DATA_LOSS',
      `the store is damaged (a claim on ${formatPrefix(claim.prefix)} fails its checksum): restore a backup with fleetblock-controller restore`,
    );
  return claim;
}

/** Columns of a key, here and in confirmation_claim, in the order of `keyValues`. */
export const KEY = 'family, address, length, action, origin, selector';
/** With `keyValues`. */
export const SAME_KEY = 'family = ? AND address = ? AND length = ? AND action = ? AND origin = ? AND selector = ?';

/** @throws FleetblockError DATA_LOSS */
export function keyFromRow(row: Row): ClaimKey {
  return {
    prefix: { family: familyOf(integer(row, 'family')), address: blob(row, 'address'), length: integer(row, 'length') },
    slot: slotFromRow(row),
    origin: text(row, 'origin'),
    selector: parseSelector(text(row, 'selector')),
  };
}

/** What `keyFromRow` reads. */
export function keyColumns({ prefix: { family, address, length }, slot, origin, selector }: ClaimKey) {
  return { family, address, length, action: slot, origin, selector: formatSelector(selector) };
}

/** In the order of KEY. */
export function keyValues(key: ClaimKey): SQLInputValue[] {
  return Object.values(keyColumns(key));
}

/** Replaces the claim of the same key, and writes its checksum. */
export function saveClaim(db: Connection, claim: Claim): void {
  db.save('claim', KEY, { ...keyColumns(keyOf(claim)), ...columnsOf(claim), checksum: checksum(claim) });
}

/** Nothing happens when there is none. What waits to be confirmed of it stays: see dropWaiting. */
export function deleteClaim(db: Connection, key: ClaimKey): void {
  db.prepare(`DELETE FROM claim WHERE ${SAME_KEY}`).run(...keyValues(key));
}

/** All claims on exactly this prefix and slot. */
export function claimsOn(db: Connection, prefix: Prefix, slot: Slot): Claim[] {
  return db
    .prepare('SELECT * FROM claim WHERE family = ? AND address = ? AND length = ? AND action = ?')
    .all(prefix.family, prefix.address, prefix.length, slot)
    .map(claimFromRow);
}

/** The first to end first. */
export function endedClaims(db: Connection, byMs: number, limit: number): Claim[] {
  return db
    .prepare('SELECT * FROM claim WHERE expires_ms > 0 AND expires_ms <= ? ORDER BY expires_ms LIMIT ?')
    .all(byMs, limit)
    .map(claimFromRow);
}

/** As ClaimTx.wideBlocks. The condition on the length is that of the index claim_wide. */
export function wideBlocks(db: Connection, actor: string, family: Family): { length: number; prefixes: number }[] {
  return db
    .prepare(
      `SELECT length, count(DISTINCT address) AS prefixes FROM claim
       WHERE length < iif(family = 6, ${COUNTED_BITS[6]}, ${COUNTED_BITS[4]}) AND family = ${family} AND actor = ? AND action = 'block' AND monitor = 0 GROUP BY length`,
    )
    .all(actor)
    .map((row) => ({ length: integer(row, 'length'), prefixes: integer(row, 'prefixes') }));
}
