// Hosts, tokens, operators and settings in memory, for tests: IdentityTx over maps.
import type { IdentityTx } from '../../identity/changes/identity-tx.ts';
import type { Setting } from '../port/settings.ts';
import type { ChangeTx } from '../port/transaction.ts';
import type { ApiKeyRecord, HostRecord, OperatorRecord, OperatorTokenRecord, TokenRecord } from '../records.ts';

/** By id, serial, or token and key. */
export class MemoryIdentity {
  readonly #hosts: Map<string, HostRecord>;
  readonly #tokens: Map<string, TokenRecord>;
  readonly #enrolled: Map<string, { readonly tokenId: string; readonly hostId: string }>;
  readonly #operators: Map<string, OperatorRecord>;
  readonly #loginTokens: Map<string, OperatorTokenRecord>;
  readonly #apiKeys: Map<string, ApiKeyRecord>;
  readonly #settings: Map<string, Setting>;

  /** A copy of `from`: later changes of one do not touch the other. */
  constructor(from?: MemoryIdentity) {
    this.#hosts = new Map(from ? from.#hosts : []);
    this.#tokens = new Map(from ? from.#tokens : []);
    this.#enrolled = new Map(from ? from.#enrolled : []);
    this.#operators = new Map(from ? from.#operators : []);
    this.#loginTokens = new Map(from ? from.#loginTokens : []);
    this.#apiKeys = new Map(from ? from.#apiKeys : []);
    this.#settings = new Map(from ? from.#settings : []);
  }

  hosts(): HostRecord[] {
    return [...this.#hosts.values()].sort(byName);
  }

  host(id: string): HostRecord | undefined {
    return this.#hosts.get(id);
  }

  tokens(): TokenRecord[] {
    return [...this.#tokens.values()].sort(byTime);
  }

  operators(): OperatorRecord[] {
    return [...this.#operators.values()].sort(byName);
  }

  loginTokens(): OperatorTokenRecord[] {
    return [...this.#loginTokens.values()].sort(byTime);
  }

  apiKeys(): ApiKeyRecord[] {
    return [...this.#apiKeys.values()].sort(byName);
  }

  settings(kind: string): Setting[] {
    return [...this.#settings.values()].filter((each) => each.kind === kind).sort((a, b) => compare(a.name, b.name));
  }

  /** Unix milliseconds by id. */
  noteUses(uses: ReadonlyMap<string, number>): void {
    for (const [id, usedMs] of uses) {
      const key = this.#apiKeys.get(id);
      if (key) this.#apiKeys.set(id, { ...key, usedMs });
    }
  }

  /** Of a host's or an operator's token. */
  secretHash(tokenId: string): Uint8Array | undefined {
    return (this.#tokens.get(tokenId) ?? this.#loginTokens.get(tokenId))?.secretHash;
  }

  /** Runs as a part of `change`; `hostChanged` is told of every host that is saved. */
  tx(change: ChangeTx, hostChanged: (host: HostRecord) => void): IdentityTx {
    return {
      nowMs: change.nowMs,
      revise: () => change.revise(),
      head: () => change.head(),
      audit: (entry, about) => change.audit(entry, about),
      host: (id) => this.#hosts.get(id),
      liveHost: (name) => this.hosts().find((host) => host.name === name && host.revokedMs === 0),
      saveHost: (host) => {
        this.#hosts.set(host.id, host);
        hostChanged(host);
      },
      token: (id) => this.#tokens.get(id),
      saveToken: (token) => void this.#tokens.set(token.id, token),
      forgetTokens: (beforeMs) => {
        drop(this.#enrolled, ({ tokenId }) => (this.#tokens.get(tokenId)?.expiresMs ?? 0) < beforeMs);
        drop(this.#tokens, ({ expiresMs }) => expiresMs < beforeMs);
      },
      enrolledHost: (tokenId, keyHash) => this.#enrolled.get(keyOf(tokenId, keyHash))?.hostId,
      saveEnrolledKey: (tokenId, keyHash, hostId) =>
        void this.#enrolled.set(keyOf(tokenId, keyHash), { tokenId, hostId }),
      forgetEnrolledKeys: (hostId) => drop(this.#enrolled, (key) => key.hostId === hostId),
      operators: () => this.operators(),
      saveOperator: (operator) => void this.#operators.set(operator.serial, operator),
      forgetOperators: (beforeMs) => drop(this.#operators, ({ expiresMs }) => expiresMs < beforeMs),
      loginToken: (id) => this.#loginTokens.get(id),
      loginTokens: () => this.loginTokens(),
      saveLoginToken: (token) => void this.#loginTokens.set(token.id, token),
      forgetLoginTokens: (byMs) => drop(this.#loginTokens, ({ expiresMs }) => expiresMs <= byMs),
      apiKeys: () => this.apiKeys(),
      saveApiKey: (key) => void this.#apiKeys.set(key.id, key),
      forgetApiKeys: (beforeMs) => drop(this.#apiKeys, ({ expiresMs }) => expiresMs > 0 && expiresMs < beforeMs),
      saveSetting: (setting) => void this.#settings.set(`${setting.kind} ${setting.name}`, { ...setting }),
      deleteSetting: ({ kind, name }) => void this.#settings.delete(`${kind} ${name}`),
    };
  }
}

function drop<T>(map: Map<string, T>, ended: (value: T) => boolean): void {
  for (const [key, value] of map) if (ended(value)) map.delete(key);
}

function keyOf(tokenId: string, keyHash: Uint8Array): string {
  return `${tokenId} ${Buffer.from(keyHash).toString('hex')}`;
}

type Named = HostRecord | OperatorRecord | ApiKeyRecord;

function byName(a: Named, b: Named): number {
  return compare(a.name, b.name) || a.createdMs - b.createdMs;
}

function byTime(a: TokenRecord | OperatorTokenRecord, b: TokenRecord | OperatorTokenRecord): number {
  return a.createdMs - b.createdMs || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
