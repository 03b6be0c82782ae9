// Every RPC x every kind of caller, against the whole controller. The rows are what is expected; a method of the protocol
// without a row fails, and so does a row without a method.
import { randomUUID } from 'node:crypto';
import { ChannelCredentials, Client, Metadata, type MethodDefinition, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientIdentity, CONTROLLER_NAME, ENROLLMENT_NAME } from '../../../common/rpc/channel.ts';
import { protocol } from '../../../common/rpc/proto.ts';
import { REQUIRED_ROLE } from '../../../controller/identity/auth/policy.ts';
import { channelOptions, clientCredentials } from '../../../lab/grpc-channel.ts';
import { TestFleet } from '../fleet.ts';
import { RunningFleet } from '../running.ts';

type AnyMethod = MethodDefinition<object, object>;

const DAY_MS = 86_400_000;
const BY = { actor: 'test', reason: 'test' };

// The outcome of a call with an empty request. SERVED: the handler answered, even if with an objection to the request.
const SERVED = 'SERVED';
const DENIED = 'PERMISSION_DENIED';
const UNAUTHENTICATED = 'UNAUTHENTICATED';
/** The connection is closed in the handshake: no call gets that far. */
const CLOSED = 'UNAVAILABLE';
/** The server behind that name does not have the service. */
const UNKNOWN = 'UNIMPLEMENTED';

const VIEWER = { viewer: SERVED, operator: SERVED, admin: SERVED, agent: DENIED };
const OPERATOR = { viewer: DENIED, operator: SERVED, admin: SERVED, agent: DENIED };
const ADMIN = { viewer: DENIED, operator: DENIED, admin: SERVED, agent: DENIED };
const AGENT = { viewer: DENIED, operator: DENIED, admin: DENIED, agent: SERVED };

/** Nobody with any of these gets as far as a method. */
const NOBODY = {
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
const ENROLL = { viewer: UNKNOWN, operator: UNKNOWN, admin: UNKNOWN, agent: UNKNOWN };
const NOBODY_ENROLLS = Object.fromEntries(
  Object.entries(NOBODY).map(([caller, code]) => [caller, code === UNAUTHENTICATED ? UNKNOWN : code]),
);

/** Exchange a token for a certificate: the caller has none yet. */
const FOR_ANYBODY = new Set(['EnrollmentService/Enroll', 'EnrollmentService/EnrollOperator']);

const MATRIX: Record<string, typeof VIEWER> = {
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
};

let running: RunningFleet;
let other: TestFleet;
let agentId: string;
const identities = new Map<string, ClientIdentity | undefined>();

beforeAll(async () => {
  running = await RunningFleet.start();
  other = await TestFleet.make('lab');
  const { fleet, store } = running;
  const past = Date.now() - 40 * DAY_MS;
  const future = Date.now() + 2 * DAY_MS;
  const known = async (role: 'viewer' | 'operator' | 'admin', name: string, bornMs?: number) => {
    const identity = await fleet.operator(role, name, bornMs);
    await running.addOperator(role, name, identity);
    return identity;
  };
  const enrolled = async (bornMs?: number) => fleet.agent(await running.addHost(), bornMs);
  const under = (identity: ClientIdentity) => ({ ...identity, rootCertificate: fleet.authority.rootCertificate });

  identities.set('viewer', await known('viewer', 'vera'));
  identities.set('operator', await known('operator', 'oscar'));
  identities.set('admin', await known('admin', 'alice'));
  const host = await enrolled();
  agentId = host.hostId;
  identities.set('agent', host);
  identities.set('no certificate', undefined);
  identities.set("another fleet's admin", under(await other.operator('admin')));
  identities.set("another fleet's agent", under(await other.agent()));
  identities.set('expired admin', await known('admin', 'emil', past));
  identities.set('expired agent', await enrolled(past));
  identities.set('not yet valid admin', await known('admin', 'nora', future));
  const revoked = await known('admin', 'rita');
  await store.revokeOperators({ serial: revoked.serial, lastAdmin: false }, BY);
  identities.set('revoked admin', revoked);
  const lost = await running.addHost('lost');
  identities.set('revoked agent', await fleet.agent(lost));
  await store.revokeHost('lost', BY);
  identities.set('agent of no host', await fleet.agent(randomUUID()));
  identities.set('admin that the store does not know', await fleet.operator('admin', 'ghost'));
  const server = await fleet.authority.issueServer(Date.now());
  identities.set("the controller's own certificate", {
    rootCertificate: fleet.authority.rootCertificate,
    certificateChain: server.chain,
    privateKey: server.privateKey,
  });
  await running.serve();
});
afterAll(async () => {
  await running.stop();
  other.remove();
});

/** All methods of the protocol, found in the protocol itself. */
const METHODS = Object.values(protocol)
  .flatMap((entry) => ('service' in entry ? Object.values<AnyMethod>(entry.service) : []))
  .map((method) => ({ name: method.path.replace('/fleetblock.v1.', ''), method }));

/** Calls with an empty request. @returns the status, or SERVED for an answer or an objection of the handler */
async function callEmpty(method: AnyMethod, identity: ClientIdentity | undefined, serverName: string): Promise<string> {
  const root = Buffer.from(running.fleet.authority.rootCertificate);
  const credentials = identity ? clientCredentials(identity) : ChannelCredentials.createSsl(root);
  const client = new Client(running.address, credentials, channelOptions(serverName));
  const { path, requestSerialize, responseDeserialize } = method;
  // A call without an end is served while it is open.
  const options = { deadline: Date.now() + (path.endsWith('/WatchDrops') ? 3000 : 10_000) };
  const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new Metadata(), options);
  call.on('error', () => undefined);
  call.resume();
  const code = new Promise<string>((resolve) => call.on('status', (end) => resolve(status[end.code])));
  call.write({});
  call.end();
  const name = await code;
  client.close();
  return [DENIED, UNAUTHENTICATED, CLOSED, UNKNOWN].includes(name) ? name : SERVED;
}

describe('the matrix', () => {
  it('has a row for every method except those without a certificate, and no other', () => {
    const names = METHODS.map(({ name }) => name).filter((name) => !FOR_ANYBODY.has(name));
    expect(names.sort()).toEqual(Object.keys(MATRIX).sort());
    expect(Object.keys(REQUIRED_ROLE).sort()).toEqual(Object.keys(MATRIX).sort());
    expect([...identities.keys()]).toEqual([...Object.keys(VIEWER), ...Object.keys(NOBODY)]);
  });

  describe.each(METHODS)('$name', ({ name, method }) => {
    const byRole = FOR_ANYBODY.has(name) ? ENROLL : MATRIX[name];
    const row = { ...(FOR_ANYBODY.has(name) ? NOBODY_ENROLLS : NOBODY), ...byRole };
    it.each(Object.entries(row))('%s: %s', async (caller, expected) => {
      expect(await callEmpty(method, identities.get(caller), CONTROLLER_NAME)).toBe(expected);
    });
    it('by the name of enrollment: only what needs no certificate, to anyone', async () => {
      const expected = FOR_ANYBODY.has(name) ? SERVED : UNKNOWN;
      for (const caller of ['admin', 'no certificate', "another fleet's admin"])
        expect(await callEmpty(method, identities.get(caller), ENROLLMENT_NAME)).toBe(expected);
    });
  });
});

describe('what was refused', () => {
  it('faults row 34: is in the audit, with who and what', async () => {
    const records = [];
    for await (const batch of running.server.store.audit({ verb: 'refused' })) records.push(...batch);
    const agent = records.find(({ subject, actor }) => subject.endsWith('/Block') && actor === `agent/${agentId}`);
    expect(agent?.reason).toMatch(/^PERMISSION_DENIED from 127\.0\.0\.1:[0-9]+$/);
    expect(records.find(({ subject, actor }) => subject.endsWith('/Sync') && actor === 'admin/alice')).toBeDefined();
    expect(records.find(({ actor }) => actor === 'admin/rita')?.reason).toMatch(/^UNAUTHENTICATED/);
  });
});
