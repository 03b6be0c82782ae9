// With which certificate HTTP is served: one of its own, which is replaced while it runs; or none, on loopback.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ClientIdentity } from '../../common/rpc/channel.ts';
import { TestAuthority } from '../cli/support/certificates.ts';
import { RunningFleet } from '../identity/running.ts';
import { storeKey } from './keys.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const NAME = 'api.example.test';

let running: RunningFleet;
let admin: ClientIdentity;
let directory: string;
let files: { certificate: string; key: string };

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-http-'));
  files = { certificate: join(directory, 'cert.pem'), key: join(directory, 'key.pem') };
  running = await RunningFleet.start();
  const made = await running.fleet.operator('admin', 'alice');
  admin = made;
  await running.addOperator('admin', 'alice', made);
});
afterEach(async () => {
  vi.useRealTimers();
  await running.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function writePair(authority: TestAuthority): Promise<void> {
  const { certificate, key } = await authority.server(NAME);
  writeFileSync(files.certificate, certificate);
  writeFileSync(files.key, key, { mode: 0o600 });
}

/** @returns the status, or the code of what kept the connection from being made */
async function call(options: RequestOptions, send = request): Promise<number | string> {
  const sent = send({
    ...{ host: '127.0.0.1', port: running.httpPort, method: 'POST', agent: false },
    ...{ path: '/fleetblock.v1.OperatorService/ListConfirmations', servername: NAME },
    ...options,
    headers: { 'content-type': 'application/json', ...options.headers },
  });
  sent.end('{}');
  try {
    const [response] = await once(sent, 'response');
    response.resume();
    return response.statusCode;
  } catch (error) {
    return Object(error).code;
  }
}

it('shows the certificate of the files, reads them again, and knows the fleet by its own root', async () => {
  const [first, second] = [await TestAuthority.create(), await TestAuthority.create()];
  await writePair(first);
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  await running.serve({ http: { listen: LOOPBACK, files, plain: false } });
  const operator = { cert: admin.certificateChain, key: admin.privateKey };
  expect(await call({ ca: first.root, ...operator })).toBe(200);
  expect(await call({ ca: first.root })).toBe(401);
  expect(await call({ ca: second.root, ...operator })).toMatch(/SIGNATURE|SELF_SIGNED|UNABLE_TO/);
  const { certificate, key } = await second.operator();
  expect(await call({ ca: first.root, cert: certificate, key })).toBe('ECONNRESET');

  writeFileSync(files.key, 'half a key');
  vi.advanceTimersByTime(60_000);
  expect(await call({ ca: first.root, ...operator })).toBe(200);
  await writePair(second);
  vi.advanceTimersByTime(60_000);
  expect(await call({ ca: second.root, ...operator })).toBe(200);
});

it.each([
  ['is not there', () => {}, '--http-key'],
  [
    'is of another key',
    async () => {
      await writePair(await TestAuthority.create());
      writeFileSync(files.key, (await (await TestAuthority.create()).server(NAME)).key);
    },
    'no certificate with its key',
  ],
])('does not start with a certificate that %s', async (_, prepare, text) => {
  await prepare();
  await expect(running.serve({ http: { listen: LOOPBACK, files, plain: false } })).rejects.toThrow(text);
});

it('without TLS: keys on loopback, and nothing else anywhere else', async () => {
  const key = await storeKey(running, 'proxied');
  const elsewhere = { listen: { host: '0.0.0.0', port: 0 }, files: undefined, plain: true };
  await expect(running.serve({ http: elsewhere })).rejects.toThrow('--http-plain');
  await running.serve({ http: { listen: LOOPBACK, files: undefined, plain: true } });
  expect(await call({}, plainRequest)).toBe(401);
  expect(await call({ headers: { authorization: `Bearer ${key}` } }, plainRequest)).toBe(200);
});

it('speaks TLS 1.3 and HTTP/1.1, and resumes no session', async () => {
  await running.serve({ http: { listen: LOOPBACK, files: undefined, plain: false } });
  const ca = running.fleet.authority.rootCertificate;
  const servername = 'controller.fleetblock.internal';
  expect(await call({ ca, servername, maxVersion: 'TLSv1.2' })).toMatch(/PROTOCOL_VERSION|EPROTO/);
  const document = async (session?: Buffer) => {
    const sent = request({
      ...{ host: '127.0.0.1', port: running.httpPort, ca, servername, path: '/openapi.json', agent: false },
      ...(session && { session }),
    });
    let later: Buffer | undefined;
    let reused = false;
    sent.on('socket', (socket: TLSSocket) => {
      socket.on('session', (made) => {
        later = made;
      });
      socket.on('secureConnect', () => {
        reused = socket.isSessionReused();
      });
    });
    sent.end();
    const [response] = await once(sent, 'response');
    await response.toArray();
    return { status: response.statusCode, later, reused };
  };
  const first = await document();
  expect(first.status).toBe(200);
  expect(await document(first.later)).toMatchObject({ status: 200, reused: false });
});
