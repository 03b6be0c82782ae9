// The client against a server of bare HTTP/2 that does what no gRPC server should.
import { constants, type ServerHttp2Stream } from 'node:http2';
import { afterEach, expect, it, vi } from 'vitest';
import { ConnectionLost } from '../../common/rpc/client/call.ts';
import { frameOf } from '../../common/rpc/client/frames.ts';
import { bareServer, methodOf } from './servers.ts';

afterEach(() => void vi.useRealTimers());

const HEADERS = { ':status': 200, 'content-type': 'application/grpc' };
const framed = (text: string) => frameOf(Buffer.from(text), 1000);

/** An answer of these bytes, each piece in a frame of its own, and these trailers. */
function answered(stream: ServerHttp2Stream, pieces: readonly Buffer[], trailers: Record<string, string>): void {
  stream.respond(HEADERS, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  for (const piece of pieces) stream.write(piece);
  stream.end();
}

async function ask(onCall: (stream: ServerHttp2Stream) => void): Promise<string> {
  const session = await (await bareServer(onCall)).connect();
  const call = session.call(methodOf('one'));
  call.end(Buffer.from('?'));
  return `${await call.answer()}`;
}

it('puts a message together from frames of one byte', async () => {
  const pieces = [...framed('in small pieces')].map((byte) => Buffer.of(byte));
  expect(await ask((stream) => answered(stream, pieces, { 'grpc-status': '0' }))).toBe('in small pieces');
});

it('takes a status that comes with the headers', async () => {
  const only = (status: string, message: string) => (stream: ServerHttp2Stream) =>
    stream.respond({ ...HEADERS, 'grpc-status': status, 'grpc-message': message }, { endStream: true });
  await expect(ask(only('9', 'not%20now'))).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', message: 'not now' });
  await expect(ask(only('9', '100%'))).rejects.toThrow('100%');
  await expect(ask(only('0', ''))).rejects.toThrow('the controller sent an empty answer');
});

it.each([
  ['nothing at all', [], 'the controller sent an empty answer'],
  ['two messages', [framed('a'), framed('b')], 'the controller answered twice'],
  ['a compressed message', [Buffer.concat([Buffer.of(1), framed('a').subarray(1)])], 'a compressed message'],
])('refuses %s where one message should be', async (_, pieces, message) => {
  await expect(ask((stream) => answered(stream, pieces, { 'grpc-status': '0' }))).rejects.toMatchObject({
    code: 'INTERNAL',
    message: expect.stringContaining(message),
  });
});

it.each([
  ['ends without a status', (stream: ServerHttp2Stream) => stream.respond(HEADERS, { endStream: true })],
  ['resets the call', (stream: ServerHttp2Stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR)],
  ['cancels the call', (stream: ServerHttp2Stream) => stream.close(constants.NGHTTP2_CANCEL)],
  ['refuses the call', (stream: ServerHttp2Stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM)],
  [
    'breaks off a message',
    (stream: ServerHttp2Stream) => {
      stream.respond(HEADERS);
      stream.end(framed('half').subarray(0, 6));
    },
  ],
  ['breaks the connection', (stream: ServerHttp2Stream) => stream.session?.socket.destroy()],
  ['goes away with an error', (stream: ServerHttp2Stream) => stream.session?.destroy(new Error('away'), 2)],
])('a server that %s leaves the outcome open', async (_, onCall) => {
  await expect(ask(onCall)).rejects.toBeInstanceOf(ConnectionLost);
});

it('knows that it speaks to some other server', async () => {
  const other = (stream: ServerHttp2Stream) => stream.respond({ ':status': 503 }, { endStream: true });
  await expect(ask(other)).rejects.toThrow(/HTTP status 503: is it the port of a fleetblock-controller\?/);
});

it('is not let in by a server that closes before it speaks', async () => {
  const { connect } = await bareServer(
    () => {},
    (socket) => socket.destroy(),
  );
  await expect(connect()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

it('asks nothing of a connection that is destroyed and has not said so yet', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const session = await (await bareServer(() => undefined)).connect();
  session.close();
  // Two looks, before the event loop gets round to the end of the connection.
  vi.advanceTimersByTime(20_000);
  expect(session.open).toBe(false);
});
