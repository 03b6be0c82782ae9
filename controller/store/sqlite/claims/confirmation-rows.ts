// Changes that wait to be confirmed, as rows: which claims wait, what they become, and what was there before.
import { z } from 'zod';
import type { Claim, ClaimKey } from '../../../claims/claim.ts';
import type { Confirmation, ConfirmationRecord, Waiting } from '../../../claims/confirmation.ts';
import type { Connection } from '../file/connection.ts';
import { integer, type Row, text } from '../file/rows.ts';
import {
  columnsOf,
  EMPTY_COLUMNS,
  KEY,
  keptFromRow,
  keyColumns,
  keyFromRow,
  keyValues,
  SAME_KEY,
} from './claim-rows.ts';

/** What each schema version adds to the tables here: see migrations.ts. */
export const CONFIRMATION_STEPS: Readonly<Record<number, string>> = {
  2: `
-- Changes that are undone unless somebody confirms them.
CREATE TABLE confirmation (
  id TEXT PRIMARY KEY,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  deadline_ms INTEGER NOT NULL,
  -- 1: it overrode the guard, so that an admin must confirm it.
  forced INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'confirmed', 'undone', 'replaced')),
  decided_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX confirmation_deadline ON confirmation (deadline_ms) WHERE state = 'waiting';

-- The claims that such a change is about. A claim waits for one change at most: the last.
CREATE TABLE confirmation_claim (
  id TEXT NOT NULL REFERENCES confirmation (id) ON DELETE CASCADE,
  family INTEGER NOT NULL,
  address BLOB NOT NULL,
  length INTEGER NOT NULL,
  action TEXT NOT NULL,
  origin TEXT NOT NULL,
  selector TEXT NOT NULL,
  -- Its end once confirmed; 0: no end.
  final_expires_ms INTEGER NOT NULL,
  final_reason TEXT NOT NULL,
  -- JSON of the claim that was there before; empty: none was.
  former TEXT NOT NULL,
  PRIMARY KEY (family, address, length, action, origin, selector)
) STRICT, WITHOUT ROWID;
CREATE INDEX confirmation_claim_id ON confirmation_claim (id);
`,
  8: `
-- What the claim becomes once confirmed, and what it was: as claim-rows.ts keeps all that is no key, in JSON.
ALTER TABLE confirmation_claim ADD COLUMN final TEXT NOT NULL DEFAULT '';
UPDATE confirmation_claim SET
  former = iif(former = '', '', json_object('reason', former ->> 'reason', 'actor', former ->> 'actor',
    'created_ms', former ->> 'createdMs', 'expires_ms', former ->> 'expiresMs', 'monitor', former ->> 'monitor')),
  final = (SELECT json_object('reason', final_reason, 'actor', actor, 'created_ms', created_ms,
    'expires_ms', final_expires_ms, 'monitor', 0) FROM confirmation WHERE confirmation.id = confirmation_claim.id);
ALTER TABLE confirmation_claim DROP COLUMN final_expires_ms;
ALTER TABLE confirmation_claim DROP COLUMN final_reason;
`,
};

/** A claim but for its key, as `columnsOf` makes it. */
const Kept = z.record(z.string(), z.union([z.string(), z.number()]));

/** Those that were decided before, Unix milliseconds. */
export function forgetConfirmations(db: Connection, beforeMs: number): void {
  db.prepare("DELETE FROM confirmation WHERE state <> 'waiting' AND decided_ms < ?").run(beforeMs);
}

/** Of one that is decided no claim waits any more. */
export function saveConfirmation(db: Connection, record: ConfirmationRecord): void {
  const { id, actor, reason, state } = record;
  const times = { created_ms: record.createdMs, deadline_ms: record.deadlineMs, decided_ms: record.decidedMs };
  const row = { id, actor, reason, state, ...times, forced: record.forced ? 1 : 0 };
  db.save('confirmation', 'id', row);
  if (state !== 'waiting') db.prepare('DELETE FROM confirmation_claim WHERE id = ?').run(id);
}

/** Takes the place of another change that waits for the same claim. */
export function saveWaiting(db: Connection, id: string, waiting: Waiting): void {
  const { final, former } = waiting;
  const kept = { final: keptText(final), former: former ? keptText(former) : '' };
  db.save('confirmation_claim', KEY, { id, ...keyColumns(waiting), ...kept });
}

function keptText(claim: Claim): string {
  return JSON.stringify(columnsOf(claim));
}

/** What the claim becomes once confirmed, and what it was. Undefined: it does not wait. */
export function findWaiting(db: Connection, key: ClaimKey): Waiting | undefined {
  const row = db.prepare(`SELECT * FROM confirmation_claim WHERE ${SAME_KEY}`).get(...keyValues(key));
  return row && waitingFromRow(row);
}

/** The claim no longer waits. */
export function dropWaiting(db: Connection, key: ClaimKey): void {
  db.prepare(`DELETE FROM confirmation_claim WHERE ${SAME_KEY}`).run(...keyValues(key));
}

/** Claims of a confirmation that still wait; none once it is decided. */
export function waitingOf(db: Connection, id: string): Waiting[] {
  return db.prepare('SELECT * FROM confirmation_claim WHERE id = ?').all(id).map(waitingFromRow);
}

/** Those whose time is over. */
export function dueConfirmations(db: Connection, nowMs: number, limit: number): ConfirmationRecord[] {
  return db
    .prepare("SELECT * FROM confirmation WHERE state = 'waiting' AND deadline_ms <= ? ORDER BY deadline_ms, id LIMIT ?")
    .all(nowMs, limit)
    .map(confirmationFromRow);
}

/** Those that wait, the first deadline first, each with its claims; without any it is left out. */
export function readConfirmations(db: Connection): Confirmation[] {
  return db
    .prepare("SELECT * FROM confirmation WHERE state = 'waiting' ORDER BY deadline_ms, id")
    .all()
    .map(confirmationFromRow)
    .map(({ state: _state, decidedMs: _decided, ...waiting }) => ({ ...waiting, claims: waitingOf(db, waiting.id) }))
    .filter(({ claims }) => claims.length > 0);
}

/** Decided ones too, until they are forgotten. */
export function findConfirmation(db: Connection, id: string): ConfirmationRecord | undefined {
  const row = db.prepare('SELECT * FROM confirmation WHERE id = ?').get(id);
  return row && confirmationFromRow(row);
}

function waitingFromRow(row: Row): Waiting {
  const { slot, ...key } = keyFromRow(row);
  const claim = (kept: string): Claim => {
    const columns = { ...EMPTY_COLUMNS, ...Kept.parse(JSON.parse(kept)), action: slot };
    return { ...key, ...keptFromRow(columns) };
  };
  const former = text(row, 'former');
  return { ...key, slot, final: claim(text(row, 'final')), former: former === '' ? undefined : claim(former) };
}

function confirmationFromRow(row: Row): ConfirmationRecord {
  const state = text(row, 'state');
  return {
    id: text(row, 'id'),
    actor: text(row, 'actor'),
    reason: text(row, 'reason'),
    createdMs: integer(row, 'created_ms'),
    deadlineMs: integer(row, 'deadline_ms'),
    forced: integer(row, 'forced') !== 0,
    state: state === 'confirmed' || state === 'undone' || state === 'replaced' ? state : 'waiting',
    decidedMs: integer(row, 'decided_ms'),
  };
}
