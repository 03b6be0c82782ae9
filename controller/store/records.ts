import type { Revision } from '../../common/revision.ts';

/** A host that was enrolled, kept after it is revoked. Times are Unix milliseconds. */
export interface HostRecord {
  /** UUID, in the host's certificate. */
  readonly id: string;
  /** Unique among hosts that are not revoked. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdMs: number;
  /** 0: not revoked. */
  readonly revokedMs: number;
  /** When it was enrolled last: certificates that were issued before are refused. */
  readonly identitySinceMs: number;
  /** Goes up with every enrollment of the same host: certificates carry it, and those of another one are refused. */
  readonly generation: number;
  /** Revision of the last change of its labels: what it held before may be another view. */
  readonly labelsRevision: Revision;
}

/** A token that enrolls hosts. Times are Unix milliseconds. */
export interface TokenRecord {
  readonly id: string;
  /** SHA-256 of the secret. */
  readonly secretHash: Uint8Array;
  readonly actor: string;
  readonly createdMs: number;
  readonly expiresMs: number;
  readonly maxUses: number;
  readonly uses: number;
  /** Every host enrolled with it gets them. */
  readonly labels: Readonly<Record<string, string>>;
  /** The only host name that it enrolls; empty: any. */
  readonly hostName: string;
  /** The host of that name is there already and keeps its id: its certificates so far are refused from then on. */
  readonly keepIdentity: boolean;
  /** Hosts get `labels` alone, and none that they ask for. */
  readonly onlyLabels: boolean;
  /** 0: not revoked. */
  readonly revokedMs: number;
}

/** A person's or a program's certificate. */
export interface OperatorRecord {
  readonly name: string;
  readonly role: 'viewer' | 'operator' | 'admin';
  /** Hexadecimal serial number of the certificate. */
  readonly serial: string;
  /** When an admin or a login token made the certificate that this one was renewed from. */
  readonly sinceMs: number;
  readonly createdMs: number;
  readonly expiresMs: number;
  /** 0: not revoked. */
  readonly revokedMs: number;
}

/** What a revocation ended. */
export interface RevokedOperators {
  readonly operators: readonly OperatorRecord[];
  readonly tokens: readonly OperatorTokenRecord[];
}

/** What was done, by whom, and why. Its hash is kept beside it (audit-chain.ts). */
export interface AuditRecord {
  /** Grows by one per record. */
  readonly sequence: number;
  /** Unix milliseconds. */
  readonly atMs: number;
  /** `admin/alice`, `agent/<uuid>`, `system`. */
  readonly actor: string;
  /** One of AUDIT_VERBS, or what an earlier version wrote. */
  readonly verb: string;
  /** What it was done to, for people: prefixes, a host, a token id. Never a secret. */
  readonly subject: string;
  readonly reason: string;
  /** The revision that it made, or that a result is about; 0 when it changed nothing that hosts see. */
  readonly revision: Revision;
  /** Address and port of the caller; empty: the controller itself. */
  readonly from: string;
}

/** What a look at the whole chain of the audit found. */
export interface AuditVerdict {
  /** Records that follow from one another, from the first one on. */
  readonly records: number;
  /** Hash of the last of them, SHA-256: to be kept elsewhere and compared. */
  readonly head: Uint8Array;
  /** Sequence number of the first record that does not; undefined: the chain is whole. */
  readonly brokenAt: number | undefined;
}

/** A person or program that may fetch a certificate once. */
export interface OperatorTokenRecord {
  readonly id: string;
  /** SHA-256 of the secret. */
  readonly secretHash: Uint8Array;
  readonly name: string;
  readonly role: OperatorRecord['role'];
  /** Who made it. */
  readonly actor: string;
  readonly createdMs: number;
  readonly expiresMs: number;
  /** Life of the certificate, milliseconds. */
  readonly ttlMs: number;
  /** SHA-256 of the public key that took it; undefined: none has. */
  readonly usedFor: Uint8Array | undefined;
  /** Of the certificate that it was used for; empty: of none. */
  readonly serial: string;
  /** That certificate and its issuer, PEM. */
  readonly chain: string;
  /** 0: not revoked. */
  readonly revokedMs: number;
}

/** A key by which a program calls the HTTP API. Times are Unix milliseconds. */
export interface ApiKeyRecord {
  /** Public part of the key. */
  readonly id: string;
  /** Unique among keys that are good. */
  readonly name: string;
  readonly role: 'viewer' | 'operator';
  /** The only origin whose claims it may change; empty: any. */
  readonly origin: string;
  /** SHA-256 of the secret part. */
  readonly secretHash: Uint8Array;
  /** Who made it. */
  readonly actor: string;
  readonly createdMs: number;
  /** 0: no end. */
  readonly expiresMs: number;
  /** 0: not revoked. */
  readonly revokedMs: number;
  /** To the minute; 0: never used. */
  readonly usedMs: number;
}

/** Where an agent ran when it last said hello. Empty texts: not known. */
export interface Place {
  readonly bootId: string;
  /** Inode of its network namespace, decimal; 0: not known. */
  readonly network: string;
  /** Hashes, hexadecimal: a machine is the same while one of them stays. */
  readonly machine: readonly string[];
}

/** What a controller must know of a host after a restart. Saving it makes no revision and no audit record. */
export interface HostNote {
  /** Of the newest session key that the host has kept; 0: none. */
  sessionSerial: number;
  /** Why its identity is not believed; empty: it is. */
  duplicate: string;
  place: Place;
  /** Its last known facts, as JSON has them. */
  seen: unknown;
}
