import { randomUUID, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Authority } from '../pki/authority.ts';
import { newKeyPair } from '../pki/certificates.ts';
import type { OperatorRole } from '../pki/names.ts';
import { PeerReader } from '../pki/peer.ts';
import { Authorizer, type Refusal } from './authorizer.ts';
import { openToBound, REQUIRED_ROLE, requiredRole, roleSuffices } from './policy.ts';

const DAY_MS = 86_400_000;
const LIST = '/fleetblock.v1.OperatorService/ListHostChunks';
const CREATE = '/fleetblock.v1.OperatorService/CreateToken';
const SYNC = '/fleetblock.v1.AgentService/Sync';

let directory: string;
let authority: Authority;
let now = Date.UTC(2026, 10, 24);
const revoked = new Set<string>();
const refusals: Refusal[] = [];
let authorizer: Authorizer;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-auth-'));
  authority = await Authority.create(directory, 'lab', now);
  authorizer = new Authorizer({
    reader: new PeerReader('lab', authority.clientIssuers),
    standing: {
      hostMayCall: (id) => !revoked.has(id),
      operatorMayCall: (serial) => !revoked.has(serial),
    },
    clock: { wallMs: () => now, monotonicMs: () => 0 },
    onRefusal: (refusal) => refusals.push(refusal),
  });
});
afterEach(() => {
  now = Date.UTC(2026, 10, 24);
  revoked.clear();
  refusals.length = 0;
});
afterAll(() => {
  authorizer.close();
  rmSync(directory, { recursive: true, force: true });
});

const callWith = (path: string, raw?: Uint8Array) => ({
  getPeer: () => '10.0.0.9:4711',
  getPath: () => path,
  getAuthContext: () => ({ sslPeerCertificate: raw && { raw } }),
});

async function operator(role: OperatorRole) {
  const { chain, serial } = await authority.issueOperator(role, 'alice', newKeyPair().publicKey, now, DAY_MS);
  return { raw: new X509Certificate(chain).raw, serial };
}
async function agent() {
  const id = randomUUID();
  const { chain, serial } = await authority.issueAgent(id, newKeyPair().publicKey, now);
  return { id, raw: new X509Certificate(chain).raw, serial };
}

it('says who calls, from the certificate alone', async () => {
  const { raw, serial } = await operator('viewer');
  const expected = { role: 'viewer', id: 'alice', actor: 'viewer/alice', serial, from: '10.0.0.9:4711' };
  expect(authorizer.authorize(callWith(LIST, raw))).toEqual(expected);
  const host = await agent();
  expect(authorizer.authorize(callWith(SYNC, host.raw)).actor).toBe(`agent/${host.id}`);
  expect(refusals).toEqual([]);
  expect(authorizer.recent.at('10.0.0.9')).toBe('viewer/alice');
  revoked.add(serial);
  expect(authorizer.recent.at('10.0.0.9')).toBeUndefined();
});

it('refuses the wrong role, an unknown method, no certificate, an ended and a revoked one, and records each', async () => {
  const { raw, serial } = await operator('operator');
  const code = (path: string, der?: Uint8Array) => {
    try {
      authorizer.authorize(callWith(path, der));
      return 'OK';
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error;
    }
  };
  expect(code(CREATE, raw)).toBe('PERMISSION_DENIED');
  expect(code(SYNC, raw)).toBe('PERMISSION_DENIED');
  expect(code('/fleetblock.v1.OperatorService/toString', raw)).toBe('PERMISSION_DENIED');
  expect(code('/other.v1.OperatorService/ListHostChunks', raw)).toBe('PERMISSION_DENIED');
  expect(code(LIST)).toBe('UNAUTHENTICATED');
  expect(code(LIST, new Uint8Array(10))).toBe('UNAUTHENTICATED');
  now += DAY_MS;
  expect(code(LIST, raw)).toBe('UNAUTHENTICATED');
  now -= DAY_MS;
  revoked.add(serial);
  expect(code(LIST, raw)).toBe('UNAUTHENTICATED');
  revoked.clear();
  expect(code(LIST, raw)).toBe('OK');
  expect(refusals).toHaveLength(8);
  expect(refusals.map(({ actor }) => actor)).toContain('nobody');
});

it('ends an open call once, when it would be refused now', async () => {
  const host = await agent();
  const ends: string[] = [];
  authorizer.watch(callWith(SYNC, host.raw), (error) => ends.push(error.code));
  const release = authorizer.watch(callWith(SYNC, host.raw), () => ends.push('released'));
  release();
  authorizer.recheck();
  expect(ends).toEqual([]);
  revoked.add(host.id);
  authorizer.recheck();
  authorizer.recheck();
  expect(ends).toEqual(['UNAUTHENTICATED']);
});

it('lets an open call of a renewed certificate go on, for the life of the new one', async () => {
  const host = await agent();
  let ended = false;
  authorizer.watch(callWith(SYNC, host.raw), () => {
    ended = true;
  });
  authorizer.extend(callWith(SYNC, host.raw), now + 10 * DAY_MS);
  now += 9 * DAY_MS;
  authorizer.recheck();
  expect(ended).toBe(false);
  now += DAY_MS;
  authorizer.recheck();
  expect(ended).toBe(true);
});

it('has roles in order, and agents apart', () => {
  const ranks = ['viewer', 'operator', 'admin'] as const;
  for (const [i, role] of ranks.entries()) {
    for (const [j, required] of ranks.entries()) expect(roleSuffices(role, required)).toBe(i >= j);
    expect(roleSuffices(role, 'agent')).toBe(false);
    expect(roleSuffices('agent', role)).toBe(false);
  }
  expect(roleSuffices('agent', 'agent')).toBe(true);
  for (const method of Object.keys(REQUIRED_ROLE)) expect(requiredRole(`/fleetblock.v1.${method}`)).toBeDefined();
});

it('a caller that is bound to an origin may read, and call what checks the origin: nothing else, whatever its role', () => {
  const open = Object.keys(REQUIRED_ROLE).filter((name) => openToBound(`/fleetblock.v1.${name}`));
  const changes = open.filter((name) => REQUIRED_ROLE[name] !== 'viewer').map((name) => name.split('/')[1]);
  expect(changes.sort()).toEqual([
    'AbortRollout',
    'Block',
    'CheckWait',
    'Confirm',
    'ImportList',
    'IncludeInList',
    'PauseRollout',
    'RemoveList',
    'ResumeRollout',
    'Unblock',
  ]);
  expect(open).toContain('OperatorService/ListAudit');
  expect(openToBound('/fleetblock.v1.OperatorService/NoSuchMethod')).toBe(false);
});
