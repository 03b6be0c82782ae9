// Names in certificates: `spiffe://<fleet>/agent/<host id>` and `spiffe://<fleet>/operator/<role>/<name>`.
import { FleetblockError } from '../../../common/errors.ts';
import { isValidName } from '../../../common/text/selector.ts';

/** Roles of people and CI jobs, each may do what the ones before it may. */
export const OPERATOR_ROLES = ['viewer', 'operator', 'admin'] as const;
/** Agents have none: see Role in auth/caller.ts. */
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

/** Below the root, one each for what a certificate may be. */
export const ISSUER_NAMES = ['agents', 'operators', 'servers'] as const;
/** Also the names of their files: `agents.pem`, `agents.key`. */
export type IssuerName = (typeof ISSUER_NAMES)[number];

/** Whom a certificate is for: its one URI. */
export type Subject =
  | { readonly kind: 'agent'; readonly fleet: string; readonly hostId: string }
  | { readonly kind: 'operator'; readonly fleet: string; readonly role: OperatorRole; readonly name: string };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** @throws FleetblockError INVALID_ARGUMENT for a name that could be read as another one. */
export function formatSubject(subject: Subject): string {
  const uri =
    subject.kind === 'agent'
      ? `spiffe://${subject.fleet}/agent/${subject.hostId}`
      : `spiffe://${subject.fleet}/operator/${subject.role}/${subject.name}`;
  if (!parseSubject(uri))
    throw new FleetblockError('INVALID_ARGUMENT', `${JSON.stringify(uri.slice(0, 120))} is no name for a certificate`);
  return uri;
}

/** Reads what formatSubject wrote; undefined for everything else. */
export function parseSubject(uri: string): Subject | undefined {
  const [, fleet = '', rest = ''] = /^spiffe:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  if (!isValidName(fleet)) return undefined;
  const [kind, ...parts] = rest.split('/');
  const [first = '', second = ''] = parts;
  if (kind === 'agent' && parts.length === 1 && UUID.test(first)) return { kind, fleet, hostId: first };
  if (kind === 'operator' && parts.length === 2 && isOperatorRole(first) && isValidName(second))
    return { kind, fleet, role: first, name: second };
  return undefined;
}

/** Checks what a request or a certificate says. */
export function isOperatorRole(text: string): text is OperatorRole {
  return OPERATOR_ROLES.some((role) => role === text);
}
