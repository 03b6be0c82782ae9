// Every RPC x every kind of caller: what is expected, over gRPC and over HTTP.
import type { MethodDefinition } from '@grpc/grpc-js';
import { protocol } from '../../../common/rpc/proto.ts';

export type AnyMethod = MethodDefinition<object, object>;

// The outcome of a call with an empty request. SERVED: the handler answered, even if with an objection to the request.
export const SERVED = 'SERVED';
export const DENIED = 'PERMISSION_DENIED';
export const UNAUTHENTICATED = 'UNAUTHENTICATED';
/** The connection is closed in the handshake: no call gets that far. */
export const CLOSED = 'UNAVAILABLE';
/** The server behind that name does not have the service. */
export const UNKNOWN = 'UNIMPLEMENTED';

export const VIEWER = { viewer: SERVED, operator: SERVED, admin: SERVED, agent: DENIED };
const OPERATOR = { viewer: DENIED, operator: SERVED, admin: SERVED, agent: DENIED };
const ADMIN = { viewer: DENIED, operator: DENIED, admin: SERVED, agent: DENIED };
const AGENT = { viewer: DENIED, operator: DENIED, admin: DENIED, agent: SERVED };

/** Nobody with any of these gets as far as a method. */
export const NOBODY = {
  'no certificate': CLOSED,
  "another fleet's admin": CLOSED,
  "another fleet's agent": CLOSED,
  'expired admin': CLOSED,
  'expired agent': CLOSED,
  'not yet valid admin': CLOSED,
  'revoked admin': UNAUTHENTICATED,
  'revoked agent': UNAUTHENTICATED,
  'agent of no host': UNAUTHENTICATED,
  'admin that the store does not know': UNAUTHENTICATED,
  "the controller's own certificate": CLOSED,
};

/** The mTLS server does not know the service; who is let in at all learns that. */
export const ENROLL = { viewer: UNKNOWN, operator: UNKNOWN, admin: UNKNOWN, agent: UNKNOWN };
export const NOBODY_ENROLLS = Object.fromEntries(
  Object.entries(NOBODY).map(([caller, code]) => [caller, code === UNAUTHENTICATED ? UNKNOWN : code]),
);

/** Exchange a token for a certificate: the caller has none yet. */
export const FOR_ANYBODY = new Set(['EnrollmentService/Enroll', 'EnrollmentService/EnrollOperator']);

export const MATRIX: Record<string, typeof VIEWER> = {
  'OperatorService/Block': OPERATOR,
  'OperatorService/Unblock': OPERATOR,
  'OperatorService/ListEntryChunks': VIEWER,
  'OperatorService/ListHostChunks': VIEWER,
  'OperatorService/CreateToken': ADMIN,
  'OperatorService/ImportList': OPERATOR,
  'OperatorService/RemoveList': OPERATOR,
  'OperatorService/ListListChunks': VIEWER,
  'OperatorService/IncludeInList': OPERATOR,
  'OperatorService/ListExceptions': VIEWER,
  'OperatorService/Export': VIEWER,
  'OperatorService/CheckPrefix': VIEWER,
  'OperatorService/CheckWait': OPERATOR,
  'OperatorService/LabelHost': ADMIN,
  'OperatorService/ResyncHosts': ADMIN,
  'OperatorService/WatchEvents': VIEWER,
  'OperatorService/WatchDrops': VIEWER,
  'OperatorService/ListAudit': VIEWER,
  'OperatorService/Confirm': OPERATOR,
  'OperatorService/ListConfirmations': VIEWER,
  'RolloutService/ListRolloutChunks': VIEWER,
  'RolloutService/PauseRollout': OPERATOR,
  'RolloutService/ResumeRollout': OPERATOR,
  'RolloutService/AbortRollout': OPERATOR,
  'AgentService/Sync': AGENT,
  'IdentityService/RenewCertificate': AGENT,
  'IdentityService/CreateOperator': ADMIN,
  'IdentityService/CreateOperatorToken': ADMIN,
  'IdentityService/ListOperatorTokenChunks': ADMIN,
  'IdentityService/RevokeOperatorToken': ADMIN,
  'IdentityService/RenewOperator': VIEWER,
  'IdentityService/ListOperatorChunks': ADMIN,
  'IdentityService/RevokeOperator': ADMIN,
  'IdentityService/ListTokenChunks': ADMIN,
  'IdentityService/RevokeToken': ADMIN,
  'IdentityService/RevokeHost': ADMIN,
  'IdentityService/VerifyAudit': VIEWER,
  'IdentityService/CreateApiKey': ADMIN,
  'IdentityService/ListApiKeyChunks': ADMIN,
  'IdentityService/RevokeApiKey': ADMIN,
  'FeedService/AddFeed': OPERATOR,
  'FeedService/ListFeedChunks': VIEWER,
  'FeedService/RefreshFeed': OPERATOR,
  'FeedService/PauseFeed': OPERATOR,
  'FeedService/RemoveFeed': OPERATOR,
  'DetectorService/SetDetector': ADMIN,
  'DetectorService/ListDetectors': VIEWER,
  'DetectorService/RemoveDetector': ADMIN,
  'HookService/AddHook': ADMIN,
  'HookService/ListHooks': VIEWER,
  'HookService/RemoveHook': ADMIN,
};

/** Services of which keys that are bound to an origin may only read. */
export const READ_BY_BOUND = new Set(['FeedService']);

/** All methods of the protocol, found in the protocol itself. */
export const METHODS = Object.values(protocol)
  .flatMap((entry) => ('service' in entry ? Object.values<AnyMethod>(entry.service) : []))
  .map((method) => ({ name: method.path.replace('/fleetblock.v1.', ''), method }));
