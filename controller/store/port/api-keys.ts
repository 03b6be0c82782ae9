// What is asked of API keys.
import type { Attribution } from '../../claims/attribution.ts';
import type { ApiKeyRecord } from '../records.ts';

/** A key to be made. */
export type NewApiKey = Pick<ApiKeyRecord, 'id' | 'name' | 'role' | 'origin' | 'secretHash' | 'expiresMs'>;

/** Keys of the HTTP API. */
export interface ApiKeyStore {
  /** Forgets keys that ended long ago, too. @throws FleetblockError ALREADY_EXISTS (name), RESOURCE_EXHAUSTED (too many keys) */
  createApiKey(key: NewApiKey, by: Attribution): Promise<ApiKeyRecord>;
  /** @throws FleetblockError NOT_FOUND: no key of that name is good */
  revokeApiKey(name: string, by: Attribution): Promise<ApiKeyRecord>;
  /** By name, the ones that ended too. */
  apiKeys(): Promise<readonly ApiKeyRecord[]>;
  /** Notes when keys were used last: Unix milliseconds by id. No revision, no audit record. */
  saveApiKeyUses(uses: ReadonlyMap<string, number>): Promise<void>;
}
