// The one port and the admission of calls behind it, with real TLS and real gRPC and handlers of the test's own.

import { X509Certificate } from 'node:crypto';
import { createConnection } from 'node:net';
import { connect, TLSSocket } from 'node:tls';
import { ChannelCredentials, type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ClientIdentity, CONTROLLER_NAME, ENROLLMENT_NAME } from '../../../common/rpc/channel.ts';
import { protocol } from '../../../common/rpc/proto.ts';
import { parseEndpoint } from '../../../common/text/endpoint.ts';
import { channelOptions, clientCredentials } from '../../../lab/grpc-channel.ts';
import { patience } from '../../../lab/patience.ts';
import type { AgentServiceHandlers } from '../../../proto/gen/fleetblock/v1/AgentService.ts';
import type { EnrollmentServiceHandlers } from '../../../proto/gen/fleetblock/v1/EnrollmentService.ts';
import type { OperatorServiceHandlers } from '../../../proto/gen/fleetblock/v1/OperatorService.ts';
import { type GateOptions, TestFleet, TestGate } from '../fleet.ts';
import { recordedHello } from './recorded-hello.ts';

type SyncStream = ReturnType<InstanceType<typeof protocol.AgentService>['Sync']>;

const DAY_MS = 86_400_000;

let fleet: TestFleet;
let other: TestFleet;
let gate: TestGate;
let handled = 0;
const seen: string[] = [];

const ListHostChunks: OperatorServiceHandlers['ListHostChunks'] = (call) => {
  handled++;
  seen.push(gate.authorizer.authorize(call).actor);
  call.write({ hosts: [], revision: '7' });
  call.end();
};
const Sync: AgentServiceHandlers['Sync'] = (call) => {
  handled++;
  call.on('data', () => call.write({ ping: { nonce: '1' } }));
  call.on('error', () => undefined);
  call.on('end', () => call.end());
};
const Enroll: EnrollmentServiceHandlers['Enroll'] = (_call, reply) => reply(null, { hostId: 'h' });
const services: GateOptions = { operator: { ListHostChunks }, agent: { Sync }, enrollment: { Enroll } };

beforeAll(async () => {
  fleet = await TestFleet.make();
  other = await TestFleet.make();
  gate = await TestGate.start(fleet, services);
});
afterAll(async () => {
  await gate.stop();
  fleet.remove();
  other.remove();
});

const anonymous = () => ChannelCredentials.createSsl(Buffer.from(fleet.authority.rootCertificate));
const codeOf = (error: ServiceError | null) => (error ? status[error.code] : 'OK');

async function listHosts(credentials: ChannelCredentials, at = gate): Promise<string> {
  const client = new protocol.OperatorService(at.address, credentials, channelOptions(CONTROLLER_NAME));
  const call = client.ListHostChunks({}, { deadline: Date.now() + patience(30_000) });
  const code = await new Promise<string>((resolve) => {
    call
      .on('error', () => {})
      .on('data', () => {})
      .on('status', (ended) => resolve(status[ended.code] ?? ''));
  });
  client.close();
  return code;
}

function enroll(serverName: string): Promise<string> {
  const client = new protocol.EnrollmentService(gate.address, anonymous(), channelOptions(serverName));
  return new Promise((resolve) => {
    client.Enroll({ tokenId: 'x' }, { deadline: Date.now() + 5000 }, (error) => {
      client.close();
      resolve(codeOf(error));
    });
  });
}

/** One open Sync stream, and how it ended. */
async function openSync(identity: ClientIdentity, at = gate) {
  const client = new protocol.AgentService(at.address, clientCredentials(identity), channelOptions(CONTROLLER_NAME));
  const stream = client.Sync();
  const ended = new Promise<{ code: string }>((resolve) => {
    stream.on('error', () => undefined);
    stream.on('status', ({ code }) => {
      client.close();
      resolve({ code: status[code] });
    });
  });
  stream.write({ pong: { nonce: '1' } });
  await Promise.race([new Promise((resolve) => stream.once('data', resolve)), ended]);
  return { stream, ended };
}

async function echoes(stream: SyncStream): Promise<void> {
  const echo = new Promise((resolve) => stream.once('data', resolve));
  stream.write({ pong: { nonce: '1' } });
  await echo;
}

/** Serial number of the certificate that a new connection is shown. */
async function serverSerial(of: TestGate): Promise<string | undefined> {
  const { host, port } = parseEndpoint(of.address);
  const socket = connect({ host, port, servername: ENROLLMENT_NAME, ALPNProtocols: ['h2'], rejectUnauthorized: false });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  const serial = socket.getPeerX509Certificate()?.serialNumber;
  socket.destroy();
  return serial;
}

describe('the one port', () => {
  it('faults row 123: reads the certificate of a connection once, and not for every call', async () => {
    const read = vi.spyOn(TLSSocket.prototype, 'getPeerCertificate');
    const client = new protocol.OperatorService(
      gate.address,
      clientCredentials(await fleet.operator('viewer', 'vera')),
      channelOptions(CONTROLLER_NAME),
    );
    const call = () =>
      new Promise((resolve) => {
        client
          .ListHostChunks({})
          .on('error', () => {})
          .on('data', () => {})
          .on('status', ({ code }) => resolve(code));
      });
    const codes = await Promise.all(Array.from({ length: 20 }, call));
    client.close();
    expect(codes).toEqual(Array(20).fill(status.OK));
    // The client's own reading of whom it speaks to is counted here too.
    expect(read.mock.calls.length).toBeLessThan(5);
    read.mockRestore();
  });

  it("serves the fleet's certificates", async () => {
    expect(await listHosts(clientCredentials(await fleet.operator('viewer', 'vera')))).toBe('OK');
    expect(seen.at(-1)).toBe('viewer/vera');
  });

  it('serves enrollment without a certificate, by its server name only', async () => {
    expect(await enroll(ENROLLMENT_NAME)).toBe('OK');
    expect(await enroll(CONTROLLER_NAME)).toBe('UNAVAILABLE');
  });

  it('admits no one without a valid certificate of the fleet', async () => {
    const before = handled;
    expect(await listHosts(anonymous())).toBe('UNAVAILABLE');
    expect(gate.letGo.at(-1)).toBe('no-certificate');
    const foreign = { ...(await other.operator('admin')), rootCertificate: fleet.authority.rootCertificate };
    expect(await listHosts(clientCredentials(foreign))).toBe('UNAVAILABLE');
    expect(gate.letGo.at(-1)).toMatch(/SELF_SIGNED|UNABLE_TO/);
    const expired = await fleet.operator('admin', 'old', Date.now() - 40 * DAY_MS);
    expect(await listHosts(clientCredentials(expired))).toBe('UNAVAILABLE');
    expect(gate.letGo.at(-1)).toBe('CERT_HAS_EXPIRED');
    const early = await fleet.operator('admin', 'early', Date.now() + 2 * DAY_MS);
    expect(await listHosts(clientCredentials(early))).toBe('UNAVAILABLE');
    expect(handled).toBe(before);
  });

  it('cannot be impersonated by an agent, an operator or another fleet', async () => {
    const admin = await fleet.operator('admin');
    const wrongRoot = { ...admin, rootCertificate: other.authority.rootCertificate };
    expect(await listHosts(clientCredentials(wrongRoot))).toBe('UNAVAILABLE');
  });

  it('resumes no TLS session: one begun without a certificate is worth nothing under the other name', async () => {
    const { host, port } = parseEndpoint(gate.address);
    const dial = async (servername: string, session?: Buffer) => {
      const options = { host, port, servername, ALPNProtocols: ['h2'], rejectUnauthorized: false };
      const socket = connect({ ...options, ...(session && { session }) });
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.once('secureConnect', resolve));
      return socket;
    };
    const first = await dial(ENROLLMENT_NAME);
    const session = await new Promise<Buffer>((resolve) => first.once('session', resolve));
    for (const name of [ENROLLMENT_NAME, CONTROLLER_NAME]) {
      const second = await dial(name, session);
      expect(second.isSessionReused()).toBe(false);
      if (name === CONTROLLER_NAME) await new Promise((resolve) => second.once('close', resolve));
      second.destroy();
    }
    expect(gate.letGo.at(-1)).toBe('no-certificate');
    first.destroy();
  });

  it('speaks TLS 1.3 and HTTP/2, and nothing else', async () => {
    const { host, port } = parseEndpoint(gate.address);
    const admin = await fleet.operator('admin');
    const outcome = (socket: TLSSocket) =>
      new Promise<string>((resolve) => {
        socket.on('error', (error) => resolve(`error ${error.message}`));
        socket.on('close', () => resolve('closed'));
        socket.on('end', () => resolve('closed'));
      });
    const options = { host, port, rejectUnauthorized: false, key: admin.privateKey, cert: admin.certificateChain };
    expect(await outcome(connect({ ...options, maxVersion: 'TLSv1.2', ALPNProtocols: ['h2'] }))).toMatch(
      /alert|closed/,
    );
    expect(await outcome(connect({ ...options, ALPNProtocols: ['http/1.1'] }))).toMatch(/alert|closed/);
    expect(await outcome(connect(options))).toMatch(/closed/);
    expect(await listHosts(clientCredentials(admin))).toBe('OK');
  });
});

describe('the admission of calls', () => {
  it('refuses a role before the handler, and remembers it', async () => {
    const before = handled;
    expect(await listHosts(clientCredentials(await fleet.agent()))).toBe('PERMISSION_DENIED');
    expect((await (await openSync(await fleet.operator('admin'))).ended).code).toBe('PERMISSION_DENIED');
    expect(handled).toBe(before);
    expect(gate.refusals.at(-2)?.actor).toMatch(/^agent\//);
    expect(gate.refusals.at(-1)?.path).toBe('/fleetblock.v1.AgentService/Sync');
  });

  it('ends a live stream by itself after its revocation, and refuses the next', async () => {
    const agent = await fleet.agent();
    const bystander = await openSync(await fleet.agent());
    const { ended } = await openSync(agent);
    gate.revoked.add(agent.hostId);
    expect((await ended).code).toBe('UNAUTHENTICATED');
    expect((await (await openSync(agent)).ended).code).toBe('UNAUTHENTICATED');
    await echoes(bystander.stream);
    bystander.stream.end();
    expect((await bystander.ended).code).toBe('OK');
  });

  it('cuts the connection of a peer that does not heed the end of its stream', async () => {
    const agent = await fleet.agent();
    const { stream, ended } = await openSync(agent);
    const count = gate.front.counts().clients;
    gate.revoked.add(agent.hostId);
    gate.authorizer.recheck();
    await ended;
    stream.write({ pong: { nonce: '3' } });
    await expect.poll(() => gate.front.counts().clients, { timeout: patience(30_000) }).toBe(count - 1);
  });

  it('ends a live stream when its certificate ends, unless it was renewed over it', async () => {
    const agent = await fleet.agent();
    const renewed = await fleet.agent();
    const first = await openSync(agent);
    const second = await openSync(renewed);
    const { raw } = new X509Certificate(renewed.certificateChain);
    const renewing = { getPeer: () => '', getPath: () => '', getAuthContext: () => ({ sslPeerCertificate: { raw } }) };
    fleet.clock.offsetMs = 8 * DAY_MS;
    gate.authorizer.extend(renewing, fleet.clock.wallMs() + 1000);
    expect((await first.ended).code).toBe('UNAUTHENTICATED');
    await echoes(second.stream);
    fleet.clock.offsetMs += 2000;
    expect((await second.ended).code).toBe('UNAUTHENTICATED');
    fleet.clock.offsetMs = 0;
  });
});

it('renews its certificate in the running process: open streams go on, new connections see the new one', async () => {
  fleet.clock.offsetMs = -16 * DAY_MS;
  const old = await TestGate.start(fleet, services);
  fleet.clock.offsetMs = 0;
  const { stream, ended } = await openSync(await fleet.agent(), old);
  const before = await serverSerial(old);
  await old.serverIdentity.renewIfDue((identity) => old.front.useIdentity(identity));
  const after = await serverSerial(old);
  expect(after).not.toBe(before);
  await old.serverIdentity.renewIfDue((identity) => old.front.useIdentity(identity));
  expect(await serverSerial(old)).toBe(after);
  expect(await listHosts(clientCredentials(await fleet.operator('viewer')), old)).toBe('OK');
  expect(await listHosts(anonymous(), old)).toBe('UNAVAILABLE');
  await echoes(stream);
  stream.end();
  expect((await ended).code).toBe('OK');
  await old.stop();
});

describe('floods', () => {
  it('faults row 37: silent, slow and junk connections do not keep a caller waiting', async () => {
    const small = await TestGate.start(fleet, {
      operator: { ListHostChunks },
      limits: { silent: 50, helloMs: 2000, handshakes: 50, handshakeMs: 2000 },
    });
    const { host, port } = parseEndpoint(small.address);
    const sockets = Array.from({ length: 300 }, (_, i) => {
      const socket = createConnection({ host, port });
      socket.on('error', () => undefined);
      if (i % 3 === 1) socket.write(Buffer.alloc(600, i | 0x80));
      if (i % 3 === 2) socket.write(Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]));
      return socket;
    });
    await expect
      .poll(() => small.letGo.filter((why) => why === 'not-tls').length, { timeout: patience(30_000) })
      .toBe(100);
    // None of them has said a whole hello: not one has cost a handshake.
    expect(small.front.counts()).toMatchObject({ waiting: 0, handshakes: 0 });
    expect(small.front.counts().silent).toBeLessThanOrEqual(50);
    expect(await listHosts(clientCredentials(await fleet.operator('viewer')), small)).toBe('OK');
    await expect.poll(() => small.front.counts().silent, { timeout: patience(30_000) }).toBe(0);
    expect(new Set(small.letGo)).toEqual(new Set(['not-tls', 'too-many-silent', 'silent-too-long']));
    for (const socket of sockets) socket.destroy();
    await small.stop();
  });

  it('faults row 37: abandoned hellos do not keep a caller waiting, nor a crowd that is served', async () => {
    const small = await TestGate.start(fleet, {
      operator: { ListHostChunks },
      limits: { handshakes: 4, patienceMs: 200, handshakeMs: 60_000 },
    });
    const { host, port } = parseEndpoint(small.address);
    const hello = await recordedHello();
    const sockets = Array.from({ length: 12 }, () => {
      const socket = createConnection({ host, port });
      socket.on('error', () => undefined);
      socket.write(hello);
      return socket;
    });
    await expect.poll(() => small.front.counts(), { timeout: 5000 }).toMatchObject({ handshakes: 4 });
    const credentials = clientCredentials(await fleet.operator('viewer'));
    expect(await Promise.all(Array.from({ length: 20 }, () => listHosts(credentials, small)))).toEqual(
      Array(20).fill('OK'),
    );
    expect(small.letGo).toContain('handshake-too-long');
    // Without waiting callers, the last of them keep their places.
    await expect.poll(() => small.front.counts(), { timeout: 5000 }).toMatchObject({ waiting: 0 });
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => small.front.counts(), { timeout: 5000 }).toMatchObject({ handshakes: 0, silent: 0 });
    await small.stop();
  });
});
