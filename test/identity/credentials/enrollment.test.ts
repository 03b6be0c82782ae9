// Joining a fleet: tokens, pins and proofs, with the real store behind the real port.
import { randomBytes, randomUUID, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinFleet, loadEnrollment } from '../../../agent/identity/enrollment.ts';
import { formatToken, parseToken } from '../../../common/text/token.ts';
import type { Clock } from '../../../common/time/clock.ts';
import { TestFleet, TestGate } from '../fleet.ts';
import { BY, Enrolling } from './enrolling.ts';

let enrolling: Enrolling;
beforeAll(async () => {
  enrolling = await Enrolling.start();
});
afterAll(() => enrolling.stop());

describe('join', () => {
  it('turns a token into an identity that only its owner can read', async () => {
    const { enrollment, stateDir } = await enrolling.join(await enrolling.makeToken({ labels: { env: 'prod' } }), {
      name: 'web1',
      labels: { env: 'dev', role: 'web' },
    });
    expect(enrollment).toMatchObject({ hostName: 'web1', fleet: 'lab', controller: enrolling.gate.address });
    expect(loadEnrollment(stateDir)).toEqual(enrollment);
    expect(readdirSync(stateDir)).toEqual(['enrollment.json']);
    expect(statSync(join(stateDir, 'enrollment.json')).mode & 0o777).toBe(0o600);
    expect(statSync(stateDir).mode & 0o777).toBe(0o700);
    const leaf = new X509Certificate(enrollment?.identity.certificateChain ?? '');
    expect(leaf.subjectAltName).toBe(`URI:spiffe://lab/agent/${enrollment?.hostId}`);
    const host = await enrolling.store.findHost(enrollment?.hostId ?? '');
    expect(host).toMatchObject({ name: 'web1', labels: { env: 'prod', role: 'web' }, revokedMs: 0 });
  });

  it('faults row 38: refuses an identity that others may read, a damaged and a missing one, naming the fix', async () => {
    const { stateDir } = await enrolling.join(await enrolling.makeToken());
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
    const { stateDir } = await enrolling.join(await enrolling.makeToken());
    const again = joinFleet({
      controller: enrolling.gate.address,
      token: await enrolling.makeToken(),
      stateDir,
      name: 'again',
      labels: {},
      agentVersion: '0.1.0',
    });
    await expect(again).rejects.toThrow(/enrolled already.*--replace/);
  });

  it('faults row 55: replaces an identity on request, and only once the new one is there', async () => {
    const first = await enrolling.join(await enrolling.makeToken(), { name: 'renewed' });
    const { stateDir } = first;
    const settings = {
      controller: enrolling.gate.address,
      stateDir,
      name: 'renewed',
      labels: {},
      agentVersion: '0.1.0',
    };
    const spent = await enrolling.makeToken({ maxUses: 0 });
    await expect(joinFleet({ ...settings, token: spent, replace: true })).rejects.toThrow();
    expect(loadEnrollment(stateDir)).toEqual(first.enrollment);
    const token = await enrolling.makeToken({ hostName: 'renewed', keepIdentity: true });
    const again = await joinFleet({ ...settings, token, replace: true });
    expect(again.hostId).toBe(first.enrollment?.hostId);
    expect(again.identity.certificateChain).not.toBe(first.enrollment?.identity.certificateChain);
    expect(loadEnrollment(stateDir)).toEqual(again);
  });

  it.skipIf(process.getuid?.() !== 0)('faults row 53: refuses a state directory that others can write to', async () => {
    const stateDir = join(enrolling.scratch, 'planted');
    mkdirSync(stateDir);
    chmodSync(stateDir, 0o777);
    const token = await enrolling.makeToken();
    const settings = { controller: enrolling.gate.address, token, name: 'planted', labels: {}, agentVersion: '0.1.0' };
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
    const token = await enrolling.makeToken();
    const { error, stateDir } = await enrolling.join(token, { at: impostor.address });
    expect(error?.code).toBe('UNAUTHENTICATED');
    expect(error?.message).toMatch(/not the one that made this token/);
    expect(asked).toBe(0);
    expect(existsSync(join(stateDir, 'enrollment.json'))).toBe(false);
    await impostor.stop();
    other.remove();
    expect((await enrolling.join(token)).error).toBeUndefined();
  });

  it('sends nothing to one that shows the right root over a chain of its own', async () => {
    const other = await TestFleet.make();
    let asked = 0;
    const impostor = await TestGate.start(
      other,
      { enrollment: { Enroll: (_call: unknown, reply: (error: Error) => void) => reply(new Error(String(++asked))) } },
      { shownRoot: enrolling.fleet.authority.rootCertificate },
    );
    const { error } = await enrolling.join(await enrolling.makeToken(), { at: impostor.address });
    expect(error?.code).toMatch(/UNAVAILABLE|UNAUTHENTICATED/);
    expect(asked).toBe(0);
    await impostor.stop();
    other.remove();
  });

  it('says so when nothing listens, or another program does', async () => {
    const token = await enrolling.makeToken();
    expect((await enrolling.join(token, { at: '127.0.0.1:1' })).error?.message).toMatch(
      /cannot reach the controller at 127\.0\.0\.1:1/,
    );
    expect((await enrolling.join(token, { name: 'not a name' })).error?.message).toMatch(
      /cannot be a host's name.*--name/,
    );
  });
});

describe('tokens', () => {
  it('faults row 32: used twice at once, one wins', async () => {
    const token = await enrolling.makeToken();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => enrolling.join(token)));
    expect(outcomes.filter(({ error }) => !error)).toHaveLength(1);
    for (const { error } of outcomes) if (error) expect(error.code).toBe('UNAUTHENTICATED');
  });

  it('faults row 32: replayed, expired, revoked, guessed or for another host: refused, with one text for all', async () => {
    await enrolling.openGate();
    const used = await enrolling.makeToken();
    expect((await enrolling.join(used)).error).toBeUndefined();
    const expired = await enrolling.makeToken({ expiresMs: Date.now() - 1 });
    const revoked = await enrolling.makeToken();
    await enrolling.store.revokeToken(revoked.id, BY);
    const guessed = { ...(await enrolling.makeToken()), secret: randomBytes(32) };
    const unknown = { ...guessed, id: 'AAAAAAAAAAAA' };
    const errors = [];
    for (const token of [used, expired, revoked, guessed, unknown]) errors.push((await enrolling.join(token)).error);
    expect(new Set(errors.map((error) => error?.code))).toEqual(new Set(['UNAUTHENTICATED']));
    expect(new Set(errors.map((error) => error?.message)).size).toBe(1);
    const bound = await enrolling.makeToken({ hostName: 'db1' });
    expect((await enrolling.join(bound, { name: 'db2' })).error?.code).toBe('PERMISSION_DENIED');
    expect((await enrolling.join(bound, { name: 'db1' })).error).toBeUndefined();
  });

  it('a lost answer is asked for again with the same token, from the same host, and is the same host', async () => {
    // Enrolls, and the answer never comes: what a controller that dies after its commit does.
    const { Enroll } = enrolling.handlers();
    let lost = 0;
    await enrolling.openGate({
      Enroll: (call: Parameters<typeof Enroll>[0], reply: (error: object) => void) =>
        Enroll(call, () => {
          lost++;
          reply({ code: status.UNAVAILABLE, details: 'connection lost' });
        }),
    });
    const token = await enrolling.makeToken();
    const stateDir = join(enrolling.scratch, 'agents', randomUUID());
    const options = {
      controller: enrolling.gate.address,
      token,
      stateDir,
      name: 'echo',
      labels: {},
      agentVersion: '0.1.0',
    };
    await expect(joinFleet(options)).rejects.toThrow(/run the same command with the same token again/);
    expect(lost).toBe(1);
    expect(readdirSync(stateDir)).toEqual(['enrolling.json']);
    expect(statSync(join(stateDir, 'enrolling.json')).mode & 0o777).toBe(0o600);
    await enrolling.openGate();
    // A caller that has the token but not the key gets nothing for it.
    expect((await enrolling.join(token, { name: 'echo' })).error?.code).toBe('UNAUTHENTICATED');
    const enrolled = await joinFleet({ ...options, controller: enrolling.gate.address });
    expect(await enrolling.store.findHost(enrolled.hostId)).toMatchObject({ name: 'echo', revokedMs: 0 });
    expect((await enrolling.store.hosts()).filter(({ name }) => name === 'echo')).toHaveLength(1);
    expect((await enrolling.store.listTokens()).find(({ id }) => id === token.id)?.uses).toBe(1);
    expect(readdirSync(stateDir)).toEqual(['enrollment.json']);
    // Not for a host of another name, and not once it is revoked.
    await enrolling.store.revokeHost('echo', BY);
    rmSync(join(stateDir, 'enrollment.json'));
    await expect(joinFleet({ ...options, controller: enrolling.gate.address })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  it('that keep an identity give a lost host its own id back, once, and no other token does', async () => {
    const first = await enrolling.join(await enrolling.makeToken({ labels: { env: 'prod' } }), { name: 'phoenix' });
    expect(first.error).toBeUndefined();
    expect(
      (await enrolling.join(await enrolling.makeToken({ hostName: 'phoenix' }), { name: 'phoenix' })).error?.code,
    ).toBe('ALREADY_EXISTS');
    await expect(enrolling.makeToken({ hostName: 'nobody', keepIdentity: true })).rejects.toThrow(/no host "nobody"/);
    const token = await enrolling.makeToken({ hostName: 'phoenix', keepIdentity: true });
    expect((await enrolling.join(token, { name: 'other' })).error?.code).toBe('PERMISSION_DENIED');
    const before = Date.now();
    const again = await enrolling.join(token, { name: 'phoenix', labels: { env: 'dev' } });
    expect(again.enrollment?.hostId).toBe(first.enrollment?.hostId);
    const leaf = new X509Certificate(again.enrollment?.identity.certificateChain ?? '');
    expect(leaf.subjectAltName).toBe(`URI:spiffe://lab/agent/${first.enrollment?.hostId}`);
    const host = await enrolling.store.findHost(first.enrollment?.hostId ?? '');
    expect(host).toMatchObject({ name: 'phoenix', labels: { env: 'prod' } });
    expect(host?.identitySinceMs).toBeGreaterThanOrEqual(before);
    expect((await enrolling.join(token, { name: 'phoenix' })).error?.code).toBe('UNAUTHENTICATED');
  });

  it('of several uses serve that many hosts, and a taken name costs no use', async () => {
    const token = await enrolling.makeToken({ maxUses: 2 });
    expect((await enrolling.join(token, { name: 'twin' })).error).toBeUndefined();
    expect((await enrolling.join(token, { name: 'twin' })).error?.code).toBe('ALREADY_EXISTS');
    expect((await enrolling.join(token, { name: 'twin2' })).error).toBeUndefined();
    expect((await enrolling.join(token)).error?.code).toBe('UNAUTHENTICATED');
  });

  it('cannot be guessed at speed: failed attempts of an address run out, good ones do not count', async () => {
    await enrolling.gate.stop();
    // On a clock that only the test moves: a slow machine gives nothing back meanwhile.
    let elapsedMs = 0;
    const stopped: Clock = { wallMs: enrolling.fleet.clock.wallMs, monotonicMs: () => elapsedMs };
    await enrolling.openGate(enrolling.handlers(stopped));
    const guess = { ...(await enrolling.makeToken()), secret: randomBytes(32) };
    for (let i = 0; i < 20; i++) expect((await enrolling.join(guess)).error?.code).toBe('UNAUTHENTICATED');
    expect((await enrolling.join(guess)).error?.code).toBe('RESOURCE_EXHAUSTED');
    elapsedMs += 2000;
    expect((await enrolling.join(guess)).error?.code).toBe('UNAUTHENTICATED');
    expect((await enrolling.join(guess)).error?.code).toBe('RESOURCE_EXHAUSTED');
    await enrolling.openGate(enrolling.handlers(stopped));
    const many = await enrolling.makeToken({ maxUses: 30 });
    for (let i = 0; i < 30; i++) expect((await enrolling.join(many)).error).toBeUndefined();
  });

  it('faults row 130: guesses from an address lock out no other caller there, and failures with a token only its holder', async () => {
    await enrolling.gate.stop();
    const stopped: Clock = { wallMs: enrolling.fleet.clock.wallMs, monotonicMs: () => 0 };
    await enrolling.openGate(enrolling.handlers(stopped));
    const guess = { ...(await enrolling.makeToken()), secret: randomBytes(32) };
    for (let i = 0; i < 20; i++) expect((await enrolling.join(guess)).error?.code).toBe('UNAUTHENTICATED');
    expect((await enrolling.join(guess)).error?.code).toBe('RESOURCE_EXHAUSTED');
    const token = await enrolling.makeToken();
    expect((await enrolling.join(token)).error).toBeUndefined();
    for (let i = 0; i < 20; i++) expect((await enrolling.join(token)).error?.code).toBe('UNAUTHENTICATED');
    expect((await enrolling.join(token)).error?.message).toMatch(/too many failed enrollments with this token/);
    expect((await enrolling.join(await enrolling.makeToken())).error).toBeUndefined();
  });

  it('are kept as a hash, and never repeated in an error', async () => {
    const token = await enrolling.makeToken();
    const text = formatToken(token);
    for (const record of await enrolling.store.listTokens())
      expect(Buffer.from(record.secretHash).equals(Buffer.from(token.secret))).toBe(false);
    expect(() => parseToken(text.slice(0, -1))).toThrow(/^(?!.*fbt1\.[A-Za-z0-9]).*not an enrollment token/);
    await enrolling.openGate();
    await enrolling.join(token);
    const { error } = await enrolling.join(token);
    const secret = Buffer.from(token.secret);
    for (const form of [secret.toString('base64url'), secret.toString('base64'), secret.toString('hex')])
      expect(`${error?.message} ${error?.stack} ${JSON.stringify(error)}`).not.toContain(form);
  });
});
