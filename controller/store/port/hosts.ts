// What is asked of hosts, of the tokens that enroll them, and of the notes on hosts.
import type { Revision } from '../../../common/revision.ts';
import type { Attribution } from '../../claims/attribution.ts';
import type { HostNote, HostRecord, TokenRecord } from '../records.ts';

/** An enrollment token to be made. Times are Unix milliseconds. */
export interface NewToken {
  readonly id: string;
  readonly secretHash: Uint8Array;
  readonly expiresMs: number;
  readonly maxUses: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly hostName: string;
  /** Default false. See TokenRecord. */
  readonly keepIdentity?: boolean;
  /** Default false. See TokenRecord. */
  readonly onlyLabels?: boolean;
}

/** A host that joins with a token. */
export interface Enrollment {
  readonly tokenId: string;
  readonly secretHash: Uint8Array;
  readonly hostId: string;
  readonly hostName: string;
  /** The token's labels win over these. */
  readonly labels: Readonly<Record<string, string>>;
  /** SHA-256 of the public key: the same key may ask again while the token lives, when the answer was lost. */
  readonly keyHash?: Uint8Array;
  /** Where the call came from, for the audit. */
  readonly from: string;
}

/** Hosts, their enrollment tokens, and notes on hosts. */
export interface HostStore {
  createToken(token: NewToken, by: Attribution): Promise<TokenRecord>;
  listTokens(): Promise<readonly TokenRecord[]>;
  /** @throws FleetblockError NOT_FOUND */
  revokeToken(id: string, by: Attribution): Promise<TokenRecord>;
  /**
   * Consumes one use of the token and makes the host, together; with a token that keeps the identity, the host that is there.
   * @throws FleetblockError UNAUTHENTICATED (unknown, used up, revoked or expired token: one text for all), ALREADY_EXISTS (name).
   */
  enroll(enrollment: Enrollment): Promise<HostRecord>;
  /** Whether that is the secret of a host's or an operator's token, whatever has become of it. Cheap. */
  knowsSecret(tokenId: string, secretHash: Uint8Array): Promise<boolean>;

  /** All, the revoked ones too. */
  hosts(): Promise<readonly HostRecord[]>;
  /** By id. */
  findHost(id: string): Promise<HostRecord | undefined>;
  /** Sets and, with undefined, removes labels. @throws FleetblockError NOT_FOUND */
  labelHost(
    name: string,
    labels: Readonly<Record<string, string | undefined>>,
    by: Attribution,
  ): Promise<{ readonly host: HostRecord; readonly revision: Revision }>;
  /** Its name is free again. @throws FleetblockError NOT_FOUND */
  revokeHost(name: string, by: Attribution): Promise<HostRecord>;

  /** By host id. Hosts of which nothing was saved are not in it. */
  hostNotes(): Promise<ReadonlyMap<string, HostNote>>;
  /** Replaces the notes of these hosts, all or none. No revision, no audit record. */
  saveHostNotes(notes: readonly (readonly [hostId: string, note: HostNote])[]): Promise<void>;
}
