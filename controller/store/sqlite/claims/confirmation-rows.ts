// Changes that wait to be confirmed, as rows: which claims wait, what they become, and what was there before.
import { z } from 'zod';
import { FleetblockError } from '../../../../common/errors.ts';
import { formatDuration } from '../../../../common/text/duration.ts';
import { formatSelector, parseSelector, type Selector } from '../../../../common/text/selector.ts';
import type { AddClaims } from '../../../claims/change.ts';
import type { Claim, ClaimKey } from '../../../claims/claim.ts';
import type { Confirmation } from '../../../claims/confirm.ts';
import type { Connection } from '../file/connection.ts';
import { blob, integer, type Row, text } from '../file/rows.ts';
import { actionOf, familyOf, keyParameters } from './claim-rows.ts';

/** Decided ones are remembered for so long, so that whoever comes late is told what became of it. Milliseconds. */
const REMEMBERED_MS = 7 * 86_400_000;

const KEY = 'family = ? AND address = ? AND length = ? AND action = ? AND origin = ? AND selector = ?';

/** What a claim was before; its key is the waiting row's. */
const Former = z.object({
  reason: z.string(),
  actor: z.string(),
  createdMs: z.number(),
  expiresMs: z.number(),
  monitor: z.boolean(),
});

/** A claim that waits. */
export interface Waiting extends ClaimKey {
  readonly finalExpiresMs: number;
  readonly finalReason: string;
  readonly former: Claim | undefined;
}

type State = 'waiting' | 'confirmed' | 'undone' | 'replaced';

export interface ConfirmationRow extends Omit<Confirmation, 'claims'> {
  readonly state: State;
  readonly decidedMs: number;
}

export function insertConfirmation(db: Connection, id: string, request: AddClaims, nowMs: number): void {
  db.prepare("DELETE FROM confirmation WHERE state <> 'waiting' AND decided_ms < ?").run(nowMs - REMEMBERED_MS);
  db.prepare(
    `INSERT INTO confirmation (id, actor, reason, created_ms, deadline_ms, forced, state, decided_ms)
     VALUES (?, ?, ?, ?, ?, ?, 'waiting', 0)`,
  ).run(id, request.actor, request.reason, nowMs, request.confirm?.deadlineMs ?? 0, request.forced ? 1 : 0);
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

export function findWaiting(db: Connection, key: ClaimKey): Waiting | undefined {
  const row = db.prepare(`SELECT * FROM confirmation_claim WHERE ${KEY}`).get(...keyOf(key));
  return row && waitingFromRow(row);
}

/** The claim no longer waits. */
export function dropWaiting(db: Connection, key: ClaimKey): void {
  db.prepare(`DELETE FROM confirmation_claim WHERE ${KEY}`).run(...keyOf(key));
}

export function waitingOf(db: Connection, id: string): Waiting[] {
  return db.prepare('SELECT * FROM confirmation_claim WHERE id = ?').all(id).map(waitingFromRow);
}

/** Those whose time is over. */
export function dueConfirmations(db: Connection, nowMs: number, limit: number): ConfirmationRow[] {
  return db
    .prepare("SELECT * FROM confirmation WHERE state = 'waiting' AND deadline_ms <= ? ORDER BY deadline_ms, id LIMIT ?")
    .all(nowMs, limit)
    .map(confirmationFromRow);
}

export function decide(db: Connection, id: string, state: State, nowMs: number): void {
  db.prepare('UPDATE confirmation SET state = ?, decided_ms = ? WHERE id = ?').run(state, nowMs, id);
  db.prepare('DELETE FROM confirmation_claim WHERE id = ?').run(id);
}

export function readConfirmations(db: Connection): Confirmation[] {
  return db
    .prepare("SELECT * FROM confirmation WHERE state = 'waiting' ORDER BY deadline_ms, id")
    .all()
    .map(confirmationFromRow)
    .map(({ state: _state, decidedMs: _decided, ...waiting }) => ({ ...waiting, claims: waitingOf(db, waiting.id) }))
    .filter(({ claims }) => claims.length > 0);
}

/** @throws FleetblockError NOT_FOUND, FAILED_PRECONDITION: it no longer waits, with what became of it */
export function confirmable(db: Connection, id: string, nowMs: number): ConfirmationRow {
  const row = db.prepare('SELECT * FROM confirmation WHERE id = ?').get(id);
  if (!row)
    throw new FleetblockError(
      'NOT_FOUND',
      `nothing waits to be confirmed as ${JSON.stringify(id.slice(0, 40))}: see fleetblock confirm`,
    );
  const found = confirmationFromRow(row);
  const ago = (ms: number) => `${formatDuration(Math.max(0, nowMs - ms))} ago`;
  if (found.state === 'confirmed')
    throw new FleetblockError('FAILED_PRECONDITION', `${id} was confirmed already, ${ago(found.decidedMs)}`);
  if (found.state === 'undone' || (found.state === 'waiting' && found.deadlineMs <= nowMs))
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `too late: ${id} was undone ${ago(found.deadlineMs)}, as nobody had confirmed it: make the change again`,
    );
  if (found.state === 'replaced' || waitingOf(db, id).length === 0)
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `nothing of ${id} is left to confirm: its prefixes were unblocked, or a later change of them waits: see fleetblock confirm`,
    );
  return found;
}

/** The time that was asked for: some milliseconds of it have passed on the way to the store. */
export function roundedDuration(ms: number): string {
  return formatDuration(Math.max(1000, Math.round(ms / 1000) * 1000));
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

function confirmationFromRow(row: Row): ConfirmationRow {
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
