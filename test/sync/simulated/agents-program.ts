// A process full of simulated hosts: the real agent over real TLS, on the memory datapath. `agents-program.ts HOST:PORT IDENTITIES.json`
// `digests` asks what they hold: hosts by digest. `connected` asks how many have a stream.
import { readFileSync } from 'node:fs';
import { answerLines, say } from '../../../lab/line-program.ts';
import { SimulatedHost } from '../fleet.ts';

const [, , address = '', path = ''] = process.argv;
const identities: unknown = JSON.parse(readFileSync(path, 'utf8'));
if (!Array.isArray(identities)) throw new Error(`${path} holds no identities`);
const hosts = identities.map((identity) => new SimulatedHost(address, Object(identity)));
say('ready');
await answerLines(async (line) => {
  if (line === 'connected') return hosts.filter(({ agent }) => agent.link === 'connected').length;
  const counts: Record<string, number> = {};
  for (const { datapath } of hosts) {
    const digest = Buffer.from(datapath.held.digest()).toString('hex');
    counts[digest] = (counts[digest] ?? 0) + 1;
  }
  return counts;
});
