// What etcd's errors mean here. Many of them share a status: like etcd's own client, this tells them apart by their text.
import { type ServiceError, status } from '@grpc/grpc-js';
import { type ErrorCode, FleetblockError } from '../../../../common/errors.ts';

/** etcd no longer has the revision that was asked for. */
export class Compacted extends FleetblockError {
  constructor() {
    super('FAILED_PRECONDITION', 'etcd has compacted the revisions that were asked for');
  }
}

/** etcd does not know the token of this client (any more). */
export class TokenRefused extends FleetblockError {
  constructor(text: string) {
    super('UNAVAILABLE', `etcd refuses the token of this session: ${text}`);
  }
}

/** No answer, or one that another member or a later attempt may better. The outcome of a change is not known. */
export class Unreachable extends FleetblockError {
  constructor(text: string, cause?: unknown) {
    super('UNAVAILABLE', text, { cause });
  }
}

/** After which another member, or the same one a little later, may answer. */
const PASSING = new Set<string>([
  'etcdserver: not leader',
  'etcdserver: not capable',
  'etcdserver: too many requests',
  'etcdserver: rpc not supported for learner',
]);
/** UNKNOWN: what etcd has no word for, `raft proposal dropped` and `context deadline exceeded` while it has no leader. */
const PASSING_STATUS = new Set<number>([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.CANCELLED,
  status.UNKNOWN,
]);

const OF_TOKEN = new Set(['etcdserver: invalid auth token', 'etcdserver: revision of auth store is old']);

const REFUSALS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  'etcdserver: mvcc: database space exceeded': [
    'RESOURCE_EXHAUSTED',
    'etcd has reached its quota: nothing was changed; compact and defragment it, then run etcdctl alarm disarm',
  ],
  'etcdserver: authentication failed, invalid user ID or password': [
    'FAILED_PRECONDITION',
    'etcd refuses the user or the password: check both',
  ],
  'etcdserver: user name is empty': ['FAILED_PRECONDITION', 'etcd asks for a user: give its name and its password'],
  'etcdserver: authentication is not enabled': [
    'FAILED_PRECONDITION',
    'etcd has no users: enable them with etcdctl auth enable, or give no user',
  ],
  'etcdserver: permission denied': [
    'FAILED_PRECONDITION',
    "etcd's user may not do this: grant its role readwrite on the prefix of this fleet",
  ],
};

/** What a call ended with, as this project says it. `address`: of the endpoint. */
export function explained({ code, details }: Pick<ServiceError, 'code' | 'details'>, address: string): FleetblockError {
  if (PASSING.has(details) || PASSING_STATUS.has(code)) return new Unreachable(`${address}: ${details}`);
  if (OF_TOKEN.has(details)) return new TokenRefused(details);
  if (details === 'etcdserver: mvcc: required revision has been compacted') return new Compacted();
  const [known, text] = REFUSALS[details] ?? [];
  if (known && text) return new FleetblockError(known, text);
  return new FleetblockError(
    code === status.DATA_LOSS ? 'DATA_LOSS' : 'INTERNAL',
    `etcd at ${address} answered: ${details}`,
  );
}
