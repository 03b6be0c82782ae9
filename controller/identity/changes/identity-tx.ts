// What changes of hosts, tokens, operators and settings need of a transaction: look-ups by key, and records to save whole. It answers at
// once: an implementation whose database is remote reads ahead.
import { timingSafeEqual } from 'node:crypto';
import type { Setting } from '../../store/port/settings.ts';
import type { ChangeTx } from '../../store/port/transaction.ts';
import type {
  ApiKeyRecord,
  HostRecord,
  OperatorRecord,
  OperatorTokenRecord,
  TokenRecord,
} from '../../store/records.ts';

/** "Save" adds a record, or replaces the one of the same id (or serial). */
export interface IdentityTx extends ChangeTx {
  host(id: string): HostRecord | undefined;
  /** The one of that name that is not revoked. */
  liveHost(name: string): HostRecord | undefined;
  /** Followers get it with the revision. */
  saveHost(host: HostRecord): void;

  token(id: string): TokenRecord | undefined;
  saveToken(token: TokenRecord): void;
  /** Tokens that ended before then (Unix milliseconds), and which keys they enrolled. */
  forgetTokens(beforeMs: number): void;
  /** Id of the host that this token enrolled for a key. */
  enrolledHost(tokenId: string, keyHash: Uint8Array): string | undefined;
  saveEnrolledKey(tokenId: string, keyHash: Uint8Array, hostId: string): void;
  forgetEnrolledKeys(hostId: string): void;

  /** All, the revoked ones too. */
  operators(): readonly OperatorRecord[];
  saveOperator(operator: OperatorRecord): void;
  /** Certificates that ended before then, Unix milliseconds. */
  forgetOperators(beforeMs: number): void;

  loginToken(id: string): OperatorTokenRecord | undefined;
  /** All, used and revoked ones too. */
  loginTokens(): readonly OperatorTokenRecord[];
  saveLoginToken(token: OperatorTokenRecord): void;
  /** Login tokens that ended by then, Unix milliseconds. */
  forgetLoginTokens(byMs: number): void;

  /** By name, the ones that ended too. */
  apiKeys(): readonly ApiKeyRecord[];
  saveApiKey(key: ApiKeyRecord): void;
  /** Keys that were revoked or expired before then, Unix milliseconds. */
  forgetApiKeys(beforeMs: number): void;

  saveSetting(setting: Setting): void;
  /** Nothing happens when it is not there. */
  deleteSetting(setting: Pick<Setting, 'kind' | 'name'>): void;
}

/** Compares hashes in a time that says nothing of where they differ. */
export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
