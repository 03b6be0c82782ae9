// What one call of Block costs over HTTP, beside the same call over gRPC to the same controller: whole round trips on connections that are
// open, taking turns.
import { Agent, request } from 'node:https';
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

const [grpc, http]: [number[], number[]] = [[], []];
for (let round = -WARM; round < ROUNDS; round++) {
  const took = [await timed(overGrpc), await timed(overHttp)] as const;
  if (round < 0) continue;
  grpc.push(took[0]);
  http.push(took[1]);
}
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
  ],
  { grpc: byGrpc, http: byHttp },
);
