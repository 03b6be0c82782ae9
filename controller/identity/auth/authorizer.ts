// Decides on every call, and keeps checking the ones that stay open: a connection outlives its certificate.

import { FleetblockError } from '../../../common/errors.ts';
import type { Clock } from '../../../common/time/clock.ts';
import type { PeerIdentity, PeerReader } from '../pki/peer.ts';
import type { AuthorizableCall, Authorize, Caller } from './caller.ts';
import { ENDS_BY_ITSELF, requiredRole, roleSuffices } from './policy.ts';

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
  readonly clock: Clock;
  readonly onRefusal?: (refusal: Refusal) => void;
}

/** How often open streams are checked again, milliseconds; revocations do not wait for it. */
const RECHECK_MS = 500;

interface LiveCall {
  readonly call: AuthorizableCall;
  readonly identity: PeerIdentity;
  /** Made once: with thousands of open streams, checking all of them must not build thousands of strings. */
  readonly caller: Caller;
  readonly end: (error: FleetblockError) => void;
}

/** One per server: it knows every open call that is watched, and ends those that would be refused now. */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  readonly #live = new Set<LiveCall>();
  readonly #timer: NodeJS.Timeout;
  /** By serial: a connection that renewed its certificate may go on for the life of the new one, Unix milliseconds. */
  readonly #renewed = new Map<string, number>();

  constructor(options: AuthorizerOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.recheck(), RECHECK_MS).unref();
  }

  /** See Authorize. */
  readonly authorize: Authorize = (call) => {
    const identity = this.#identify(call);
    const caller = identity && callerOf(identity, call);
    const error = this.#objection(identity, caller, call.getPath());
    if (caller && !error) return caller;
    const refusal = error ?? NO_CERTIFICATE();
    this.#options.onRefusal?.({
      actor: caller?.actor ?? 'nobody',
      from: call.getPeer(),
      path: call.getPath(),
      error: refusal,
    });
    throw refusal;
  };

  /**
   * Watches a call that may stay open, from the moment that it was authorized: `end` is called once, at most, when it
   * would be refused now. @returns to be called when the call is over
   */
  watch(call: AuthorizableCall, end: (error: FleetblockError) => void): () => void {
    const identity = this.#identify(call);
    if (!identity) throw NO_CERTIFICATE();
    const live = { call, identity, caller: callerOf(identity, call), end };
    this.#live.add(live);
    return () => this.#live.delete(live);
  }

  /** The callers of open calls, one for each call. */
  *callers(): Generator<Caller> {
    for (const { caller } of this.#live) yield caller;
  }

  /** Checks all open calls. To be called after a revocation. */
  recheck(): void {
    for (const live of this.#live) {
      // Operators who revoke themselves get the answer. What they ask later is refused.
      if (ENDS_BY_ITSELF.has(live.call.getPath())) continue;
      const error = this.#objection(live.identity, live.caller, live.call.getPath());
      if (!error) continue;
      this.#live.delete(live);
      live.end(error);
    }
    const now = this.#options.clock.wallMs();
    for (const [serial, untilMs] of this.#renewed) if (untilMs < now) this.#renewed.delete(serial);
  }

  /** The caller was given a newer certificate: the open calls of this one do not end with it. Unix milliseconds. */
  readonly extend = (call: AuthorizableCall, untilMs: number): void => {
    const identity = this.#identify(call);
    if (identity) this.#renewed.set(identity.serial, untilMs);
  };

  close(): void {
    clearInterval(this.#timer);
  }

  #identify(call: AuthorizableCall): PeerIdentity | undefined {
    const raw = call.getAuthContext().sslPeerCertificate?.raw;
    return raw && this.#options.reader.read(raw);
  }

  #objection(
    identity: PeerIdentity | undefined,
    caller: Caller | undefined,
    path: string,
  ): FleetblockError | undefined {
    if (!identity || !caller) return NO_CERTIFICATE();
    const now = this.#options.clock.wallMs();
    const endMs = Math.max(identity.notAfterMs, this.#renewed.get(identity.serial) ?? 0);
    if (now < identity.notBeforeMs || now >= endMs)
      return new FleetblockError('UNAUTHENTICATED', `the certificate of ${caller.actor} has expired: get a new one`);
    const { subject } = identity;
    const { standing } = this.#options;
    const stands =
      subject.kind === 'agent'
        ? standing.hostMayCall(subject.hostId, identity)
        : standing.operatorMayCall(identity.serial);
    if (!stands)
      return new FleetblockError(
        'UNAUTHENTICATED',
        `the certificate of ${caller.actor} was revoked or replaced, or is of another fleet`,
      );
    const required = requiredRole(path);
    if (!required || !roleSuffices(caller.role, required))
      return new FleetblockError(
        'PERMISSION_DENIED',
        `${caller.actor} may not do this: it needs the role ${required ?? 'of nobody'}`,
      );
    return undefined;
  }
}

const NO_CERTIFICATE = () =>
  new FleetblockError('UNAUTHENTICATED', 'this needs a certificate of the fleet: see fleetblock --help');

function callerOf({ subject, serial }: PeerIdentity, call: AuthorizableCall): Caller {
  const from = call.getPeer();
  return subject.kind === 'agent'
    ? { role: 'agent', id: subject.hostId, actor: `agent/${subject.hostId}`, serial, from }
    : { role: subject.role, id: subject.name, actor: `${subject.role}/${subject.name}`, serial, from };
}
