// What a request to enroll must prove and may ask for, whatever agent sends it.
import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FleetblockError } from '../../../common/errors.ts';
import { method } from '../../../common/rpc/client/method.ts';
import { asStranger, callOnce } from '../../../common/rpc/client/once.ts';
import type { EnrollmentToken } from '../../../common/text/token.ts';
import { Enrolling } from './enrolling.ts';

let enrolling: Enrolling;
beforeAll(async () => {
  enrolling = await Enrolling.start();
});
afterAll(() => enrolling.stop());

describe('a request', () => {
  const ask = async (change: (request: ReturnType<typeof requestOf>) => object) => {
    const token = await enrolling.makeToken();
    const request = requestOf(token);
    const target = asStranger(enrolling.gate.address, enrolling.fleet.authority.rootCertificate);
    const enroll = method('EnrollmentService', 'Enroll');
    const answer = callOnce(
      target,
      enroll,
      {
        ...request,
        ...change(request),
      },
      5000,
    );
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
      hostName: `host${++enrolling.hosts}`,
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

  it('faults row 36: names only a host: whatever it asks for, its certificate is for an agent', async () => {
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
    await enrolling.openGate();
    const labels = Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`k${i}`, 'v']));
    expect((await ask(() => ({ labels }))).code).toBe('INVALID_ARGUMENT');
    expect((await ask(() => ({ labels: { 'a b': 'c' } }))).code).toBe('INVALID_ARGUMENT');
    expect((await ask(() => ({ tokenSecret: Buffer.alloc(31) }))).code).toBe('INVALID_ARGUMENT');
    expect((await ask(() => ({ publicKey: Buffer.alloc(20_000) }))).code).toBe('RESOURCE_EXHAUSTED');
  });
});
