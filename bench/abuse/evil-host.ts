// Root on one host, with its certificate and a client of its own: `evil-host.ts HOST:PORT IDENTITY.json`. Each line names a way to do
// harm; it is done at full speed for a bounded number of messages, and the answer is how many were sent and how it ended.
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type TLSSocket } from 'node:tls';
import { type ClientIdentity, CONTROLLER_NAME } from '../../common/rpc/channel.ts';
import { protocol } from '../../common/rpc/proto.ts';
import { parseEndpoint } from '../../common/text/endpoint.ts';
import { channelOptions, clientCredentials } from '../../lab/grpc-channel.ts';
import { answerLines } from '../../lab/line-program.ts';
import type { AgentMessage } from '../../proto/gen/fleetblock/v1/AgentMessage.ts';
import type { Hello } from '../../proto/gen/fleetblock/v1/Hello.ts';
import { until } from '../../test/sync/fleet.ts';
import { TapHost } from '../../test/sync/simulated/tap-host.ts';

const [, , address = '', path = ''] = process.argv;
const file: unknown = JSON.parse(readFileSync(path, 'utf8'));
const { rootCertificate, certificateChain, privateKey, hostId, hostName } = Object(file);
const identity = { rootCertificate, certificateChain, privateKey, hostId, hostName };

interface Done {
  readonly sent: number;
  readonly ended: string;
}

/** One session after another, as the controller ends them, until all are sent. */
async function said(count: number, message: (i: number) => AgentMessage): Promise<Done> {
  let [sent, ended] = [0, 'no'];
  while (sent < count) {
    const host = new TapHost(address, identity, {});
    await begun(host);
    while (sent < count && !host.ended) await host.sent(message(sent++));
    await turn();
    ended = host.ended?.message ?? ended;
    host.close();
  }
  return { sent, ended };
}

/** Sessions that end right after their hello. */
async function hellos(count: number, hello: (epoch: string) => Hello): Promise<Done> {
  let [epoch, ended] = ['', 'no'];
  for (let sent = 0; sent < count; sent++) {
    const host = new TapHost(address, identity, sent === 0 ? {} : hello(epoch));
    await begun(host);
    epoch ||= host.of('welcome')[0]?.message.welcome?.storeEpoch ?? '';
    ended = host.ended?.message ?? ended;
    host.close();
  }
  return { sent: count, ended };
}

function begun(host: TapHost): Promise<void> {
  return until('an answer', () => host.ended !== undefined || host.of('welcome').length > 0);
}

async function renewals(count: number): Promise<Done & { readonly identities: ClientIdentity[] }> {
  const client = new protocol.IdentityService(address, clientCredentials(identity), channelOptions(CONTROLLER_NAME));
  const identities: ClientIdentity[] = [];
  let ended = 'no';
  const one = async () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const possession = sign('sha256', Buffer.from(`fleetblock-renew:${hostId}`), key.privateKey);
    const publicKey = key.publicKey.export({ type: 'spki', format: 'der' });
    const chain = await new Promise<string>((resolve) =>
      client.RenewCertificate({ publicKey, possession }, (error, reply) => {
        if (error) ended = error.message;
        resolve(reply?.certificateChain ?? '');
      }),
    );
    if (chain === '') return;
    const pem = key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    identities.push({ rootCertificate, certificateChain: chain, privateKey: pem });
  };
  await Promise.all(Array.from({ length: count }, one));
  client.close();
  return { sent: count, ended, identities };
}

/** Under every certificate that it can get, until it has tried so often. */
async function connections(count: number): Promise<Done> {
  const { identities } = await renewals(20);
  const all = [identity, ...identities];
  const { host, port } = parseEndpoint(address);
  const sockets: TLSSocket[] = [];
  for (let i = 0; i < count; i++) {
    const { certificateChain: cert, privateKey: key } = all[i % all.length] ?? identity;
    const options = { host, port, cert, key, servername: CONTROLLER_NAME, ALPNProtocols: ['h2'] };
    const socket = connect({ ...options, rejectUnauthorized: false });
    socket.on('error', () => {}).resume();
    sockets.push(socket);
    await Promise.race([once(socket, 'secureConnect'), once(socket, 'close')]).catch(() => {});
  }
  const open = sockets.filter(({ closed }) => !closed).length;
  for (const socket of sockets) socket.destroy();
  return { sent: count, ended: `${open} open, ${all.length} certificates` };
}

const long = 'x'.repeat(60_000);
const wide = Array.from({ length: 256 }, (_, i) => ({ prefix: `20.${i}.0.0/24`, why: 'own address' }));
const ended = { entries: '1', lastAgoMs: '1', prefixes: ['198.51.100.1/32'] };

/** By the names of what they once broke. */
const WAYS: Readonly<Record<string, () => Promise<Done>>> = {
  'problems that come and go, 60 kB each': () => said(1000, (i) => ({ status: { problems: i % 2 ? [] : [long] } })),
  '30,000 protected addresses at once': () =>
    said(20, () => ({ status: { protectedAddresses: Array(30_000).fill({ prefix: '20.0.0.0/8', why: 'setting' }) } })),
  '256 protected addresses, other ones each time': () =>
    said(500, (i) => ({
      status: { protectedAddresses: wide.map(({ why }, at) => ({ prefix: `20.${at}.${i & 255}.0/24`, why })) },
    })),
  'a revision that never was': () => hellos(200, (storeEpoch) => ({ storeEpoch, revision: '9000000000000000000' })),
  'a version of 900 kB': () => hellos(50, () => ({ agentVersion: 'x'.repeat(900_000) })),
  'refusals of 60 kB': () => said(1000, () => ({ nack: { revision: '1', code: 'CAPACITY', text: long } })),
  'hellos with what ended alone': () => hellos(200, () => ({ endedAlone: ended })),
  renewals: async () => ({ ...(await renewals(500)), identities: undefined }),
  connections: () => connections(200),
};

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

await answerLines(async (line) => {
  if (line === 'ways') return Object.keys(WAYS);
  const way = WAYS[line];
  if (!way) throw new Error(`no way is called ${line}`);
  return way();
});
