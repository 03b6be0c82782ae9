// Changes that wait to be confirmed, as rows: which claims wait, what they become, and what was there before.
import { z } from 'zod';
import { formatSelector, parseSelector, type Selector } from '../../../../common/text/selector.ts';
import type { ClaimKey } from '../../../claims/claim.ts';
import type { Confirmation, ConfirmationRecord, Waiting } from '../../../claims/confirmation.ts';
import type { Connection } from '../file/connection.ts';
import { blob, integer, type Row, text } from '../file/rows.ts';
import { actionOf, familyOf, keyParameters } from './claim-rows.ts';

const KEY = 'family = ? AND address = ? AND length = ? AND action = ? AND origin = ? AND selector = ?';

/** What a claim was before; its key is the waiting row's. */
const Former = z.object({
  reason: z.string(),
  actor: z.string(),
  createdMs: z.number(),
  expiresMs: z.number(),
  monitor: z.boolean(),
});

/** Those that were decided before, Unix milliseconds. */
export function forgetConfirmations(db: Connection, beforeMs: number): void {
  db.prepare("DELETE FROM confirmation WHERE state <> 'waiting' AND decided_ms < ?").run(beforeMs);
}

/** Of one that is decided no claim waits any more. */
export function saveConfirmation(db: Connection, record: ConfirmationRecord): void {
  const { id, actor, reason, createdMs, deadlineMs, forced, state, decidedMs } = record;
  db.prepare(
    `INSERT INTO confirmation (id, actor, reason, created_ms, deadline_ms, forced, state, decided_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state, decided_ms = excluded.decided_ms`,
  ).run(id, actor, reason, createdMs, deadlineMs, forced ? 1 : 0, state, decidedMs);
  if (state !== 'waiting') db.prepare('DELETE FROM confirmation_claim WHERE id = ?').run(id);
}

/** Takes the place of another change that waits for the same claim. */
export function saveWaiting(db: Connection, id: string, waiting: Waiting): void {
  const { former } = waiting;
  db.prepare(
    `INSERT INTO confirmation_claim
       (id, family, address, length, action, origin, selector, final_expires_ms, final_reason, former)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET id = excluded.id, final_expires_ms = excluded.final_expires_ms,
       final_reason = excluded.final_reason, former = excluded.former`,
  ).run(
    id,
    ...keyOf(waiting),
    waiting.finalExpiresMs,
    waiting.finalReason,
    former ? JSON.stringify(Former.parse(former)) : '',
  );
}

/** What the claim becomes once confirmed, and what it was. Undefined: it does not wait. */
export function findWaiting(db: Connection, key: ClaimKey): Waiting | undefined {
  const row = db.prepare(`SELECT * FROM confirmation_claim WHERE ${KEY}`).get(...keyOf(key));
  return row && waitingFromRow(row);
}

/** The claim no longer waits. */
export function dropWaiting(db: Connection, key: ClaimKey): void {
  db.prepare(`DELETE FROM confirmation_claim WHERE ${KEY}`).run(...keyOf(key));
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

function keyOf({ prefix, action, origin, selector }: ClaimKey) {
  return [...keyParameters(prefix, action), origin, formatSelector(selector)];
}

function waitingFromRow(row: Row): Waiting {
  const selector: Selector = parseSelector(text(row, 'selector'));
  const key: ClaimKey = {
    prefix: { family: familyOf(integer(row, 'family')), address: blob(row, 'address'), length: integer(row, 'length') },
    action: actionOf(text(row, 'action')),
    origin: text(row, 'origin'),
    selector,
  };
  const former = text(row, 'former');
  return {
    ...key,
    finalExpiresMs: integer(row, 'final_expires_ms'),
    finalReason: text(row, 'final_reason'),
    former: former === '' ? undefined : { ...key, ...Former.parse(JSON.parse(former)) },
  };
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
