// Decides on every call, and keeps checking the ones that stay open: a connection outlives its certificate.

import { FleetblockError } from '../../../common/errors.ts';
import type { Clock } from '../../../common/time/clock.ts';
import type { ApiKeyRecord } from '../../store/records.ts';
import type { PeerIdentity, PeerReader } from '../pki/peer.ts';
import type { ApiKeys } from './api-keys.ts';
import type { AuthorizableCall, Authorize, Caller } from './caller.ts';
import { ENDS_BY_ITSELF, openToBound, requiredRole, roleSuffices } from './policy.ts';
import { RecentCallers } from './recent-callers.ts';

/** Live facts that certificates do not carry. Both answer at once: they are asked on every call. */
export interface Standing {
  /** False for a host that is unknown or revoked, or that was enrolled again since the certificate was issued. */
  hostMayCall(hostId: string, certificate: Pick<PeerIdentity, 'issuedMs' | 'generation'>): boolean;
  /** False for an operator's certificate that is unknown or revoked. */
  operatorMayCall(serial: string): boolean;
}

/** One refused call, for the log and the audit. */
export interface Refusal {
  /** `nobody` when there is no valid certificate. */
  readonly actor: string;
  readonly from: string;
  readonly path: string;
  /** What was asked, for people; undefined: it was not decoded. */
  readonly what?: string;
  readonly error: FleetblockError;
}

/** `onRefusal` is called with refused calls before their callers get the error, and not with open ones that `recheck` ends. */
export interface AuthorizerOptions {
  readonly reader: PeerReader;
  readonly standing: Standing;
  /** Default: there are none. */
  readonly apiKeys?: Pick<ApiKeys, 'find' | 'mayCall' | 'used'>;
  readonly clock: Clock;
  readonly onRefusal?: (refusal: Refusal) => void;
}

/** How often open streams are checked again, milliseconds; revocations do not wait for it. */
const RECHECK_MS = 500;

/** A certificate or an API key, and whose it is. Made once per call: checking thousands of open streams builds no strings. */
type Credential = { readonly caller: Caller } & ({ readonly identity: PeerIdentity } | { readonly keyId: string });

interface LiveCall {
  readonly path: string;
  readonly credential: Credential;
  readonly end: (error: FleetblockError) => void;
}

/** One per server: it knows every open call that is watched, and ends those that would be refused now. */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  readonly #live = new Set<LiveCall>();
  readonly #timer: NodeJS.Timeout;
  /** Of calls with certificates. */
  readonly recent: RecentCallers;
  /** By serial: a connection that renewed its certificate may go on for the life of the new one, Unix milliseconds. */
  readonly #renewed = new Map<string, number>();

  constructor(options: AuthorizerOptions) {
    this.#options = options;
    this.recent = new RecentCallers(options.clock);
    this.#timer = setInterval(() => this.recheck(), RECHECK_MS).unref();
  }

  /** See Authorize. */
  readonly authorize: Authorize = (call) => {
    const path = call.getPath();
    const credential = this.#identify(call);
    const refusal = this.#objection(credential, path);
    if (credential && !refusal) {
      if ('keyId' in credential) this.#options.apiKeys?.used(credential.keyId);
      else this.recent.saw(credential.caller, () => this.#stands(credential.identity));
      return credential.caller;
    }
    const error = refusal ?? NO_CREDENTIAL();
    this.#options.onRefusal?.({ actor: credential?.caller.actor ?? 'nobody', from: call.getPeer(), path, error });
    throw error;
  };

  /**
   * Watches a call that may stay open, from the moment that it was authorized: `end` is called once, at most, when it
   * would be refused now. @returns to be called when the call is over
   */
  watch(call: AuthorizableCall, end: (error: FleetblockError) => void): () => void {
    const credential = this.#identify(call);
    if (!credential) throw NO_CREDENTIAL();
    const live = { path: call.getPath(), credential, end };
    this.#live.add(live);
    return () => this.#live.delete(live);
  }

  /** The callers of open calls, one for each call. */
  *callers(): Generator<Caller> {
    for (const { credential } of this.#live) yield credential.caller;
  }

  /** Checks all open calls. To be called after a revocation. */
  recheck(): void {
    for (const live of this.#live) {
      // Operators who revoke themselves get the answer. What they ask later is refused.
      if (ENDS_BY_ITSELF.has(live.path)) continue;
      const error = this.#objection(live.credential, live.path);
      if (!error) continue;
      this.#live.delete(live);
      live.end(error);
    }
    const now = this.#options.clock.wallMs();
    for (const [serial, untilMs] of this.#renewed) if (untilMs < now) this.#renewed.delete(serial);
  }

  /** The caller was given a newer certificate: the open calls of this one do not end with it. Unix milliseconds. */
  readonly extend = (call: AuthorizableCall, untilMs: number): void => {
    const credential = this.#identify(call);
    if (credential && 'identity' in credential) this.#renewed.set(credential.identity.serial, untilMs);
  };

  close(): void {
    clearInterval(this.#timer);
  }

  #identify(call: AuthorizableCall): Credential | undefined {
    const { apiKey, sslPeerCertificate } = call.getAuthContext();
    const from = call.getPeer();
    if (apiKey !== undefined) {
      const key = this.#options.apiKeys?.find(apiKey);
      return key && { keyId: key.id, caller: callerOfKey(key, from) };
    }
    const identity = sslPeerCertificate && this.#options.reader.read(sslPeerCertificate.raw);
    return identity && { identity, caller: callerOf(identity, from) };
  }

  #objection(credential: Credential | undefined, path: string): FleetblockError | undefined {
    if (!credential) return NO_CREDENTIAL();
    const { caller } = credential;
    const ended = 'keyId' in credential ? this.#keyEnded(credential) : this.#certificateEnded(credential);
    if (ended !== undefined) return new FleetblockError('UNAUTHENTICATED', ended);
    const required = requiredRole(path);
    if (!required || !roleSuffices(caller.role, required))
      return new FleetblockError(
        'PERMISSION_DENIED',
        `${caller.actor} may not do this: it needs the role ${required ?? 'of nobody'}`,
      );
    if (caller.origin !== undefined && !openToBound(path))
      return new FleetblockError(
        'PERMISSION_DENIED',
        `${caller.actor} may not do this: it changes nothing but what is of the origin ${caller.origin}`,
      );
    return undefined;
  }

  #keyEnded({ keyId, caller }: Credential & { readonly keyId: string }): string | undefined {
    return this.#options.apiKeys?.mayCall(keyId)
      ? undefined
      : `the key of ${caller.actor} was revoked or has expired: have a new one made with fleetblock apikey create`;
  }

  #certificateEnded({ identity, caller }: Credential & { readonly identity: PeerIdentity }): string | undefined {
    const now = this.#options.clock.wallMs();
    const endMs = Math.max(identity.notAfterMs, this.#renewed.get(identity.serial) ?? 0);
    if (now < identity.notBeforeMs || now >= endMs)
      return `the certificate of ${caller.actor} has expired: get a new one`;
    return this.#stands(identity)
      ? undefined
      : `the certificate of ${caller.actor} was revoked or replaced, or is of another fleet`;
  }

  #stands(identity: PeerIdentity): boolean {
    const { subject, serial } = identity;
    const { standing } = this.#options;
    return subject.kind === 'agent' ? standing.hostMayCall(subject.hostId, identity) : standing.operatorMayCall(serial);
  }
}

const NO_CREDENTIAL = () =>
  new FleetblockError(
    'UNAUTHENTICATED',
    'this needs a certificate of the fleet, or over HTTP an API key of it: see fleetblock --help',
  );

function callerOf({ subject, serial }: PeerIdentity, from: string): Caller {
  return subject.kind === 'agent'
    ? { role: 'agent', id: subject.hostId, actor: `agent/${subject.hostId}`, serial, from }
    : { role: subject.role, id: subject.name, actor: `${subject.role}/${subject.name}`, serial, from };
}

function callerOfKey({ name, role, origin }: ApiKeyRecord, from: string): Caller {
  const actor = `apikey/${name}`;
  return { role, id: actor, actor, serial: '', from, ...(origin !== '' && { origin }) };
}
