// Joining a fleet: tokens, pins and proofs, with the real store behind the real port.
import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign, X509Certificate } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinFleet, loadEnrollment } from '../../../agent/identity/enrollment.ts';
import { callEnroll } from '../../../agent/services/enrollment-client.ts';
import type { FleetblockError } from '../../../common/errors.ts';
import { createLogger } from '../../../common/logger.ts';
import { type EnrollmentToken, formatToken, parseToken } from '../../../common/text/token.ts';
import type { Clock } from '../../../common/time/clock.ts';
import { OperatorRegistry } from '../../../controller/identity/auth/operator-registry.ts';
import { Identity } from '../../../controller/identity/identity.ts';
import { enrollmentHandlers } from '../../../controller/server/services/enrollment-service.ts';
import type { NewToken } from '../../../controller/store/port/hosts.ts';
import { openSqliteStore } from '../../../controller/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../controller/store/store.ts';
import { TestFleet, TestGate } from '../fleet.ts';

const HOUR_MS = 3_600_000;
const BY = { actor: 'admin/alice', reason: 'test' };

let scratch: string;
let fleet: TestFleet;
let store: Store;
let gate: TestGate;
let identity: Identity;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'fleetblock-enroll-'));
  fleet = await TestFleet.make();
  store = await openSqliteStore({ directory: join(scratch, 'store'), create: true, clock: fleet.clock });
  identity = new Identity({
    authority: fleet.authority,
    operators: await OperatorRegistry.load(store, () => {}),
    store,
    findHost: () => undefined,
    clock: fleet.clock,
  });
  gate = await TestGate.start(fleet, { enrollment: handlers() });
});
afterAll(async () => {
  await gate.stop();
  await store.close();
  fleet.remove();
  rmSync(scratch, { recursive: true, force: true });
});

/** Fresh ones have a fresh memory of failed attempts. */
function handlers(clock: Clock = fleet.clock) {
  return enrollmentHandlers({
    authority: fleet.authority,
    identity,
    onRefused: () => {},
    store,
    clock,
    log: createLogger('test', 'silent'),
  });
}

async function makeToken(overrides: Partial<NewToken> = {}): Promise<EnrollmentToken> {
  const secret = randomBytes(32);
  const secretHash = createHash('sha256').update(secret).digest();
  const id = randomBytes(9).toString('base64url');
  const base = { id, secretHash, expiresMs: Date.now() + HOUR_MS, maxUses: 1, labels: {}, hostName: '' };
  await store.createToken({ ...base, ...overrides }, BY);
  return { id, secret, pin: fleet.authority.rootPin };
}

let hosts = 0;
const join_ = (token: EnrollmentToken, more: { name?: string; labels?: Record<string, string>; at?: string } = {}) => {
  const name = more.name ?? `host${++hosts}`;
  const stateDir = join(scratch, 'agents', `${hosts}-${randomUUID()}`);
  const controller = more.at ?? gate.address;
  return joinFleet({ controller, token, stateDir, name, labels: more.labels ?? {}, agentVersion: '0.1.0' }).then(
    (enrollment) => ({ enrollment, stateDir, error: undefined }),
    (error: FleetblockError) => ({ enrollment: undefined, stateDir, error }),
  );
};

describe('join', () => {
  it('turns a token into an identity that only its owner can read', async () => {
    const { enrollment, stateDir } = await join_(await makeToken({ labels: { env: 'prod' } }), {
      name: 'web1',
      labels: { env: 'dev', role: 'web' },
    });
    expect(enrollment).toMatchObject({ hostName: 'web1', fleet: 'lab', controller: gate.address });
    expect(loadEnrollment(stateDir)).toEqual(enrollment);
    expect(readdirSync(stateDir)).toEqual(['enrollment.json']);
    expect(statSync(join(stateDir, 'enrollment.json')).mode & 0o777).toBe(0o600);
    expect(statSync(stateDir).mode & 0o777).toBe(0o700);
    const leaf = new X509Certificate(enrollment?.identity.certificateChain ?? '');
    expect(leaf.subjectAltName).toBe(`URI:spiffe://lab/agent/${enrollment?.hostId}`);
    const host = await store.findHost(enrollment?.hostId ?? '');
    expect(host).toMatchObject({ name: 'web1', labels: { env: 'prod', role: 'web' }, revokedMs: 0 });
  });

  it('faults row 38: refuses an identity that others may read, a damaged and a missing one, naming the fix', async () => {
    const { stateDir } = await join_(await makeToken());
    const path = join(stateDir, 'enrollment.json');
    chmodSync(path, 0o640);
    expect(() => loadEnrollment(stateDir)).toThrow(`chmod 600 ${path}`);
    chmodSync(path, 0o600);
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 200));
    expect(() => loadEnrollment(stateDir)).toThrow(/damaged: remove it and run fleetblock-agent join/);
    rmSync(path);
    expect(() => loadEnrollment(stateDir)).toThrow(/not enrolled.*fleetblock-agent join HOST:PORT/);
  });

  it('does not overwrite an identity', async () => {
    const { stateDir } = await join_(await makeToken());
    const again = joinFleet({
      controller: gate.address,
      token: await makeToken(),
      stateDir,
      name: 'again',
      labels: {},
      agentVersion: '0.1.0',
    });
    await expect(again).rejects.toThrow(/enrolled already.*--replace/);
  });

  it('faults row 55: replaces an identity when it is told to, and only once the new one is there', async () => {
    const first = await join_(await makeToken(), { name: 'renewed' });
    const { stateDir } = first;
    const settings = { controller: gate.address, stateDir, name: 'renewed', labels: {}, agentVersion: '0.1.0' };
    const spent = await makeToken({ maxUses: 0 });
    await expect(joinFleet({ ...settings, token: spent, replace: true })).rejects.toThrow();
    expect(loadEnrollment(stateDir)).toEqual(first.enrollment);
    const token = await makeToken({ hostName: 'renewed', keepIdentity: true });
    const again = await joinFleet({ ...settings, token, replace: true });
    expect(again.hostId).toBe(first.enrollment?.hostId);
    expect(again.identity.certificateChain).not.toBe(first.enrollment?.identity.certificateChain);
    expect(loadEnrollment(stateDir)).toEqual(again);
  });

  it.skipIf(process.getuid?.() !== 0)('faults row 53: refuses a state directory that others can write to', async () => {
    const stateDir = join(scratch, 'planted');
    mkdirSync(stateDir);
    chmodSync(stateDir, 0o777);
    const token = await makeToken();
    const settings = { controller: gate.address, token, name: 'planted', labels: {}, agentVersion: '0.1.0' };
    await expect(joinFleet({ ...settings, stateDir })).rejects.toThrow(/others can replace what is in it/);
    expect(readdirSync(stateDir)).toEqual([]);
    // The token was not spent.
    chmodSync(stateDir, 0o700);
    expect((await joinFleet({ ...settings, stateDir })).hostName).toBe('planted');
  });

  it('sends nothing to a controller whose root has another pin', async () => {
    const other = await TestFleet.make();
    let asked = 0;
    const impostor = await TestGate.start(other, {
      enrollment: { Enroll: (_call: unknown, reply: (error: Error) => void) => reply(new Error(String(++asked))) },
    });
    const token = await makeToken();
    const { error, stateDir } = await join_(token, { at: impostor.address });
    expect(error?.code).toBe('UNAUTHENTICATED');
    expect(error?.message).toMatch(/not the one that made this token/);
    expect(asked).toBe(0);
    expect(existsSync(join(stateDir, 'enrollment.json'))).toBe(false);
    await impostor.stop();
    other.remove();
    expect((await join_(token)).error).toBeUndefined();
  });

  it('sends nothing to one that shows the right root over a chain of its own', async () => {
    const other = await TestFleet.make();
    let asked = 0;
    const impostor = await TestGate.start(
      other,
      { enrollment: { Enroll: (_call: unknown, reply: (error: Error) => void) => reply(new Error(String(++asked))) } },
      { shownRoot: fleet.authority.rootCertificate },
    );
    const { error } = await join_(await makeToken(), { at: impostor.address });
    expect(error?.code).toMatch(/UNAVAILABLE|UNAUTHENTICATED/);
    expect(asked).toBe(0);
    await impostor.stop();
    other.remove();
  });

  it('says so when nobody listens, or somebody else does', async () => {
    const token = await makeToken();
    expect((await join_(token, { at: '127.0.0.1:1' })).error?.message).toMatch(
      /cannot reach the controller at 127\.0\.0\.1:1/,
    );
    expect((await join_(token, { name: 'not a name' })).error?.message).toMatch(/cannot be a host's name.*--name/);
  });
});

describe('tokens', () => {
  it('faults row 32: used twice at once, one wins', async () => {
    const token = await makeToken();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => join_(token)));
    expect(outcomes.filter(({ error }) => !error)).toHaveLength(1);
    for (const { error } of outcomes) if (error) expect(error.code).toBe('UNAUTHENTICATED');
  });

  it('faults row 32: replayed, expired, revoked, guessed or for another host: refused, with one text for all', async () => {
    await gate.stop();
    gate = await TestGate.start(fleet, { enrollment: handlers() });
    const used = await makeToken();
    expect((await join_(used)).error).toBeUndefined();
    const expired = await makeToken({ expiresMs: Date.now() - 1 });
    const revoked = await makeToken();
    await store.revokeToken(revoked.id, BY);
    const guessed = { ...(await makeToken()), secret: randomBytes(32) };
    const unknown = { ...guessed, id: 'AAAAAAAAAAAA' };
    const errors = [];
    for (const token of [used, expired, revoked, guessed, unknown]) errors.push((await join_(token)).error);
    expect(new Set(errors.map((error) => error?.code))).toEqual(new Set(['UNAUTHENTICATED']));
    expect(new Set(errors.map((error) => error?.message)).size).toBe(1);
    const bound = await makeToken({ hostName: 'db1' });
    expect((await join_(bound, { name: 'db2' })).error?.code).toBe('PERMISSION_DENIED');
    expect((await join_(bound, { name: 'db1' })).error).toBeUndefined();
  });

  it('a lost answer is asked for again with the same token, from the same host, and is the same host', async () => {
    await gate.stop();
    // Enrolls, and the answer never comes: what a controller that dies after its commit does.
    const { Enroll } = handlers();
    let lost = 0;
    gate = await TestGate.start(fleet, {
      enrollment: {
        Enroll: (call: Parameters<typeof Enroll>[0], reply: (error: object) => void) =>
          Enroll(call, () => {
            lost++;
            reply({ code: status.UNAVAILABLE, details: 'connection lost' });
          }),
      },
    });
    const token = await makeToken();
    const stateDir = join(scratch, 'agents', randomUUID());
    const options = { controller: gate.address, token, stateDir, name: 'echo', labels: {}, agentVersion: '0.1.0' };
    await expect(joinFleet(options)).rejects.toThrow(/run the same command with the same token again/);
    expect(lost).toBe(1);
    expect(readdirSync(stateDir)).toEqual(['enrolling.json']);
    expect(statSync(join(stateDir, 'enrolling.json')).mode & 0o777).toBe(0o600);
    await gate.stop();
    gate = await TestGate.start(fleet, { enrollment: handlers() });
    // Somebody who has the token but not the key gets nothing for it.
    expect((await join_(token, { name: 'echo' })).error?.code).toBe('UNAUTHENTICATED');
    const enrolled = await joinFleet({ ...options, controller: gate.address });
    expect(await store.findHost(enrolled.hostId)).toMatchObject({ name: 'echo', revokedMs: 0 });
    expect((await store.hosts()).filter(({ name }) => name === 'echo')).toHaveLength(1);
    expect((await store.listTokens()).find(({ id }) => id === token.id)?.uses).toBe(1);
    expect(readdirSync(stateDir)).toEqual(['enrollment.json']);
    // Not for a host of another name, and not once it is revoked.
    await store.revokeHost('echo', BY);
    rmSync(join(stateDir, 'enrollment.json'));
    await expect(joinFleet({ ...options, controller: gate.address })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  it('that keep an identity give a lost host its own id back, once, and no other token does', async () => {
    const first = await join_(await makeToken({ labels: { env: 'prod' } }), { name: 'phoenix' });
    expect(first.error).toBeUndefined();
    expect((await join_(await makeToken({ hostName: 'phoenix' }), { name: 'phoenix' })).error?.code).toBe(
      'ALREADY_EXISTS',
    );
    await expect(makeToken({ hostName: 'nobody', keepIdentity: true })).rejects.toThrow(/no host "nobody"/);
    const token = await makeToken({ hostName: 'phoenix', keepIdentity: true });
    expect((await join_(token, { name: 'other' })).error?.code).toBe('PERMISSION_DENIED');
    const before = Date.now();
    const again = await join_(token, { name: 'phoenix', labels: { env: 'dev' } });
    expect(again.enrollment?.hostId).toBe(first.enrollment?.hostId);
    const leaf = new X509Certificate(again.enrollment?.identity.certificateChain ?? '');
    expect(leaf.subjectAltName).toBe(`URI:spiffe://lab/agent/${first.enrollment?.hostId}`);
    const host = await store.findHost(first.enrollment?.hostId ?? '');
    expect(host).toMatchObject({ name: 'phoenix', labels: { env: 'prod' } });
    expect(host?.identitySinceMs).toBeGreaterThanOrEqual(before);
    expect((await join_(token, { name: 'phoenix' })).error?.code).toBe('UNAUTHENTICATED');
  });

  it('of several uses serve that many hosts, and a taken name costs no use', async () => {
    const token = await makeToken({ maxUses: 2 });
    expect((await join_(token, { name: 'twin' })).error).toBeUndefined();
    expect((await join_(token, { name: 'twin' })).error?.code).toBe('ALREADY_EXISTS');
    expect((await join_(token, { name: 'twin2' })).error).toBeUndefined();
    expect((await join_(token)).error?.code).toBe('UNAUTHENTICATED');
  });

  it('cannot be guessed at speed: failed attempts of an address run out, good ones do not count', async () => {
    await gate.stop();
    // On a clock that only the test moves: a slow machine gives nothing back meanwhile.
    let elapsedMs = 0;
    const stopped: Clock = { wallMs: fleet.clock.wallMs, monotonicMs: () => elapsedMs };
    gate = await TestGate.start(fleet, { enrollment: handlers(stopped) });
    const guess = { ...(await makeToken()), secret: randomBytes(32) };
    for (let i = 0; i < 20; i++) expect((await join_(guess)).error?.code).toBe('UNAUTHENTICATED');
    expect((await join_(guess)).error?.code).toBe('RESOURCE_EXHAUSTED');
    elapsedMs += 2000;
    expect((await join_(guess)).error?.code).toBe('UNAUTHENTICATED');
    expect((await join_(guess)).error?.code).toBe('RESOURCE_EXHAUSTED');
    await gate.stop();
    gate = await TestGate.start(fleet, { enrollment: handlers(stopped) });
    const many = await makeToken({ maxUses: 30 });
    for (let i = 0; i < 30; i++) expect((await join_(many)).error).toBeUndefined();
  });

  it('faults row 130: guesses from an address lock out nobody else there, and failures with a token its holder alone', async () => {
    await gate.stop();
    const stopped: Clock = { wallMs: fleet.clock.wallMs, monotonicMs: () => 0 };
    gate = await TestGate.start(fleet, { enrollment: handlers(stopped) });
    const guess = { ...(await makeToken()), secret: randomBytes(32) };
    for (let i = 0; i < 20; i++) expect((await join_(guess)).error?.code).toBe('UNAUTHENTICATED');
    expect((await join_(guess)).error?.code).toBe('RESOURCE_EXHAUSTED');
    const token = await makeToken();
    expect((await join_(token)).error).toBeUndefined();
    for (let i = 0; i < 20; i++) expect((await join_(token)).error?.code).toBe('UNAUTHENTICATED');
    expect((await join_(token)).error?.message).toMatch(/too many failed enrollments with this token/);
    expect((await join_(await makeToken())).error).toBeUndefined();
  });

  it('are kept as a hash, and never repeated in an error', async () => {
    const token = await makeToken();
    const text = formatToken(token);
    for (const record of await store.listTokens())
      expect(Buffer.from(record.secretHash).equals(Buffer.from(token.secret))).toBe(false);
    expect(() => parseToken(text.slice(0, -1))).toThrow(/^(?!.*fbt1\.[A-Za-z0-9]).*not an enrollment token/);
    await gate.stop();
    gate = await TestGate.start(fleet, { enrollment: handlers() });
    await join_(token);
    const { error } = await join_(token);
    const secret = Buffer.from(token.secret);
    for (const form of [secret.toString('base64url'), secret.toString('base64'), secret.toString('hex')])
      expect(`${error?.message} ${error?.stack} ${JSON.stringify(error)}`).not.toContain(form);
  });
});

describe('a request', () => {
  const ask = async (change: (request: ReturnType<typeof requestOf>) => object) => {
    const token = await makeToken();
    const request = requestOf(token);
    const answer = callEnroll(gate.address, fleet.authority.rootCertificate, 5000, { ...request, ...change(request) });
    return answer.then(
      (enrolled) => ({ enrolled, code: 'OK' }),
      (error: FleetblockError) => ({ enrolled: undefined, code: error.code }),
    );
  };
  const requestOf = (token: EnrollmentToken) => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return {
      tokenId: token.id,
      tokenSecret: Buffer.from(token.secret),
      hostName: `host${++hosts}`,
      labels: {},
      publicKey: publicKey.export({ type: 'spki', format: 'der' }),
      possession: sign('sha256', Buffer.from(`fleetblock-enroll:${token.id}`), privateKey),
    };
  };

  it('must prove that it holds the key that is certified', async () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const foreign = { publicKey: publicKey.export({ type: 'spki', format: 'der' }) };
    expect((await ask(() => foreign)).code).toBe('INVALID_ARGUMENT');
    expect((await ask(() => ({ possession: Buffer.alloc(0) }))).code).toBe('INVALID_ARGUMENT');
    expect((await ask(({ possession }) => ({ possession: possession.map((byte) => byte ^ 1) }))).code).toBe(
      'INVALID_ARGUMENT',
    );
    expect((await ask(() => ({}))).code).toBe('OK');
  });

  it('faults row 36: names nobody but a host: whatever it asks for, its certificate is an agent', async () => {
    // There is no request for a certificate with a name in it: a name that tries to be one is no host name.
    for (const hostName of [
      'operator/admin/eve',
      'spiffe://lab/operator/admin/eve',
      'a,URI:spiffe://lab/operator/admin/eve',
      '',
    ])
      expect((await ask(() => ({ hostName }))).code).toBe('INVALID_ARGUMENT');
    const { enrolled } = await ask(() => ({ hostName: 'admin' }));
    expect(new X509Certificate(enrolled?.certificateChain ?? '').subjectAltName).toBe(
      `URI:spiffe://lab/agent/${enrolled?.hostId}`,
    );
  });

  it('is bounded', async () => {
    await gate.stop();
    gate = await TestGate.start(fleet, { enrollment: handlers() });
    const labels = Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`k${i}`, 'v']));
    expect((await ask(() => ({ labels }))).code).toBe('INVALID_ARGUMENT');
    expect((await ask(() => ({ labels: { 'a b': 'c' } }))).code).toBe('INVALID_ARGUMENT');
    expect((await ask(() => ({ tokenSecret: Buffer.alloc(31) }))).code).toBe('INVALID_ARGUMENT');
    expect((await ask(() => ({ publicKey: Buffer.alloc(20_000) }))).code).toBe('RESOURCE_EXHAUSTED');
  });
});
