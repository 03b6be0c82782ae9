// Keys by which programs call the HTTP API: made and revoked.
import { FleetblockError } from '../../../common/errors.ts';
import type { Attribution } from '../../claims/attribution.ts';
import type { NewApiKey } from '../../store/port/api-keys.ts';
import type { ApiKeyRecord } from '../../store/records.ts';
import type { IdentityTx } from './identity-tx.ts';

/** Keys that expired longer ago are forgotten, milliseconds: the audit remembers them. */
const KEPT_MS = 30 * 86_400_000;
/** Keys that are good at once. */
const MAX_KEYS = 1000;

/** Whether calls with it are served at that time, Unix milliseconds. */
export function isGood({ revokedMs, expiresMs }: ApiKeyRecord, nowMs: number): boolean {
  return revokedMs === 0 && (expiresMs === 0 || nowMs < expiresMs);
}

/** @throws FleetblockError ALREADY_EXISTS (name), RESOURCE_EXHAUSTED (too many keys) */
export function createApiKey(tx: IdentityTx, key: NewApiKey, by: Attribution): ApiKeyRecord {
  tx.forgetApiKeys(tx.nowMs - KEPT_MS);
  const good = tx.apiKeys().filter((each) => isGood(each, tx.nowMs));
  if (good.some(({ name }) => name === key.name))
    throw new FleetblockError(
      'ALREADY_EXISTS',
      `there is an API key ${key.name} already: choose another name, or revoke that one first`,
    );
  if (good.length >= MAX_KEYS)
    throw new FleetblockError('RESOURCE_EXHAUSTED', `there are ${MAX_KEYS} API keys: revoke those that are not used`);
  const record = { ...key, actor: by.actor, createdMs: tx.nowMs, revokedMs: 0, usedMs: 0 };
  tx.saveApiKey(record);
  tx.audit({ ...by, verb: 'apikey.create', subject: describe(record) });
  return record;
}

/** @throws FleetblockError NOT_FOUND: no key of that name is good */
export function revokeApiKey(tx: IdentityTx, name: string, by: Attribution): ApiKeyRecord {
  const key = tx.apiKeys().find((each) => each.name === name && isGood(each, tx.nowMs));
  if (!key)
    throw new FleetblockError(
      'NOT_FOUND',
      `there is no API key ${JSON.stringify(name.slice(0, 80))} that could be revoked: see fleetblock apikey list`,
    );
  const revoked = { ...key, revokedMs: tx.nowMs };
  tx.saveApiKey(revoked);
  tx.audit({ ...by, verb: 'apikey.revoke', subject: describe(key) });
  return revoked;
}

function describe({ name, role, origin, id }: ApiKeyRecord): string {
  return `${name} (${role}${origin && `, origin ${origin}`}, id ${id})`;
}
