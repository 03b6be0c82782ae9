// What one call of Block costs over HTTP, beside the same call over gRPC to the same controller: whole round trips on connections that are
// open, taking turns. And what a firewall waits for that has the newest external list of a million rows.
import { Agent, request } from 'node:https';
import { NO_ROWS } from '../common/entries/packed.ts';
import { CONTROLLER_NAME } from '../common/rpc/channel.ts';
import { Connector } from '../common/rpc/client/connector.ts';
import { method } from '../common/rpc/client/method.ts';
import { Session } from '../common/rpc/client/session.ts';
import { OVER_TLS, RunningFleet } from '../test/identity/running.ts';
import { report, stats } from './report.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 1000);
const WARM = 200;

const running = await RunningFleet.start();
const identity = await running.fleet.operator('operator', 'bench');
await running.addOperator('operator', 'bench', identity);
await running.serve({ http: OVER_TLS });
const session = await Session.open(new Connector(), running.address, identity, AbortSignal.timeout(3_600_000));
const agent = new Agent({
  keepAlive: true,
  maxSockets: 1,
  ca: identity.rootCertificate,
  cert: identity.certificateChain,
  key: identity.privateKey,
  servername: CONTROLLER_NAME,
});

let next = 0;
const address = () => `20.${(next >> 16) & 255}.${(next >> 8) & 255}.${next++ & 255}`;

const BLOCK = method('OperatorService', 'Block');

async function overGrpc(): Promise<void> {
  const call = session.call(BLOCK);
  call.end({ prefixes: [address()], target: { allHosts: true }, reason: 'bench' });
  await call.answer();
}

function overHttp(): Promise<void> {
  const body = JSON.stringify({ prefixes: [address()], target: { allHosts: true }, reason: 'bench' });
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: '127.0.0.1', port: running.httpPort, method: 'POST', agent },
        path: '/fleetblock.v1.OperatorService/Block',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('end', () => {
          const reply = JSON.parse(Buffer.concat(pieces).toString());
          if (response.statusCode === 200 && reply.outcomes[0].change === 'ADDED') resolve();
          else reject(new Error(JSON.stringify(reply)));
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

async function timed(call: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await call();
  return performance.now() - started;
}

/** Milliseconds to a 304 for a list of a million rows. */
async function knownList(): Promise<number[]> {
  const count = 1_000_000;
  const addresses = new Uint8Array(count * 4);
  const view = new DataView(addresses.buffer);
  for (let row = 0; row < count; row++) view.setUint32(row * 4, 0x2d00_0000 + row * 3);
  const [lengths, flags, timesMs] = [new Uint8Array(count).fill(32), new Uint8Array(count), new Float64Array(0)];
  const rows = { v4: { count, addresses, lengths, flags, timesMs }, v6: NO_ROWS };
  const list = { name: 'many', action: 'block', selector: { kind: 'all' }, actor: 'bench', reason: '' } as const;
  await running.server.store.replaceList({ ...list, chunks: [rows], dryRun: false });
  await running.server.controller.turn();
  const etag = await listTag('', 200);
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round++) took.push(await timed(async () => void (await listTag(etag, 304))));
  return took;
}

function listTag(known: string, status: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: '127.0.0.1', port: running.httpPort, path: '/edl/many.txt', agent },
        headers: known === '' ? {} : { 'if-none-match': known },
      },
      (response) => {
        response.resume().on('end', () => {
          if (response.statusCode === status) resolve(response.headers.etag ?? '');
          else reject(new Error(`${response.statusCode} in place of ${status}`));
        });
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

const [grpc, http]: [number[], number[]] = [[], []];
for (let round = -WARM; round < ROUNDS; round++) {
  const took = [await timed(overGrpc), await timed(overHttp)] as const;
  if (round < 0) continue;
  grpc.push(took[0]);
  http.push(took[1]);
}
const notModified = await knownList();
session.close();
agent.destroy();
await running.stop();
const [byGrpc, byHttp] = [stats(grpc), stats(http)];
report(
  'http',
  [
    { question: 'Block over gRPC, median', value: byGrpc.median, unit: 'ms' },
    {
      question: 'Block over HTTP, median',
      value: byHttp.median,
      unit: 'ms',
      against: 'gRPC',
      ratio: byHttp.median / byGrpc.median,
      target: { relation: '<=', ratio: 1.2 },
    },
    { question: 'the same, p99', value: byHttp.p99, unit: 'ms', against: 'gRPC', ratio: byHttp.p99 / byGrpc.p99 },
    { question: '/edl: 304 for a list of 1 M rows, median', value: stats(notModified).median, unit: 'ms' },
    { question: 'the same, p99', value: stats(notModified).p99, unit: 'ms' },
  ],
  { grpc: byGrpc, http: byHttp },
);
