// Operators' certificates as rows: who may use the controller, since when, and until somebody took it away.
import { FleetblockError } from '../../../../common/errors.ts';
import type { Attribution } from '../../../claims/attribution.ts';
import type { NewOperator, RevokeOperators } from '../../port/operators.ts';
import type { OperatorRecord, RevokedOperators } from '../../records.ts';
import type { Connection } from '../file/connection.ts';
import { integer, type Row, text } from '../file/rows.ts';
import type { Transaction } from '../transaction.ts';
import { revokeOf, revokeOfSerial } from './operator-tokens.ts';

/** Certificates that ended longer ago are forgotten: the audit remembers them. */
const KEPT_MS = 30 * 86_400_000;

function operatorFromRow(row: Row): OperatorRecord {
  const role = text(row, 'role');
  return {
    name: text(row, 'name'),
    role: role === 'admin' || role === 'operator' ? role : 'viewer',
    serial: text(row, 'serial'),
    sinceMs: integer(row, 'since_ms'),
    createdMs: integer(row, 'created_ms'),
    expiresMs: integer(row, 'expires_ms'),
    revokedMs: integer(row, 'revoked_ms'),
  };
}

export function readOperators(db: Connection): OperatorRecord[] {
  return db.prepare('SELECT * FROM operator ORDER BY name, created_ms').all().map(operatorFromRow);
}

export function addOperator(tx: Transaction, operator: NewOperator, by: Attribution): OperatorRecord {
  const { serial, name, role, expiresMs, renews } = operator;
  const renewed = renews === undefined ? undefined : live(tx, renews);
  tx.db.prepare('DELETE FROM operator WHERE expires_ms < ?').run(tx.nowMs - KEPT_MS);
  const sinceMs = renewed?.sinceMs ?? tx.nowMs;
  tx.db
    .prepare(
      'INSERT INTO operator (serial, name, role, since_ms, created_ms, expires_ms, revoked_ms) VALUES (?, ?, ?, ?, ?, ?, 0)',
    )
    .run(serial, name, role, sinceMs, tx.nowMs, expiresMs);
  tx.audit({
    ...by,
    verb: renewed ? 'operator.renew' : 'operator.add',
    subject: `${name} (${role}, serial ${serial})`,
  });
  return { name, role, serial, sinceMs, createdMs: tx.nowMs, expiresMs, revokedMs: 0 };
}

/** The one that is renewed, unless it was revoked since its holder was let in. */
function live(tx: Transaction, serial: string): OperatorRecord {
  const row = tx.db.prepare('SELECT * FROM operator WHERE serial = ? AND revoked_ms = 0').get(serial);
  if (!row) throw new FleetblockError('UNAUTHENTICATED', 'the certificate to be renewed was revoked');
  return operatorFromRow(row);
}

/**
 * Certificates that live: of a name, or one with all that renewed it or that it renewed, as whoever has it has those. With them the
 * login tokens that could bring them back.
 */
export function revokeOperators(tx: Transaction, which: RevokeOperators, by: Attribution): RevokedOperators {
  const all = readOperators(tx.db);
  const asked = 'serial' in which ? all.find(({ serial }) => serial === which.serial) : undefined;
  const meant = all.filter((each) => ('name' in which ? each.name === which.name : asked && isRenewalOf(each, asked)));
  const lives = ({ revokedMs, expiresMs }: OperatorRecord) => revokedMs === 0 && expiresMs > tx.nowMs;
  const alive = all.filter(lives);
  const chosen = meant.filter(lives);
  const admins = (records: readonly OperatorRecord[]) => records.filter(({ role }) => role === 'admin').length;
  if (admins(chosen) > 0 && admins(chosen) === admins(alive) && !which.lastAdmin)
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      'that would leave no admin who could use the controller: make another one first, or say --last-admin (fleetblock-controller credentials makes new ones on its machine)',
    );
  const tokens =
    'name' in which ? revokeOf(tx, which.name, by) : meant.flatMap(({ serial }) => revokeOfSerial(tx, serial, by));
  if (chosen.length === 0 && tokens.length === 0)
    throw new FleetblockError('NOT_FOUND', 'no such certificate is valid now: see fleetblock operator list');
  const revoked = chosen.map((operator) => {
    tx.db.prepare('UPDATE operator SET revoked_ms = ? WHERE serial = ?').run(tx.nowMs, operator.serial);
    tx.audit({ ...by, verb: 'operator.revoke', subject: `${operator.name} (serial ${operator.serial})` });
    return { ...operator, revokedMs: tx.nowMs };
  });
  return { operators: revoked, tokens };
}

/** Renewals keep the time at which somebody made the first. */
function isRenewalOf(a: OperatorRecord, b: OperatorRecord): boolean {
  return a.name === b.name && a.role === b.role && a.sinceMs === b.sinceMs;
}
