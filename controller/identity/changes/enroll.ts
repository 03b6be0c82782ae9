// Enrollment tokens, and the hosts that join with them.
import { FleetblockError } from '../../../common/errors.ts';
import type { Attribution } from '../../claims/attribution.ts';
import type { Enrollment, NewToken } from '../../store/port/hosts.ts';
import type { HostRecord, TokenRecord } from '../../store/records.ts';
import { findLiveHost, sorted } from './hosts.ts';
import { type IdentityTx, sameHash } from './identity-tx.ts';

/** Tokens that ended longer ago are forgotten, milliseconds: the audit remembers them, and an unknown token enrolls no host. */
const TOKEN_KEPT_MS = 30 * 86_400_000;

/** @throws FleetblockError NOT_FOUND: a token that keeps an identity names a host that is not there */
export function createToken(tx: IdentityTx, token: NewToken, by: Attribution): TokenRecord {
  const { keepIdentity = false, onlyLabels = false } = token;
  if (keepIdentity) findLiveHost(tx, token.hostName);
  tx.forgetTokens(tx.nowMs - TOKEN_KEPT_MS);
  const made = { actor: by.actor, createdMs: tx.nowMs, uses: 0, revokedMs: 0 };
  const record: TokenRecord = { ...token, keepIdentity, onlyLabels, ...made };
  tx.saveToken(record);
  const subject = record.hostName ? `${record.id} for ${record.hostName}` : record.id;
  tx.audit({ ...by, verb: 'token.create', subject });
  return record;
}

/** @throws FleetblockError NOT_FOUND */
export function revokeToken(tx: IdentityTx, id: string, by: Attribution): TokenRecord {
  const token = tx.token(id);
  if (!token)
    throw new FleetblockError('NOT_FOUND', `there is no token ${JSON.stringify(id)}: see fleetblock token list`);
  if (token.revokedMs !== 0) return token;
  const revoked = { ...token, revokedMs: tx.nowMs };
  tx.saveToken(revoked);
  tx.audit({ ...by, verb: 'token.revoke', subject: id });
  return revoked;
}

/** See HostStore.enroll. */
export function enroll(tx: IdentityTx, enrollment: Enrollment): HostRecord {
  const token = checkToken(tx, enrollment);
  const repeated = enrolledBefore(tx, token, enrollment);
  if (repeated) return repeated;
  if (token.uses >= token.maxUses) throw tokenRefused();
  tx.saveToken({ ...token, uses: token.uses + 1 });
  const host = token.keepIdentity ? enrollAgain(tx, enrollment) : enrollNew(tx, token, enrollment);
  tx.saveHost(host);
  if (enrollment.keyHash) tx.saveEnrolledKey(token.id, enrollment.keyHash, host.id);
  tx.audit({
    actor: `token/${token.id}`,
    verb: token.keepIdentity ? 'enroll.again' : 'enroll',
    subject: `${host.name} (${host.id}) from ${enrollment.from}`,
    reason: '',
  });
  return host;
}

/** One text for every failure: a guesser learns nothing. Uses are counted by `enroll`. */
function checkToken(tx: IdentityTx, { tokenId, secretHash, hostName }: Enrollment): TokenRecord {
  const token = tx.token(tokenId);
  if (!token || !sameHash(token.secretHash, secretHash) || token.revokedMs !== 0 || token.expiresMs <= tx.nowMs)
    throw tokenRefused();
  if (token.hostName !== '' && token.hostName !== hostName)
    throw new FleetblockError('PERMISSION_DENIED', 'the token is for a host of another name: see --name');
  return token;
}

/** The answer was lost: the holder of the secret and that key gets it again. Only the same host, of the same name. */
function enrolledBefore(tx: IdentityTx, token: TokenRecord, { keyHash, hostName }: Enrollment): HostRecord | undefined {
  const id = keyHash && tx.enrolledHost(token.id, keyHash);
  const host = id === undefined ? undefined : tx.host(id);
  return host && host.revokedMs === 0 && host.name === hostName ? host : undefined;
}

/** The host that is there, for a machine that lost its certificate or was set up again. */
function enrollAgain(tx: IdentityTx, { hostName }: Enrollment): HostRecord {
  const before = findLiveHost(tx, hostName);
  tx.revise();
  // This enrollment locks out the holder of the token and key of an earlier one.
  tx.forgetEnrolledKeys(before.id);
  return { ...before, identitySinceMs: tx.nowMs, generation: before.generation + 1 };
}

function enrollNew(tx: IdentityTx, token: TokenRecord, { hostId, hostName, labels }: Enrollment): HostRecord {
  if (tx.liveHost(hostName))
    throw new FleetblockError(
      'ALREADY_EXISTS',
      `there is a host ${JSON.stringify(hostName)} already: choose another --name, run fleetblock host revoke ${hostName} first, or have a token made that keeps its identity`,
    );
  return {
    id: hostId,
    name: hostName,
    labels: sorted({ ...(token.onlyLabels ? {} : labels), ...token.labels }),
    createdMs: tx.nowMs,
    revokedMs: 0,
    identitySinceMs: tx.nowMs,
    generation: 0,
    labelsRevision: tx.revise(),
  };
}

function tokenRefused(): FleetblockError {
  return new FleetblockError(
    'UNAUTHENTICATED',
    'the token is unknown, used up, revoked or expired: make a new one with fleetblock token create',
  );
}
