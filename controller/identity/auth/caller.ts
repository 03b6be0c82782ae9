// Who is on the other end of a call, as handlers see it.

/** What a certificate's holder may be. Agents speak for their own host only; the others are people and CI jobs. */
const ROLES = ['viewer', 'operator', 'admin', 'agent'] as const;
/** Comes from the certificate, and from who signed it. */
export type Role = (typeof ROLES)[number];

/** All but `from` comes from the certificate. */
export interface Caller {
  readonly role: Role;
  /** The host's id for agents, the operator's name for people. From the certificate, never from a request. */
  readonly id: string;
  /** For claims and the audit: `admin/alice`, `agent/<host id>`. */
  readonly actor: string;
  /** Of the certificate, lower-case hexadecimal. */
  readonly serial: string;
  /** Address and port of the peer. */
  readonly from: string;
}

/** What the authorizer needs of a grpc-js server call. */
export interface AuthorizableCall {
  getPeer(): string;
  getPath(): string;
  getAuthContext(): { readonly sslPeerCertificate?: { readonly raw: Uint8Array } | undefined };
}

/**
 * Says who calls, after checking that the certificate is the fleet's, in its time and not revoked, and that its role may
 * call this method. Cheap enough for every call.
 * @throws FleetblockError UNAUTHENTICATED, PERMISSION_DENIED
 */
export type Authorize = (call: AuthorizableCall) => Caller;
