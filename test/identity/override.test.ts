// Locking oneself out: what the guard refuses to every role, and who may override it (faults rows 18 and 20, over the wire).
import { type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientIdentity, CONTROLLER_NAME } from '../../common/rpc/channel.ts';
import { protocol } from '../../common/rpc/proto.ts';
import { channelOptions, clientCredentials } from '../../lab/grpc-channel.ts';
import type { BlockRequest } from '../../proto/gen/fleetblock/v1/BlockRequest.ts';
import { RunningFleet } from './running.ts';

let running: RunningFleet;
let admin: ClientIdentity;
let operator: ClientIdentity;

beforeAll(async () => {
  running = await RunningFleet.start();
  const known = async (role: 'operator' | 'admin', name: string) => {
    const identity = await running.fleet.operator(role, name);
    await running.addOperator(role, name, identity);
    return identity;
  };
  admin = await known('admin', 'alice');
  operator = await known('operator', 'oscar');
  await running.serve();
});
afterAll(() => running.stop());

function block(identity: ClientIdentity, request: BlockRequest): Promise<{ code: string; details: string }> {
  const client = new protocol.OperatorService(
    running.address,
    clientCredentials(identity),
    channelOptions(CONTROLLER_NAME),
  );
  const asked = { target: { allHosts: true }, reason: 'test', ...request };
  return new Promise((resolve) => {
    client.Block(asked, { deadline: Date.now() + 5000 }, (error: ServiceError | null) => {
      client.close();
      resolve({ code: status[error?.code ?? 0] ?? '', details: error?.details ?? '' });
    });
  });
}

async function audited(verb: string): Promise<string[]> {
  const subjects: string[] = [];
  for await (const batch of running.store.audit({ verb }))
    subjects.push(...batch.map(({ actor, subject, reason }) => `${actor}: ${subject} (${reason})`));
  return subjects;
}

const REFUSED = [
  ['faults row 18: everything', ['0.0.0.0/0']],
  ['faults row 18: everything, IPv6', ['::/0']],
  ['faults row 18: wider than /8', ['64.0.0.0/7']],
  ['faults row 18: wider than /19', ['2000::/18']],
  ['faults row 20: loopback', ['127.0.0.1']],
  ['faults row 20: link-local', ['fe80::/64']],
  ['faults row 20: multicast', ['224.0.0.1']],
  ['faults row 20: one among good ones', ['203.0.113.1', '203.0.113.2', '127.0.0.0/8']],
] as const;

describe.each(REFUSED)('%s', (_what, prefixes) => {
  it('is refused to operators and admins alike, and to operators with force too', async () => {
    const before = running.store.head;
    for (const identity of [operator, admin])
      expect(await block(identity, { prefixes: [...prefixes] })).toMatchObject({ code: 'FAILED_PRECONDITION' });
    expect((await block(operator, { prefixes: [...prefixes], force: true })).code).toBe('PERMISSION_DENIED');
    expect(running.store.head).toBe(before);
  });
});

it('an admin may override it, and that is in the audit', async () => {
  expect((await block(admin, { prefixes: ['64.0.0.0/7'], force: true })).code).toBe('OK');
  expect((await audited('block')).join('\n')).toMatch(/admin\/alice: .*64\.0\.0\.0\/7/);
});
