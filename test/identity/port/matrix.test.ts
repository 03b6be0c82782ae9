// Every RPC x every kind of caller, against the whole controller. The rows are what is expected; a method of the protocol
// without a row fails, and so does a row without a method.
import { ChannelCredentials, Client, Metadata, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientIdentity, CONTROLLER_NAME, ENROLLMENT_NAME } from '../../../common/rpc/channel.ts';
import { REQUIRED_ROLE } from '../../../controller/identity/auth/policy.ts';
import { channelOptions, clientCredentials } from '../../../lab/grpc-channel.ts';
import { TestFleet } from '../fleet.ts';
import { RunningFleet } from '../running.ts';
import { type Callers, makeCallers } from './callers.ts';
import {
  type AnyMethod,
  CLOSED,
  DENIED,
  ENROLL,
  FOR_ANYBODY,
  MATRIX,
  METHODS,
  NOBODY,
  NOBODY_ENROLLS,
  SERVED,
  UNAUTHENTICATED,
  UNKNOWN,
  VIEWER,
} from './rows.ts';

let running: RunningFleet;
let other: TestFleet;
let callers: Callers;

beforeAll(async () => {
  running = await RunningFleet.start();
  other = await TestFleet.make('lab');
  callers = await makeCallers(running, other);
  await running.serve();
});
afterAll(async () => {
  await running.stop();
  other.remove();
});

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
    expect([...callers.identities.keys()]).toEqual([...Object.keys(VIEWER), ...Object.keys(NOBODY)]);
  });

  describe.each(METHODS)('$name', ({ name, method }) => {
    const byRole = FOR_ANYBODY.has(name) ? ENROLL : MATRIX[name];
    const row = { ...(FOR_ANYBODY.has(name) ? NOBODY_ENROLLS : NOBODY), ...byRole };
    it.each(Object.entries(row))('%s: %s', async (caller, expected) => {
      expect(await callEmpty(method, callers.identities.get(caller), CONTROLLER_NAME)).toBe(expected);
    });
    it('by the name of enrollment: only what needs no certificate, to anyone', async () => {
      const expected = FOR_ANYBODY.has(name) ? SERVED : UNKNOWN;
      for (const caller of ['admin', 'no certificate', "another fleet's admin"])
        expect(await callEmpty(method, callers.identities.get(caller), ENROLLMENT_NAME)).toBe(expected);
    });
  });
});

describe('what was refused', () => {
  it('faults row 34: is in the audit, with who and what', async () => {
    const records = [];
    for await (const batch of running.server.store.audit({ verb: 'refused' })) records.push(...batch);
    const agent = records.find(
      ({ subject, actor }) => subject.endsWith('/Block') && actor === `agent/${callers.agentId}`,
    );
    expect(agent?.reason).toMatch(/^PERMISSION_DENIED from 127\.0\.0\.1:[0-9]+$/);
    expect(records.find(({ subject, actor }) => subject.endsWith('/Sync') && actor === 'admin/alice')).toBeDefined();
    expect(records.find(({ actor }) => actor === 'admin/rita')?.reason).toMatch(/^UNAUTHENTICATED/);
  });
});
