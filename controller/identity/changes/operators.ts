// Operators' certificates: who may use the controller, since when, and until when.
import { FleetblockError } from '../../../common/errors.ts';
import type { Attribution } from '../../claims/attribution.ts';
import type { LoggedIn, NewOperator, RevokeOperators } from '../../store/port/operators.ts';
import type { OperatorRecord, RevokedOperators } from '../../store/records.ts';
import type { IdentityTx } from './identity-tx.ts';
import { findLoginToken, revokeLoginTokens } from './login-tokens.ts';

/** Certificates that ended longer ago are forgotten, milliseconds: the audit remembers them. */
const KEPT_MS = 30 * 86_400_000;

/** @throws FleetblockError UNAUTHENTICATED: the one that it renews was revoked since its holder was let in */
export function addOperator(tx: IdentityTx, operator: NewOperator, by: Attribution): OperatorRecord {
  const { renews, ...certificate } = operator;
  const renewed = tx.operators().find(({ serial, revokedMs }) => serial === renews && revokedMs === 0);
  if (renews !== undefined && !renewed)
    throw new FleetblockError('UNAUTHENTICATED', 'the certificate to be renewed was revoked');
  tx.forgetOperators(tx.nowMs - KEPT_MS);
  const record = { ...certificate, sinceMs: renewed?.sinceMs ?? tx.nowMs, createdMs: tx.nowMs, revokedMs: 0 };
  tx.saveOperator(record);
  tx.audit({
    ...by,
    verb: renewed ? 'operator.renew' : 'operator.add',
    subject: `${record.name} (${record.role}, serial ${record.serial})`,
  });
  return record;
}

/**
 * The end of a login: the certificate and what its token says of it.
 * @returns the chain that counts: the one given, or the one that the same key was given by a call at the same time
 * @throws FleetblockError UNAUTHENTICATED: the token was revoked meanwhile
 */
export function logIn(
  tx: IdentityTx,
  tokenId: string,
  operator: NewOperator,
  chain: string,
  by: Attribution,
): LoggedIn {
  const token = findLoginToken(tx, tokenId);
  if (token.chain !== '') return { chain: token.chain };
  const record = addOperator(tx, operator, by);
  tx.saveLoginToken({ ...token, chain, serial: operator.serial });
  return { chain, record };
}

/**
 * Certificates that live: of a name, or one with all that renewed it or that it renewed, as the holder of one has the others. With them the
 * login tokens that could bring them back.
 * @throws FleetblockError NOT_FOUND, FAILED_PRECONDITION: no admin would be left
 */
export function revokeOperators(tx: IdentityTx, which: RevokeOperators, by: Attribution): RevokedOperators {
  const all = tx.operators();
  const asked = 'serial' in which ? all.find(({ serial }) => serial === which.serial) : undefined;
  const meant = all.filter((each) => ('name' in which ? each.name === which.name : asked && isRenewalOf(each, asked)));
  const lives = ({ revokedMs, expiresMs }: OperatorRecord) => revokedMs === 0 && expiresMs > tx.nowMs;
  const chosen = meant.filter(lives);
  const admins = (records: readonly OperatorRecord[]) => records.filter(({ role }) => role === 'admin').length;
  if (admins(chosen) > 0 && admins(chosen) === admins(all.filter(lives)) && !which.lastAdmin)
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      'that would leave no admin who could use the controller: make another one first, or say --last-admin (fleetblock-controller credentials makes new ones on its machine)',
    );
  const serials = new Set(meant.map(({ serial }) => serial));
  const tokens = revokeLoginTokens(
    tx,
    (token) => ('name' in which ? token.name === which.name : serials.has(token.serial)),
    by,
  );
  if (chosen.length === 0 && tokens.length === 0)
    throw new FleetblockError('NOT_FOUND', 'no such certificate is valid now: see fleetblock operator list');
  const operators = chosen.map((operator) => {
    const revoked = { ...operator, revokedMs: tx.nowMs };
    tx.saveOperator(revoked);
    tx.audit({ ...by, verb: 'operator.revoke', subject: `${operator.name} (serial ${operator.serial})` });
    return revoked;
  });
  return { operators, tokens };
}

/** Renewals keep the time at which the first was made. */
function isRenewalOf(a: OperatorRecord, b: OperatorRecord): boolean {
  return a.name === b.name && a.role === b.role && a.sinceMs === b.sinceMs;
}
