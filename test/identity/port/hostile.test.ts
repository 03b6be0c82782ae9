// faults row 37 against a controller process: whatever is sent to it, it stays up, its memory stays flat, and an operator's
// call is answered meanwhile.
import { randomBytes } from 'node:crypto';
import { type ClientHttp2Session, connect as connectHttp2, constants } from 'node:http2';
import { createConnection, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CONTROLLER_NAME, ENROLLMENT_NAME } from '../../../common/rpc/channel.ts';
import { protocol } from '../../../common/rpc/proto.ts';
import { parseEndpoint } from '../../../common/text/endpoint.ts';
import { channelOptions, clientCredentials } from '../../../lab/grpc-channel.ts';
import { patience } from '../../../lab/patience.ts';
import { ControllerProcess } from './process.ts';

let controller: ControllerProcess;
const cleanUps: (() => void)[] = [];

beforeAll(async () => {
  controller = await ControllerProcess.start();
});
afterAll(async () => {
  expect(await controller.stop()).toBe(0);
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
  expect(controller.alive).toBe(true);
  expect(await listHosts()).toBe('OK');
});

/** A whole call on a connection of its own, TLS included. @returns its status */
async function listHosts(): Promise<string> {
  const client = new protocol.OperatorService(
    controller.address,
    clientCredentials(controller.admin),
    channelOptions(CONTROLLER_NAME),
  );
  const call = client.ListHostChunks({}, { deadline: Date.now() + patience(60_000) });
  const code = await new Promise<string>((resolve) => {
    call
      .on('error', () => {})
      .on('data', () => {})
      .on('status', (ended) => resolve(ended.code === status.OK ? 'OK' : `${status[ended.code]} ${ended.details}`));
  });
  client.close();
  return code;
}

type Door = 'the mTLS services' | 'enrollment';
const DOORS: readonly Door[] = ['the mTLS services', 'enrollment'];
const PATHS = {
  'the mTLS services': '/fleetblock.v1.OperatorService/Block',
  enrollment: '/fleetblock.v1.EnrollmentService/Enroll',
} as const;

function tlsOptions(door: Door) {
  const { host, port } = parseEndpoint(controller.address);
  const servername = door === 'enrollment' ? ENROLLMENT_NAME : CONTROLLER_NAME;
  const { privateKey, certificateChain } = controller.admin;
  const identity = door === 'enrollment' ? {} : { key: privateKey, cert: certificateChain };
  return { host, port, servername, ALPNProtocols: ['h2'], rejectUnauthorized: false, ...identity };
}

async function openTls(door: Door) {
  const socket = connectTls(tlsOptions(door));
  socket.on('error', () => undefined);
  cleanUps.push(() => socket.destroy());
  await new Promise((resolve) => socket.once('secureConnect', resolve));
  return socket;
}

async function openHttp2(door: Door): Promise<ClientHttp2Session> {
  const session = connectHttp2(`https://${controller.address}`, tlsOptions(door));
  session.on('error', () => undefined);
  cleanUps.push(() => session.destroy());
  await new Promise((resolve) => session.once('connect', resolve));
  return session;
}

/** One call with a body of the test's making. @returns the gRPC status, or how the stream ended */
function post(
  session: ClientHttp2Session,
  door: Door,
  body: Uint8Array,
  headers: Record<string, string> = {},
): Promise<string> {
  return new Promise((resolve) => {
    const request = session.request({
      ':method': 'POST',
      ':path': PATHS[door],
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    let code = '';
    const read = (fields: Record<string, unknown>) => {
      const field = fields['grpc-status'];
      if (typeof field === 'string' && field !== '') code = status[Number(field)] ?? field;
    };
    request.on('response', read);
    request.on('trailers', read);
    request.on('error', () => undefined);
    request.on('close', () => resolve(code || `reset ${request.rstCode}`));
    request.resume();
    request.end(body);
    setTimeout(() => resolve(code || 'no answer'), 5000).unref();
  });
}

/** A gRPC message on the wire, with this flag and length. */
function framed(message: Uint8Array, compressed = 0, length = message.length): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(compressed, 0);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}

describe.each(DOORS)('at the door of %s', (door) => {
  it('faults row 37: messages that are no messages get an error, each', async () => {
    const session = await openHttp2(door);
    const answered = [
      'INVALID_ARGUMENT',
      'INTERNAL',
      'UNIMPLEMENTED',
      'RESOURCE_EXHAUSTED',
      'UNAUTHENTICATED',
      'CANCELLED',
      'OK',
    ];
    const gzip = { 'grpc-encoding': 'gzip' };
    const deep = Buffer.alloc(10_000, 0x0b);
    const bodies: [string, Uint8Array, Record<string, string>][] = [
      ['empty', Buffer.alloc(0), {}],
      ['random bytes', framed(randomBytes(500)), {}],
      ['a length of 4 GiB', framed(Buffer.alloc(10), 0, 0xffffffff), {}],
      ['a length that is not reached', framed(Buffer.alloc(10), 0, 5000), {}],
      ['a group without end', framed(deep), {}],
      ['compressed without a method', framed(randomBytes(50), 1), {}],
      ['gzip junk', framed(randomBytes(500), 1), gzip],
      ['a gzip bomb of 200 MB', framed(gzipSync(Buffer.alloc(200_000_000)), 1), gzip],
      ['an unknown method of compression', framed(randomBytes(50), 1), { 'grpc-encoding': 'snappy' }],
      ['a bad deadline', framed(Buffer.alloc(0)), { 'grpc-timeout': '99999999999999S' }],
      ['another content type', Buffer.from('{}'), { 'content-type': 'application/json' }],
    ];
    const before = controller.memory();
    for (const [what, body, headers] of bodies) {
      const live = session.closed ? await openHttp2(door) : session;
      expect(answered, what).toContain((await post(live, door, body, headers)).replace(/^reset .*/, 'CANCELLED'));
      expect(controller.alive, what).toBe(true);
    }
    expect(controller.memory() - before).toBeLessThan(100_000_000);
  });

  it('faults row 37: huge headers are refused', async () => {
    const session = await openHttp2(door);
    const huge = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`x-${i}`, 'v'.repeat(4000)]));
    expect(await post(session, door, framed(Buffer.alloc(0)), huge)).toMatch(/^reset|no answer/);
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`y-${i}`, 'v']));
    const again = await openHttp2(door);
    expect(await post(again, door, framed(Buffer.alloc(0)), many)).toMatch(/^reset|no answer/);
  });

  it('faults row 37: frames that are no HTTP/2, endless headers, pings and settings', async () => {
    const before = controller.memory();
    const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    const frame = (type: number, flags: number, stream: number, payload: Buffer) => {
      const head = Buffer.alloc(9);
      head.writeUIntBE(payload.length, 0, 3);
      head.writeUInt8(type, 3);
      head.writeUInt8(flags, 4);
      head.writeUInt32BE(stream, 5);
      return Buffer.concat([head, payload]);
    };
    const settings = frame(4, 0, 0, Buffer.alloc(0));
    const continuation = frame(9, 0, 1, Buffer.alloc(16_000, 0x40));
    const floods = [
      randomBytes(100_000),
      Buffer.concat([preface, randomBytes(100_000)]),
      Buffer.concat([
        preface,
        settings,
        frame(1, 0, 1, Buffer.alloc(10, 0x40)),
        ...Array<Buffer>(1000).fill(continuation),
      ]),
      Buffer.concat([preface, settings, ...Array<Buffer>(100_000).fill(frame(6, 0, 0, Buffer.alloc(8)))]),
      Buffer.concat([preface, ...Array<Buffer>(100_000).fill(settings)]),
      Buffer.concat([preface, settings, frame(0, 0, 1, Buffer.alloc(5)), frame(8, 0, 0, Buffer.alloc(4))]),
      Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n'),
    ];
    for (const flood of floods) {
      const socket = await openTls(door);
      socket.write(flood);
      const closed = new Promise((resolve) => socket.once('close', () => resolve('closed')));
      // Not read by this side: what it is answered piles up at the controller, or the connection ends.
      expect(await listHosts()).toBe('OK');
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 500))]);
    }
    expect(controller.memory() - before).toBeLessThan(100_000_000);
  });

  it('faults row 37: streams opened and reset in a row', async () => {
    const session = await openHttp2(door);
    for (let i = 0; i < 20_000 && !session.closed && !session.destroyed; i++) {
      const request = session.request({ ':method': 'POST', ':path': PATHS[door], 'content-type': 'application/grpc' });
      request.on('error', () => undefined);
      request.close(constants.NGHTTP2_CANCEL);
      if (i % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await listHosts()).toBe('OK');
  });
});

it('faults row 37: 5,000 connections that are idle, half open or half said do not stop an operator', async () => {
  const { host, port } = parseEndpoint(controller.address);
  const memoryBefore = controller.memory();
  const sockets: Socket[] = [];
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
  });
  let connected = 0;
  for (let i = 0; i < 5000; i++) {
    const socket = createConnection({ host, port });
    socket.on('error', () => undefined);
    socket.once('connect', () => connected++);
    if (i % 4 === 1) socket.write(randomBytes(300));
    if (i % 4 === 2) socket.write(Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]));
    sockets.push(socket);
    if (i % 250 !== 249) continue;
    await expect.poll(() => connected, { timeout: patience(60_000) }).toBe(i + 1);
    // In the rush of 250 more at once, and when they are there: a caller that waited for the crowd to go would wait for ever.
    for (let call = 0; call < 2; call++) expect(await listHosts()).toBe('OK');
  }
  expect(controller.memory() - memoryBefore).toBeLessThan(200_000_000);
});

it('faults row 37: enrollment connections that stay are let go, and newcomers are served', async () => {
  const idle = await Promise.all(Array.from({ length: 200 }, () => openTls('enrollment')));
  for (const socket of idle) socket.resume();
  await expect.poll(() => idle.filter(({ destroyed }) => !destroyed).length, { timeout: 5000 }).toBeLessThanOrEqual(64);
  const session = await openHttp2('enrollment');
  expect(await post(session, 'enrollment', framed(Buffer.alloc(0)))).toBe('INVALID_ARGUMENT');
});

it('faults row 37: nothing of it went into the log as an unexpected error', () => {
  const errors = controller.log
    .split('\n')
    .filter((line) => line.includes('"level":50') || line.includes('"level":60'));
  expect(errors).toEqual([]);
});
