// Tokens by which people and programs get their first certificate.
import { FleetblockError } from '../../../common/errors.ts';
import type { Attribution } from '../../claims/attribution.ts';
import type { NewOperatorToken, UseOperatorToken } from '../../store/port/operators.ts';
import type { OperatorTokenRecord } from '../../store/records.ts';
import { type IdentityTx, sameHash } from './identity-tx.ts';

/** Forgets the login tokens that have ended, too. */
export function createLoginToken(tx: IdentityTx, token: NewOperatorToken, by: Attribution): void {
  tx.forgetLoginTokens(tx.nowMs);
  const { actor } = by;
  tx.saveLoginToken({ ...token, actor, createdMs: tx.nowMs, usedFor: undefined, serial: '', chain: '', revokedMs: 0 });
  tx.audit({ ...by, verb: 'operator.token', subject: `${token.id} for ${token.name} (${token.role})` });
}

/**
 * Takes the token for a key. @returns with `chain` when that key has its certificate already: what is asked again is answered again,
 * and nothing is signed again. One text for every failure: a guesser learns nothing.
 */
export function useLoginToken(tx: IdentityTx, { id, secretHash, keyHash }: UseOperatorToken): OperatorTokenRecord {
  const token = tx.loginToken(id);
  if (
    !token ||
    !sameHash(token.secretHash, secretHash) ||
    token.expiresMs <= tx.nowMs ||
    token.revokedMs !== 0 ||
    (token.usedFor && !sameHash(token.usedFor, keyHash)) ||
    !stands(tx, token.serial)
  )
    throw refused();
  tx.saveLoginToken({ ...token, usedFor: keyHash });
  return token;
}

/** One that is not revoked. @throws FleetblockError UNAUTHENTICATED */
export function findLoginToken(tx: IdentityTx, id: string): OperatorTokenRecord {
  const token = tx.loginToken(id);
  if (token?.revokedMs !== 0) throw refused();
  return token;
}

/** @throws FleetblockError NOT_FOUND */
export function revokeLoginToken(tx: IdentityTx, id: string, by: Attribution): OperatorTokenRecord {
  const token = tx.loginToken(id);
  if (!token)
    throw new FleetblockError(
      'NOT_FOUND',
      `there is no login token ${JSON.stringify(id)}: see fleetblock operator tokens`,
    );
  return token.revokedMs === 0 ? revoke(tx, token, by) : token;
}

/** Those that could still bring back what is revoked, used ones too. */
export function revokeLoginTokens(
  tx: IdentityTx,
  meant: (token: OperatorTokenRecord) => boolean,
  by: Attribution,
): OperatorTokenRecord[] {
  return tx
    .loginTokens()
    .filter((token) => token.revokedMs === 0 && token.expiresMs > tx.nowMs && meant(token))
    .map((token) => revoke(tx, token, by));
}

function revoke(tx: IdentityTx, token: OperatorTokenRecord, by: Attribution): OperatorTokenRecord {
  const revoked = { ...token, revokedMs: tx.nowMs };
  tx.saveLoginToken(revoked);
  tx.audit({ ...by, verb: 'operator.token.revoke', subject: `${token.id} for ${token.name} (${token.role})` });
  return revoked;
}

/** False when the certificate that was made for a token was revoked: by its serial, or with a store that was restored. */
function stands(tx: IdentityTx, serial: string): boolean {
  return serial === '' || tx.operators().some((operator) => operator.serial === serial && operator.revokedMs === 0);
}

function refused(): FleetblockError {
  return new FleetblockError(
    'UNAUTHENTICATED',
    'the token is unknown, used, revoked or expired: have a new one made with fleetblock operator token',
  );
}
