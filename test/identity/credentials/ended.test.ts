// A credential that ended stays ended: revoked operators and their tokens, hosts that were enrolled again, the last admin.
import { generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { method } from '../../../common/rpc/client/method.ts';
import { asMember, asStranger, callOnce } from '../../../common/rpc/client/once.ts';
import { parseLoginToken, parseToken } from '../../../common/text/token.ts';
import type { EnrollResponse__Output } from '../../../proto/gen/fleetblock/v1/EnrollResponse.ts';
import { runHere } from '../../cli/support/cli.ts';
import { RunningFleet } from '../running.ts';

interface Key {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

let running: RunningFleet;
beforeAll(async () => {
  running = await RunningFleet.start();
  await running.serve();
});
afterAll(() => running.stop());

const newKey = (): Key => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const serialOf = (chain: string) => new X509Certificate(chain).serialNumber.toLowerCase();
const asAdmin = (...args: string[]) =>
  runHere(args, {
    env: {
      FLEETBLOCK_CONFIG: join(running.dataDir, 'operators', 'admin.yaml'),
      FLEETBLOCK_CONTROLLER: running.address,
    },
  });

function proven({ publicKey, privateKey }: Key, text: string) {
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    possession: sign('sha256', Buffer.from(text), privateKey),
  };
}

async function tokenFor(name: string, role: string): Promise<string> {
  const { stdout, stderr } = await asAdmin('operator', 'token', name, '--role', role);
  expect(stderr).toContain(`for ${name}`);
  return stdout.trim();
}

function logIn(text: string, key: Key) {
  const { id, secret } = parseLoginToken(text);
  const request = { tokenId: id, tokenSecret: Buffer.from(secret), ...proven(key, `fleetblock-login:${id}`) };
  const target = asStranger(running.address, running.fleet.authority.rootCertificate);
  return callOnce(target, method('EnrollmentService', 'EnrollOperator'), request, 20_000);
}

async function enroll(text: string, hostName: string, key: Key, labels = {}): Promise<EnrollResponse__Output> {
  const { id, secret } = parseToken(text.trim());
  const request = {
    tokenId: id,
    tokenSecret: Buffer.from(secret),
    hostName,
    labels,
    ...proven(key, `fleetblock-enroll:${id}`),
  };
  const target = asStranger(running.address, running.fleet.authority.rootCertificate);
  return await callOnce(target, method('EnrollmentService', 'Enroll'), request, 20_000);
}

describe('faults row 69: a revoked operator', () => {
  it('does not come back with a token that was used, nor with one that was not', async () => {
    const [used, unused] = [await tokenFor('alice', 'admin'), await tokenFor('alice', 'admin')];
    const key = newKey();
    const { certificateChain } = await logIn(used, key);
    expect((await asAdmin('operator', 'revoke', 'alice')).stdout).toBe(
      'revoked 1 certificate and 2 login tokens of alice\n',
    );
    await expect(logIn(used, key)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(logIn(unused, newKey())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const alices = (await running.store.operators()).filter(({ name }) => name === 'alice');
    expect(alices.map(({ serial, revokedMs }) => [serial, revokedMs > 0])).toEqual([
      [serialOf(certificateChain), true],
    ]);
  });

  it('nor when just that certificate was revoked', async () => {
    const token = await tokenFor('sam', 'viewer');
    const key = newKey();
    const { certificateChain } = await logIn(token, key);
    expect((await asAdmin('operator', 'revoke', '--serial', serialOf(certificateChain))).exitCode).toBe(0);
    await expect(logIn(token, key)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('asked again, by the same key at the same time and later, there is one certificate', async () => {
    const token = await tokenFor('twice', 'viewer');
    const key = newKey();
    const first = await Promise.all([logIn(token, key), logIn(token, key)]);
    const later = await logIn(token, key);
    expect(new Set([...first, later].map(({ certificateChain }) => serialOf(certificateChain))).size).toBe(1);
    expect((await running.store.operators()).filter(({ name }) => name === 'twice')).toHaveLength(1);
  });

  it('login tokens are listed and revoked, without a certificate too', async () => {
    const { id } = parseLoginToken(await tokenFor('bob', 'operator'));
    const rows = JSON.parse((await asAdmin('operator', 'tokens', '-o', 'json')).stdout);
    expect(rows).toContainEqual(expect.objectContaining({ id, name: 'bob', role: 'operator', state: 'valid' }));
    expect((await asAdmin('operator', 'revoke', '--token', id)).stdout).toBe(`revoked login token ${id} of bob\n`);
    const other = await tokenFor('bob', 'operator');
    expect((await asAdmin('operator', 'revoke', 'bob')).stdout).toBe(
      'revoked 0 certificates and 1 login token of bob\n',
    );
    await expect(logIn(other, newKey())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect((await asAdmin('operator', 'revoke', 'bob')).exitCode).toBe(1);
  });
});

describe('faults row 70: a host that is enrolled again', () => {
  const renew = (chain: string, key: Key, hostId: string, next: Key) =>
    callOnce(
      asMember(running.address, {
        rootCertificate: running.fleet.authority.rootCertificate,
        certificateChain: chain,
        privateKey: key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      }),
      method('IdentityService', 'RenewCertificate'),
      proven(next, `fleetblock-renew:${hostId}`),
      20_000,
    ).then(({ certificateChain }) => certificateChain);

  it('locks out the holder of the previous token and key, and renewals of the same moment', async () => {
    const [oldKey, newHostKey] = [newKey(), newKey()];
    const token = (await asAdmin('token', 'create')).stdout;
    const first = await enroll(token, 'web1', oldKey);
    // The answer was lost: the same again.
    expect((await enroll(token, 'web1', oldKey)).hostId).toBe(first.hostId);
    const again = (await asAdmin('token', 'create', '--host', 'web1', '--keep-identity')).stdout;
    const thief = newKey();
    const [renewed, second] = await Promise.all([
      renew(first.certificateChain, oldKey, first.hostId, thief).catch(() => undefined),
      enroll(again, 'web1', newHostKey),
    ]);
    expect(second.hostId).toBe(first.hostId);
    await expect(enroll(token, 'web1', oldKey)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const attempt = (chain: string, key: Key) => renew(chain, key, first.hostId, newKey());
    await expect(attempt(first.certificateChain, oldKey)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    // Signed at the same moment as the enrollment, if it came through at all.
    if (renewed) await expect(attempt(renewed, thief)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    // One of the very second of the enrollment, and of before it.
    const { authority } = running.fleet;
    const forged = await authority.issueAgent(first.hostId, thief.publicKey, Date.now());
    await expect(attempt(forged.chain, thief)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await attempt(second.certificateChain, newHostKey)).toContain('BEGIN CERTIFICATE');
  });

  it('gets the labels of its token alone, where that is asked for', async () => {
    const labels = ['--label', 'env=dev'];
    const asked = { env: 'prod', role: 'db' };
    const free = await enroll((await asAdmin('token', 'create', ...labels)).stdout, 'free', newKey(), asked);
    const only = (await asAdmin('token', 'create', ...labels, '--only-these-labels')).stdout;
    const bound = await enroll(only, 'bound', newKey(), asked);
    expect((await running.store.findHost(free.hostId))?.labels).toEqual({ env: 'dev', role: 'db' });
    expect((await running.store.findHost(bound.hostId))?.labels).toEqual({ env: 'dev' });
  });
});

describe('faults row 71: the last admin', () => {
  it('is not revoked by accident, and operators who revoke themselves get the answer', async () => {
    await asAdmin('operator', 'revoke', 'alice');
    const refused = await asAdmin('operator', 'revoke', 'admin');
    expect(refused).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('--last-admin') });
    const { stdout } = await asAdmin('audit', '--verb', 'refused', '--output', 'json');
    expect(stdout).toContain('"revoke operator admin"');
    expect((await asAdmin('operator', 'tokens')).exitCode).toBe(0);
    expect(await asAdmin('operator', 'revoke', 'admin', '--last-admin')).toMatchObject({
      exitCode: 0,
      stdout: 'revoked 1 certificate of admin\n',
    });
    expect((await asAdmin('operator', 'tokens')).exitCode).toBe(4);
  });
});
