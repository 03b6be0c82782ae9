// An issuer is replaced with the controller stopped: what the old one signed stays valid, or is refused when it was stolen.

import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ClientIdentity, CONTROLLER_NAME } from '../../../common/rpc/channel.ts';
import { protocol } from '../../../common/rpc/proto.ts';
import { systemClock } from '../../../common/time/clock.ts';
import { rotateIssuer } from '../../../controller/commands/rotate.ts';
import { Authority, OPERATOR_LIFE_MS, privateKeyPem } from '../../../controller/identity/pki/authority.ts';
import { newKeyPair } from '../../../controller/identity/pki/certificates.ts';
import type { IssuerName } from '../../../controller/identity/pki/names.ts';
import { channelOptions, clientCredentials } from '../../../lab/grpc-channel.ts';
import { RunningFleet } from '../running.ts';

let running: RunningFleet;
let operator: ClientIdentity;
let agent: ClientIdentity;

beforeEach(async () => {
  running = await RunningFleet.start();
  const made = await running.fleet.operator('operator', 'oscar');
  await running.addOperator('operator', 'oscar', made);
  operator = made;
  agent = await running.fleet.agent(await running.addHost());
  await running.release();
});
afterEach(() => running.stop());

const pki = () => join(running.dataDir, 'pki');
const rotate = (issuer: IssuerName, distrust = false, rootKey?: string) =>
  rotateIssuer({ dataDir: running.dataDir, issuer, rootKey, distrust, clock: systemClock });

async function code(identity: ClientIdentity, path: string): Promise<string> {
  const client = new Client(running.address, clientCredentials(identity), channelOptions(CONTROLLER_NAME));
  const bytes = (value: Buffer) => value;
  const answer = await new Promise<string>((resolve) =>
    client.makeUnaryRequest(path, bytes, bytes, Buffer.alloc(0), { deadline: Date.now() + 5000 }, (error) =>
      resolve(status[error?.code ?? 0] ?? ''),
    ),
  );
  client.close();
  return answer;
}
const listHosts = (identity: ClientIdentity) => code(identity, protocol.OperatorService.service.ListHostChunks.path);
/** An empty request: INVALID_ARGUMENT says that the certificate was taken. */
const renewing = (identity: ClientIdentity) => code(identity, protocol.IdentityService.service.RenewCertificate.path);

describe('a new issuer', () => {
  it('of every kind: old certificates work, new ones are its own, the root key being elsewhere', async () => {
    const elsewhere = join(running.dataDir, '..', 'safe.key');
    renameSync(join(pki(), 'root.key'), elsewhere);
    await expect(rotate('agents')).rejects.toThrow(/the root's key/);
    const before = (['agents', 'operators', 'servers'] as const).map((name) =>
      readFileSync(join(pki(), `${name}.pem`), 'utf8'),
    );
    for (const name of ['agents', 'operators', 'servers'] as const) await rotate(name, false, elsewhere);
    await running.serve();
    expect(await listHosts(operator)).toBe('OK');
    expect(await renewing(agent)).toBe('INVALID_ARGUMENT');
    expect(await renewing(operator)).toBe('PERMISSION_DENIED');
    const authority = Authority.load(pki(), 'lab');
    const { chain } = await authority.issueAgent(crypto.randomUUID(), newKeyPair().publicKey, Date.now());
    const [, issuer = ''] = chain.split(/(?<=-----END CERTIFICATE-----\n)/);
    expect(before).not.toContain(issuer);
    // By the fleet's root, which did not change.
    const root = new X509Certificate(authority.rootCertificate);
    expect(new X509Certificate(issuer).verify(root.publicKey)).toBe(true);
    expect(statSync(join(pki(), 'agents.key')).mode & 0o777).toBe(0o600);
    const records = [];
    for await (const batch of running.store.audit({ verb: 'issuer.rotate' })) records.push(...batch);
    expect(records.map(({ subject }) => subject)).toEqual(['agents', 'operators', 'servers']);
  });

  it('in the place of a stolen one: what that signed is refused, the others go on', async () => {
    await rotate('operators');
    await rotate('operators', true);
    await running.serve();
    expect(await listHosts(operator)).toBe('UNAUTHENTICATED');
    expect(await renewing(agent)).toBe('INVALID_ARGUMENT');
    // A new one, as `fleetblock-controller credentials` makes it.
    const authority = Authority.load(pki(), 'lab');
    const key = newKeyPair();
    const issued = await authority.issueOperator(
      'operator',
      'oscar',
      key.publicKey,
      Date.now(),
      OPERATOR_LIFE_MS.least,
    );
    expect(new X509Certificate(issued.chain).checkIssued(authority.clientIssuers.operator[0] ?? fail())).toBe(true);
    expect(authority.clientIssuers.operator).toHaveLength(1);
    expect(privateKeyPem(key.privateKey)).toContain('PRIVATE KEY');
  });
});

it('is not made while a controller runs, nor by another root', async () => {
  await running.serve();
  await expect(rotate('agents')).rejects.toThrow(/another fleetblock-controller uses/);
  await running.server.close();
  const other = join(running.dataDir, '..', 'other.key');
  writeFileSync(other, privateKeyPem(newKeyPair().privateKey), { mode: 0o600 });
  await expect(rotate('agents', false, other)).rejects.toThrow(/not the key of this fleet's root/);
  expect(() => Authority.load(pki(), 'lab')).not.toThrow();
});

it.each(['before the key', 'after the key'])('a crash %s leaves one of the two, whole', async (when) => {
  const path = (name: string) => join(pki(), name);
  const old = { pem: readFileSync(path('agents.pem')), key: readFileSync(path('agents.key')) };
  await rotate('agents');
  const next = { pem: readFileSync(path('agents.pem')), key: readFileSync(path('agents.key')) };
  // As the steps of the replacement have left it there.
  writeFileSync(path('agents.pem'), old.pem);
  writeFileSync(path('agents.next.pem'), next.pem);
  if (when === 'before the key') {
    writeFileSync(path('agents.key'), old.key, { mode: 0o600 });
    writeFileSync(path('agents.next.key'), next.key, { mode: 0o600 });
  }
  await running.serve();
  expect(await renewing(agent)).toBe('INVALID_ARGUMENT');
  expect(readFileSync(path('agents.pem'))).toEqual(when === 'before the key' ? old.pem : next.pem);
  expect(existsSync(path('agents.next.pem')) || existsSync(path('agents.next.key'))).toBe(false);
  rmSync(path('agents.former.pem'), { force: true });
});

function fail(): never {
  throw new Error('no issuer');
}
