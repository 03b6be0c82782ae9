// Connections are counted by whose they are: a flood under one name, or from one network, takes no place of others.
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientIdentity, CONTROLLER_NAME, ENROLLMENT_NAME } from '../../../common/rpc/channel.ts';
import { protocol } from '../../../common/rpc/proto.ts';
import { parseEndpoint } from '../../../common/text/endpoint.ts';
import type { FrontLimits } from '../../../controller/server/front/limits.ts';
import { channelOptions, clientCredentials } from '../../../lab/grpc-channel.ts';
import { patience } from '../../../lab/patience.ts';
import type { OperatorServiceHandlers } from '../../../proto/gen/fleetblock/v1/OperatorService.ts';
import { TestFleet, TestGate } from '../fleet.ts';

const ListConfirmations: OperatorServiceHandlers['ListConfirmations'] = (_call, reply) => reply(null, {});

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await TestFleet.make();
});
afterAll(() => fleet.remove());

const open: TLSSocket[] = [];
async function gateWith(limits: Partial<FrontLimits>): Promise<TestGate> {
  return await TestGate.start(fleet, { operator: { ListConfirmations }, limits });
}
async function stop(gate: TestGate): Promise<void> {
  for (const socket of open.splice(0)) socket.destroy();
  await gate.stop();
}

/** A connection that sends nothing after its handshake. */
async function connection(gate: TestGate, identity?: ClientIdentity, localAddress = '127.0.0.1'): Promise<TLSSocket> {
  const { host, port } = parseEndpoint(gate.address);
  const socket = connect({
    ...{ host, port, localAddress, ALPNProtocols: ['h2'], rejectUnauthorized: false },
    servername: identity ? CONTROLLER_NAME : ENROLLMENT_NAME,
    ...(identity && { cert: identity.certificateChain, key: identity.privateKey }),
  });
  socket.on('error', () => undefined);
  socket.resume();
  open.push(socket);
  await once(socket, 'secureConnect');
  return socket;
}

function ask(gate: TestGate, identity: ClientIdentity): Promise<{ code: string; details: string }> {
  const client = new protocol.OperatorService(
    gate.address,
    clientCredentials(identity),
    channelOptions(CONTROLLER_NAME),
  );
  return new Promise((resolve) => {
    client.ListConfirmations({}, { deadline: Date.now() + patience(30_000) }, (error) => {
      client.close();
      resolve({ code: status[error?.code ?? status.OK], details: error?.details ?? '' });
    });
  });
}

const clients = (gate: TestGate) => expect.poll(() => gate.front.counts().clients, { timeout: patience(30_000) });

describe('faults row 72: connections of one identity', () => {
  it('one too many is refused with a reason, whatever certificate it shows, and open ones continue', async () => {
    const gate = await gateWith({ perOperator: 3, toldMs: 500 });
    const sockets: TLSSocket[] = [];
    for (let i = 0; i < 3; i++) sockets.push(await connection(gate, await fleet.operator('operator', 'oscar')));
    await clients(gate).toBe(3);
    expect(await ask(gate, await fleet.operator('operator', 'oscar'))).toEqual({
      code: 'RESOURCE_EXHAUSTED',
      details: expect.stringMatching(/^too many connections of operator\/oscar: 3 are open/),
    });
    expect((await ask(gate, await fleet.operator('operator', 'vera'))).code).toBe('OK');
    // One that never asks is not kept for long.
    await connection(gate, await fleet.operator('operator', 'oscar'));
    await clients(gate).toBe(3);
    expect(sockets.some(({ closed }) => closed)).toBe(false);
    sockets[0]?.destroy();
    await clients(gate).toBe(2);
    expect((await ask(gate, await fleet.operator('operator', 'oscar'))).code).toBe('OK');
    await stop(gate);
  });

  it('a host with many certificates and a crowd of hosts leave places for operators and admins', async () => {
    const gate = await gateWith({ clients: 10, perHost: 3, keptForOperators: 4, keptForAdmins: 2, toldMs: 500 });
    const { hostId } = await fleet.agent();
    for (let i = 0; i < 8; i++) await connection(gate, await fleet.agent(hostId));
    await clients(gate).toBe(3);
    const crowd: TLSSocket[] = [];
    for (let i = 0; i < 12; i++) crowd.push(await connection(gate, await fleet.agent()));
    await clients(gate).toBe(6);
    // Two of the one that had three places have made room for two others.
    await expect.poll(() => crowd.filter(({ closed }) => !closed).length, { timeout: patience(30_000) }).toBe(5);
    expect(gate.letGo.filter((reason) => reason === 'gave-way')).toHaveLength(2);
    for (const name of ['oscar', 'olga']) await connection(gate, await fleet.operator('operator', name));
    await clients(gate).toBe(8);
    expect((await ask(gate, await fleet.operator('admin', 'alice'))).code).toBe('OK');
    await stop(gate);
  });
});

it('faults row 73: a slow enrollment keeps its place while another network floods', async () => {
  const gate = await gateWith({ enrollments: 8, enrollmentsPerNetwork: 8 });
  const slow = await connection(gate, undefined, '127.0.0.7');
  for (let i = 0; i < 24; i++) await connection(gate, undefined, '127.0.0.66');
  await expect
    .poll(() => gate.letGo.filter((reason) => reason === 'too-many-enrollments').length, { timeout: patience(30_000) })
    .toBe(17);
  expect(slow.closed).toBe(false);
  expect(gate.front.counts().enrollments).toBe(8);
  await stop(gate);
});
