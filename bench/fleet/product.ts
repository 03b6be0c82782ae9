// The product as a process: the controller, and simulated agents in processes of their own, over mutual TLS. Every line is one
// block for all hosts; the answer is what it took until the last ack, and to `cost` what processor time it took besides. `product.ts AGENTS PROCESSES`

import { setTimeout as sleep } from 'node:timers/promises';
import { answerLines, say } from '../../lab/line-program.ts';
import { memory } from '../../lab/memory.ts';
import { SyncFleet, until } from '../../test/sync/fleet.ts';
import { startAgents } from '../../test/sync/simulated/start-agents.ts';
import { costOf } from './processor-time.ts';

const [, , agents = '0', processes = '2'] = process.argv;
const count = Number(agents);
const fleet = await SyncFleet.start();
process.once('exit', () => fleet.removeFiles());
const identities = await fleet.enrollMany(count);
const before = memory();
const started = performance.now();
startAgents(fleet, identities, Number(processes));
const { controller } = fleet.server;
await until('all synced', () => controller.hostCounts().synced === count, 240_000);
const connectMs = performance.now() - started;
await sleep(2000);

let next = 0;
async function block(): Promise<number> {
  const address = `20.0.${(next >> 8) & 255}.${next++ & 255}`;
  const reply = await fleet.operator.block([address], { wait: { timeoutMs: 60_000 } });
  if (reply.hosts?.enforced !== count) throw new Error(`only ${reply.hosts?.enforced} of ${count} enforced`);
  return reply.elapsedMs;
}

for (let round = 0; round < 5; round++) await block();
const after = memory();
say({ bytesAnAgent: (after.rss - before.rss) / count, connectMs });
await answerLines((line) => (line === 'cost' ? costOf(block) : block()));
