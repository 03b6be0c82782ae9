// What the store keeps, as values: claims, lists, hosts, tokens, operators, audit records.
import type { PackedEntries } from '../../common/entries/packed.ts';
import type { Revision } from '../../common/revision.ts';
import type { Prefix } from '../../common/text/prefix.ts';
import { formatSelector, type Selector } from '../../common/text/selector.ts';

export type ClaimAction = 'block' | 'allow';

/** One origin's statement about one prefix. Unique by (prefix, action, origin, selector). */
export interface Claim {
  readonly prefix: Prefix;
  readonly action: ClaimAction;
  /** `manual`, `crowdsec`, `list:NAME`... */
  readonly origin: string;
  readonly selector: Selector;
  readonly reason: string;
  /** Who made it or changed it last. */
  readonly actor: string;
  /** Unix milliseconds. */
  readonly createdMs: number;
  /** Unix milliseconds; 0 for no end. */
  readonly expiresMs: number;
  /** Count, never drop. */
  readonly monitor: boolean;
}

/** A bulk list: one origin (`list:NAME`), one target, up to a million prefixes in packed chunks. */
export interface ListRecord {
  readonly name: string;
  readonly action: ClaimAction;
  readonly selector: Selector;
  readonly monitor: boolean;
  readonly reason: string;
  readonly actor: string;
  /** Unix milliseconds of the first import and of the last change. */
  readonly createdMs: number;
  readonly updatedMs: number;
  /** That hosts hold of it. */
  readonly entries: number;
  /** Prefixes that it leaves out whatever is imported. */
  readonly exceptions: number;
}

export interface ListException {
  readonly prefix: Prefix;
  readonly reason: string;
  readonly actor: string;
  readonly createdMs: number;
}

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

export interface AuditRecord {
  /** Grows by one a record. */
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

/** Who does a change and why: kept with it in the same transaction. */
export interface Attribution {
  readonly actor: string;
  readonly reason: string;
  /** Where the call came from, for the audit. */
  readonly from?: string;
}

/** A change that is undone unless somebody confirms it in time. */
export interface Confirmation {
  /** What is typed to confirm it. */
  readonly id: string;
  readonly actor: string;
  readonly reason: string;
  readonly createdMs: number;
  /** Unix milliseconds. */
  readonly deadlineMs: number;
  /** It overrode the guard. */
  readonly forced: boolean;
  /** Claims that wait. */
  readonly claims: readonly ClaimKey[];
}

/** What a claim is unique by. */
export type ClaimKey = Pick<Claim, 'prefix' | 'action' | 'origin' | 'selector'>;

/** What became of such a change when nobody confirmed it. */
export interface Undone extends Confirmation {
  readonly revision: Revision;
}

/** A person or program that may fetch a certificate once. */
export interface OperatorTokenRecord {
  readonly id: string;
  readonly name: string;
  readonly role: OperatorRecord['role'];
  /** Who made it. */
  readonly actor: string;
  readonly createdMs: number;
  readonly expiresMs: number;
  /** Life of the certificate, milliseconds. */
  readonly ttlMs: number;
  readonly used: boolean;
  /** Of the certificate that it was used for; empty: of none. */
  readonly serial: string;
  /** That certificate and its issuer, PEM. */
  readonly chain: string;
  /** 0: not revoked. */
  readonly revokedMs: number;
}

/**
 * A layer is one source of effective entries: all single claims of one selector, or one list. A view is the stack of the
 * layers whose selectors match its hosts.
 */
export interface LayerKey {
  /** `claims <selector text>` or `list:<name> <selector text>`; unique and stable. */
  readonly id: string;
  readonly selector: Selector;
}

export function claimsLayer(selector: Selector): LayerKey {
  return { id: `claims ${formatSelector(selector)}`, selector };
}

export function listLayer(name: string, selector: Selector): LayerKey {
  return { id: `list:${name} ${formatSelector(selector)}`, selector };
}

/** Rows of one layer that changed: absolute, so that applying them twice does no harm. Times are Unix milliseconds. */
export interface LayerChange {
  readonly layer: LayerKey;
  /** New or replaced rows; `ttlsMs` holds Unix milliseconds of the end here, 0 for no end. */
  readonly sets: PackedEntries;
  /** Rows that are gone. */
  readonly deletes: PackedEntries;
}

/** Where an agent ran when it last said hello. Empty texts: not known. */
export interface Place {
  readonly bootId: string;
  /** Inode of its network namespace, decimal; 0: not known. */
  readonly network: string;
  /** Hashes, hexadecimal: a machine is the same while one of them stays. */
  readonly machine: readonly string[];
}

export interface HostNote {
  /** Of the newest session key that the host has kept; 0: none. */
  sessionSerial: number;
  /** Why its identity is not believed; empty: it is. */
  duplicate: string;
  place: Place;
  /** Its last known facts, as JSON has them. */
  seen: unknown;
}
