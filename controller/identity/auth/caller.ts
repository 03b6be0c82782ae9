// Who is on the other end of a call, as handlers see it.

/** What a certificate's holder may be. Agents speak for their own host only; the others are people and CI jobs. */
const ROLES = ['viewer', 'operator', 'admin', 'agent'] as const;
/** Comes from the certificate, and from who signed it. */
export type Role = (typeof ROLES)[number];

/** All but `from` comes from the certificate, or from the controller's record of an API key. */
export interface Caller {
  readonly role: Role;
  /** The host's id for agents, the operator's name for people, `apikey/NAME` for API keys. Never from a request. */
  readonly id: string;
  /** For claims and the audit: `admin/alice`, `agent/<host id>`, `apikey/feeds`. */
  readonly actor: string;
  /** Of the certificate, lower-case hexadecimal; empty for API keys. */
  readonly serial: string;
  /** Address and port of the peer. */
  readonly from: string;
  /** The only origin whose claims it may change; undefined: any. */
  readonly origin?: string;
}

/** What the authorizer needs of a call: a grpc-js server call has it. */
export interface AuthorizableCall {
  getPeer(): string;
  getPath(): string;
  /** `apiKey`, the text of a key, counts before a certificate. */
  getAuthContext(): {
    readonly sslPeerCertificate?: { readonly raw: Uint8Array } | undefined;
    readonly apiKey?: string | undefined;
  };
}

/**
 * Says who calls, after checking that the certificate or API key is the fleet's, in its time and not revoked, and that its role may
 * call this method. Cheap enough for every call.
 * @throws FleetblockError UNAUTHENTICATED, PERMISSION_DENIED
 */
export type Authorize = (call: AuthorizableCall) => Caller;
