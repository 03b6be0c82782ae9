// The store's interface: what the controller knows for good. The embedded implementation is sqlite/; the shape fits etcd too:
// one ordered revision, bounded transactions, reads of the present state, and following from a revision.
import type { AuditVerb } from '../../common/audit-verbs.ts';
import type { PackedEntries } from '../../common/entries/packed.ts';
import type { Revision } from '../../common/revision.ts';
import type { Prefix } from '../../common/text/prefix.ts';
import type { Selector } from '../../common/text/selector.ts';
import type {
  Attribution,
  AuditRecord,
  AuditVerdict,
  Claim,
  ClaimAction,
  Confirmation,
  HostNote,
  HostRecord,
  LayerChange,
  ListException,
  ListRecord,
  OperatorRecord,
  OperatorTokenRecord,
  RevokedOperators,
  TokenRecord,
  Undone,
} from './records.ts';

/** Most claims that one change adds or removes: more is an import. */
export const MAX_CHANGE_PREFIXES = 4096;

/** Exceptions of one list: an import splits its rows around them. */
export const MAX_LIST_EXCEPTIONS = 4096;

/** Most rows of one list: what the hosts' maps are made for. */
export const MAX_LIST_ROWS = 4_000_000;

export interface AddClaims extends Attribution {
  readonly prefixes: readonly Prefix[];
  readonly action: ClaimAction;
  readonly origin: string;
  readonly selector: Selector;
  /** Unix milliseconds; 0 for no end. */
  readonly expiresMs: number;
  readonly monitor: boolean;
  /** Answer as if, change nothing. */
  readonly dryRun: boolean;
  /** Only until then, unless it is confirmed. */
  readonly confirm?: ConfirmBy;
  /** The guard was overridden. */
  readonly forced?: boolean;
  /** Prefix lengths: all plain blocks of the actor together may be no wider. Absent: as wide as it likes. */
  readonly widest?: { readonly 4: number; readonly 6: number };
}

export interface ConfirmBy {
  /** Unique. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly deadlineMs: number;
}

export interface RemoveClaims extends Attribution {
  readonly prefixes: readonly Prefix[];
  readonly action: ClaimAction;
  readonly origin: string;
  /** Undefined: whatever selector the claim has. */
  readonly selector: Selector | undefined;
  readonly dryRun: boolean;
}

export type ClaimOutcome = 'ADDED' | 'UPDATED' | 'UNCHANGED' | 'REMOVED' | 'NOT_FOUND';

export interface ChangeResult {
  /** The revision that holds the change, or the head when nothing changed. */
  readonly revision: Revision;
  /** One a prefix, in the order asked. */
  readonly outcomes: readonly ClaimOutcome[];
  /** Selectors of the claims that were added, changed or removed (or found as asked for): whom the change targets. */
  readonly targets: readonly Selector[];
  /** Some of it waits to be confirmed. Absent: nothing does, as all of it holds or ends by itself before. */
  readonly unconfirmed?: boolean;
}

/** What a confirmation made of the claims that waited. */
export interface ConfirmResult extends ChangeResult {
  readonly prefixes: readonly Prefix[];
}

/** The whole of a list, as it is to be. */
export interface ReplaceList extends Attribution {
  readonly name: string;
  readonly action: ClaimAction;
  readonly selector: Selector;
  readonly monitor: boolean;
  /** Packed rows; `ttlsMs` are remaining times. Later rows replace earlier ones of the same prefix. */
  readonly chunks: readonly PackedEntries[];
  /** Rows that were left out of these before: for the audit. Default 0. */
  readonly skipped?: number;
  readonly dryRun: boolean;
  /** Asked within the change, which nothing can come before: what it throws refuses the change. */
  readonly approve?: (former: ListRecord | undefined, entries: number) => void;
}

export interface ListResult {
  readonly revision: Revision;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly targets: readonly Selector[];
  /** The list as it was. Undefined: it is new. */
  readonly former: ListRecord | undefined;
}

/** Prefixes that a list leaves out from now on whatever is imported, or leaves out no more. */
export interface ChangeExceptions extends Attribution {
  /** Of the list. */
  readonly name: string;
  readonly prefixes: readonly Prefix[];
  /** What the list must be there for; undefined: either. */
  readonly action?: ClaimAction;
  /** False: they are exceptions no more. */
  readonly except: boolean;
  readonly dryRun: boolean;
}

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

export interface NewOperatorToken extends Pick<OperatorTokenRecord, 'id' | 'name' | 'role' | 'expiresMs' | 'ttlMs'> {
  readonly secretHash: Uint8Array;
}

export interface UseOperatorToken {
  readonly id: string;
  readonly secretHash: Uint8Array;
  /** SHA-256 of the public key. */
  readonly keyHash: Uint8Array;
}

/** `record` is missing when the chain was there already. */
export interface LoggedIn {
  readonly chain: string;
  readonly record?: OperatorRecord;
}

/** All certificates of a name and its login tokens, or one certificate and the token that made it. */
export type RevokeOperators = ({ readonly name: string } | { readonly serial: string }) & {
  /** Even when no admin is left then. */
  readonly lastAdmin: boolean;
};

export interface NewOperator {
  readonly name: string;
  readonly role: OperatorRecord['role'];
  readonly serial: string;
  readonly expiresMs: number;
  /** Serial of the certificate that this one follows; default none does. */
  readonly renews?: string;
}

export interface ClaimFilter {
  readonly origin?: string;
  readonly action?: ClaimAction;
  /** Only claims that may matter to this host. */
  readonly host?: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  /** Only claims whose prefix covers this one (or is it). */
  readonly covering?: Prefix;
  /** Only claims on narrower prefixes inside this one. */
  readonly within?: Prefix;
  /** Also claims that have ended and are not removed yet. */
  readonly expired?: boolean;
}

export interface AuditFilter {
  readonly actor?: string;
  readonly verb?: string;
  /** Unix milliseconds. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
  /** Substring of the subject. */
  readonly subject?: string;
  /** Canonical, named in the subject. */
  readonly prefix?: string;
  /** Host, named in the subject. */
  readonly host?: string;
  /** Only records after this sequence number. */
  readonly afterSequence?: number;
  /** Newest first and at most this many; undefined: all, oldest first. */
  readonly last?: number;
}

/** One committed revision, for those who follow. */
export interface StoreEvent {
  readonly revision: Revision;
  readonly layers: readonly LayerChange[];
  /** Hosts that were made, relabelled or revoked, as they are now. */
  readonly hosts: readonly HostRecord[];
  /** What its audit records say: who did what. */
  readonly records: readonly Pick<AuditRecord, 'actor' | 'verb' | 'subject'>[];
}

/** Rows (by prefix and action) that changed in layers since a revision; their present state is to be read elsewhere. */
export interface Touched {
  readonly layerId: string;
  readonly keys: PackedEntries;
}

/**
 * Every method that changes something resolves after the commit is durable, with its audit record in the same
 * transaction, or rejects and has changed nothing.
 * @throws FleetblockError RESOURCE_EXHAUSTED when the disk is full, FAILED_PRECONDITION when quarantined, DATA_LOSS when damaged.
 */
export interface Store {
  /** Random id of this store's life. */
  readonly epoch: string;
  /** The last committed revision, as of the last commit that this process saw. */
  readonly head: Revision;
  /** When a controller was at work on it before it was opened, Unix milliseconds; 0: not known. */
  readonly aliveMs: number;

  /** Notes that it is at work. */
  beat(nowMs: number): Promise<void>;
  addClaims(request: AddClaims): Promise<ChangeResult>;
  removeClaims(request: RemoveClaims): Promise<ChangeResult>;
  /**
   * Gives the claims of an unconfirmed change the end that was asked for.
   * @throws FleetblockError NOT_FOUND, FAILED_PRECONDITION (too late, confirmed already), PERMISSION_DENIED (not `mayForce`)
   */
  confirm(id: string, by: Attribution & { readonly mayForce: boolean }): Promise<ConfirmResult>;
  /** Changes that wait to be confirmed, the first to be undone first. */
  confirmations(): Promise<readonly Confirmation[]>;
  /**
   * Undoes what was not confirmed and removes claims and list rows that ended, at or before `nowMs` (actor `system`), at most a
   * bounded number a call.
   */
  expireClaims(
    nowMs: number,
  ): Promise<{ readonly removed: number; readonly revision: Revision; readonly undone: readonly Undone[] }>;
  /** Unix milliseconds at which the next claim ends or a change is undone; 0 when none does. */
  nextExpiryMs(): Promise<number>;
  /** Makes a list what the request says, by difference. Nothing to change: no revision. */
  replaceList(request: ReplaceList): Promise<ListResult>;
  /** @throws FleetblockError NOT_FOUND */
  removeList(name: string, by: Attribution, dryRun: boolean): Promise<ListResult>;
  /**
   * What the list has of these goes from hosts, or comes back. Outcomes: see ClaimOutcome.
   * @throws FleetblockError NOT_FOUND (list), INVALID_ARGUMENT (too many, or a list of the other action)
   */
  changeExceptions(request: ChangeExceptions): Promise<ChangeResult>;
  /** By prefix. @throws FleetblockError NOT_FOUND */
  listExceptions(name: string): Promise<readonly ListException[]>;
  lists(): Promise<readonly ListRecord[]>;
  /** What hosts hold of a list, in bounded pieces; `ttlsMs` holds Unix milliseconds of the end. */
  listRows(name: string): AsyncIterable<PackedEntries>;
  /** Single claims, in bounded batches, by prefix. */
  claims(filter: ClaimFilter): AsyncIterable<readonly Claim[]>;

  /** The same on a thread of their own, for answers without measure. */
  readonly aside: Pick<Store, 'claims' | 'listRows'>;

  /** The present state of every layer, in bounded pieces (`sets` only). */
  readLayers(): AsyncIterable<LayerChange>;
  /** Called with every later revision, in order; what it throws hinders nobody else. @returns a function that stops it. */
  follow(listener: (event: StoreEvent) => void): () => void;
  /** What changed after `since`, for the layers named; undefined when history no longer reaches that far. */
  touchedSince(since: Revision, layerIds: ReadonlySet<string>): Promise<readonly Touched[] | undefined>;

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

  addOperator(operator: NewOperator, by: Attribution): Promise<OperatorRecord>;
  operators(): Promise<readonly OperatorRecord[]>;
  createOperatorToken(token: NewOperatorToken, by: Attribution): Promise<void>;
  operatorTokens(): Promise<readonly OperatorTokenRecord[]>;
  /**
   * Takes the token for this key. `chain` of the answer is set when that key has its certificate already.
   * @throws FleetblockError UNAUTHENTICATED: unknown, taken by another key, revoked or expired: one text for all
   */
  useOperatorToken(use: UseOperatorToken): Promise<OperatorTokenRecord>;
  /** The certificate that was made for a token that this key has taken. @throws FleetblockError UNAUTHENTICATED */
  logIn(tokenId: string, operator: NewOperator, chain: string, by: Attribution): Promise<LoggedIn>;
  /** Certificates that came of it stay. @throws FleetblockError NOT_FOUND */
  revokeOperatorToken(id: string, by: Attribution): Promise<OperatorTokenRecord>;
  /** In one transaction. @throws FleetblockError NOT_FOUND, FAILED_PRECONDITION: no admin would be left */
  revokeOperators(which: RevokeOperators, by: Attribution): Promise<RevokedOperators>;

  /** Something that changed nothing and is to be remembered: a refusal, or how hosts stood to a `revision`. */
  recordAudit(record: Attribution & { verb: AuditVerb; subject: string; revision?: Revision }): Promise<void>;
  audit(filter: AuditFilter): AsyncIterable<readonly AuditRecord[]>;
  /** The last audit record and its hash: what is to be kept elsewhere. */
  auditHead(): Promise<{ readonly sequence: number; readonly hash: Uint8Array }>;
  /** Recomputes the chain of all audit records. */
  verifyAudit(): Promise<AuditVerdict>;

  /** Idempotent. */
  close(): Promise<void>;
}
