// API keys in memory, so that every call can be checked without a read of the store. When a key was used last goes to the store
// once a minute.
import { messageOf } from '../../../common/errors.ts';
import type { Logger } from '../../../common/logger.ts';
import { parseApiKey } from '../../../common/text/token.ts';
import type { Clock } from '../../../common/time/clock.ts';
import type { Attribution } from '../../claims/attribution.ts';
import type { ApiKeyStore, NewApiKey } from '../../store/port/api-keys.ts';
import type { ApiKeyRecord } from '../../store/records.ts';
import { isGood } from '../changes/api-keys.ts';
import { sameHash } from '../changes/identity-tx.ts';
import { sha256 } from '../identity.ts';

/** `onRevoked` is called after each revocation, so that open calls can be checked. */
export interface ApiKeysDeps {
  readonly store: ApiKeyStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onRevoked: () => void;
}

/** How often uses are saved, milliseconds. */
const SAVE_MS = 60_000;

/** Compared with where no key has that id: the answer takes as long. */
const NO_HASH = sha256(new Uint8Array(32));

/** Changes go through it to the store: memory follows once they are durable. */
export class ApiKeys {
  readonly #deps: ApiKeysDeps;
  readonly #byId: Map<string, ApiKeyRecord>;
  /** Unix milliseconds by id, not saved yet. */
  #uses = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  private constructor(deps: ApiKeysDeps, records: readonly ApiKeyRecord[]) {
    this.#deps = deps;
    this.#byId = new Map(records.map((record) => [record.id, record]));
    this.#timer = setInterval(() => void this.#save(), SAVE_MS).unref();
  }

  static async load(deps: ApiKeysDeps): Promise<ApiKeys> {
    return new ApiKeys(deps, await deps.store.apiKeys());
  }

  /** The key whose secret a text has, good or not; undefined: there is none. Takes as long wherever a secret differs. */
  find(text: string): ApiKeyRecord | undefined {
    const key = parseApiKey(text);
    if (!key) return undefined;
    const record = this.#byId.get(key.id);
    return sameHash(sha256(key.secret), record?.secretHash ?? NO_HASH) ? record : undefined;
  }

  /** Whether calls with this key are served now. */
  mayCall(id: string): boolean {
    const record = this.#byId.get(id);
    return record !== undefined && isGood(record, this.#deps.clock.wallMs());
  }

  /** It was used now. */
  used(id: string): void {
    this.#uses.set(id, this.#deps.clock.wallMs());
  }

  /** By name, the ones that ended too. */
  async list(): Promise<ApiKeyRecord[]> {
    const records = await this.#deps.store.apiKeys();
    return records.map((record) => ({ ...record, usedMs: this.#uses.get(record.id) ?? record.usedMs }));
  }

  /** See Store.createApiKey. */
  async create(key: NewApiKey, by: Attribution): Promise<ApiKeyRecord> {
    const record = await this.#deps.store.createApiKey(key, by);
    this.#byId.set(record.id, record);
    return record;
  }

  /** See Store.revokeApiKey. */
  async revoke(name: string, by: Attribution): Promise<ApiKeyRecord> {
    const record = await this.#deps.store.revokeApiKey(name, by);
    this.#byId.set(record.id, record);
    this.#deps.onRevoked();
    return record;
  }

  /** Saves what is not saved yet. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#save();
  }

  async #save(): Promise<void> {
    if (this.#uses.size === 0) return;
    const uses = this.#uses;
    this.#uses = new Map();
    try {
      await this.#deps.store.saveApiKeyUses(uses);
    } catch (error) {
      this.#uses = new Map([...uses, ...this.#uses]);
      this.#deps.log.warn({ reason: messageOf(error) }, 'when API keys were used could not be saved');
    }
  }
}
