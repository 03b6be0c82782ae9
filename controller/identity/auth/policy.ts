// Which role a call needs. A method that is not in this table is always refused, and the matrix in test/identity
// fails until it has a row.
import type { Role } from './caller.ts';

/** By the method's name: `Service/Method`. Viewer, operator and admin each may do what the ones before them may. */
export const REQUIRED_ROLE: Readonly<Record<string, Role>> = {
  'AgentService/Sync': 'agent',
  'OperatorService/Block': 'operator',
  'OperatorService/Unblock': 'operator',
  'OperatorService/ListEntryChunks': 'viewer',
  'OperatorService/ListHostChunks': 'viewer',
  'OperatorService/CreateToken': 'admin',
  'OperatorService/ImportList': 'operator',
  'OperatorService/RemoveList': 'operator',
  'OperatorService/ListListChunks': 'viewer',
  'OperatorService/IncludeInList': 'operator',
  'OperatorService/ListExceptions': 'viewer',
  'OperatorService/Export': 'viewer',
  'OperatorService/CheckPrefix': 'viewer',
  'OperatorService/CheckWait': 'operator',
  'OperatorService/LabelHost': 'admin',
  'OperatorService/ResyncHosts': 'admin',
  'OperatorService/WatchEvents': 'viewer',
  'OperatorService/WatchDrops': 'viewer',
  'OperatorService/ListAudit': 'viewer',
  'OperatorService/Confirm': 'operator',
  'OperatorService/ListConfirmations': 'viewer',
  'RolloutService/ListRolloutChunks': 'viewer',
  'RolloutService/PauseRollout': 'operator',
  'RolloutService/ResumeRollout': 'operator',
  'RolloutService/AbortRollout': 'operator',
  'IdentityService/RenewCertificate': 'agent',
  'IdentityService/RenewOperator': 'viewer',
  'IdentityService/CreateOperator': 'admin',
  'IdentityService/CreateOperatorToken': 'admin',
  'IdentityService/ListOperatorTokenChunks': 'admin',
  'IdentityService/RevokeOperatorToken': 'admin',
  'IdentityService/ListOperatorChunks': 'admin',
  'IdentityService/RevokeOperator': 'admin',
  'IdentityService/ListTokenChunks': 'admin',
  'IdentityService/RevokeToken': 'admin',
  'IdentityService/RevokeHost': 'admin',
  'IdentityService/VerifyAudit': 'viewer',
  'IdentityService/CreateApiKey': 'admin',
  'IdentityService/ListApiKeyChunks': 'admin',
  'IdentityService/RevokeApiKey': 'admin',
  'FeedService/AddFeed': 'operator',
  'FeedService/ListFeedChunks': 'viewer',
  'FeedService/RefreshFeed': 'operator',
  'FeedService/PauseFeed': 'operator',
  'FeedService/RemoveFeed': 'operator',
  'DetectorService/SetDetector': 'admin',
  'DetectorService/ListDetectors': 'viewer',
  'DetectorService/RemoveDetector': 'admin',
  'HookService/AddHook': 'admin',
  'HookService/ListHooks': 'viewer',
  'HookService/RemoveHook': 'admin',
};

/**
 * Open to API keys that are bound to an origin: each checks whose claims it is about with own-origin.ts, and CheckWait changes
 * nothing. Whatever else needs more than a viewer is refused to them.
 */
const CHECKS_ORIGIN: ReadonlySet<string> = new Set([
  'OperatorService/Block',
  'OperatorService/Unblock',
  'OperatorService/ImportList',
  'OperatorService/RemoveList',
  'OperatorService/IncludeInList',
  'OperatorService/Confirm',
  'OperatorService/CheckWait',
  'RolloutService/PauseRollout',
  'RolloutService/ResumeRollout',
  'RolloutService/AbortRollout',
]);

/** Calls that are short, and may revoke their own caller: they are not ended by it. */
export const ENDS_BY_ITSELF: ReadonlySet<string> = new Set(['/fleetblock.v1.IdentityService/RevokeOperator']);

const RANK: Readonly<Record<Exclude<Role, 'agent'>, number>> = { viewer: 1, operator: 2, admin: 3 };

/** @param path as gRPC has it: `/fleetblock.v1.OperatorService/Block` */
export function requiredRole(path: string): Role | undefined {
  const method = methodOf(path);
  return Object.hasOwn(REQUIRED_ROLE, method) ? REQUIRED_ROLE[method] : undefined;
}

/** Whether a caller that is bound to an origin may call it, if its role suffices. */
export function openToBound(path: string): boolean {
  return requiredRole(path) === 'viewer' || CHECKS_ORIGIN.has(methodOf(path));
}

function methodOf(path: string): string {
  const [, method = ''] = /^\/fleetblock\.v1\.([A-Za-z]+\/[A-Za-z]+)$/.exec(path) ?? [];
  return method;
}

/** Only agents may call what is for agents. */
export function roleSuffices(role: Role, required: Role): boolean {
  if (role === 'agent' || required === 'agent') return role === required;
  return RANK[role] >= RANK[required];
}
