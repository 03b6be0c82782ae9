// From one command to the last ack of a large fleet, against raw grpc-js writing one message to as many TLS streams and reading
// their answers. Both are up at the same time and take turns, round by round, the other one paused: what the machine does
// besides meets both alike. And memory per connected agent.
import { setTimeout as sleep } from 'node:timers/promises';
import { report, stats } from '../report.ts';
import type { Cost } from './processor-time.ts';
import { helper } from './rig.ts';

const PROCESSES = '2';
/** After a pause its timers are due all at once: not in the middle of a round, milliseconds. */
const PAUSE_MS = 150;

const ownTime = ({ processor }: Cost) => processor.own;
const othersTime = ({ processor }: Cost) => processor.others;

function costFrom(said: unknown): Cost {
  const { ms, processor } = Object(said);
  const { own, others } = Object(processor);
  return { ms: Number(ms), processor: { own: Number(own), others: Number(others) } };
}

export async function proof(agents: number, rounds: number): Promise<void> {
  const words = [`${agents}`, PROCESSES];
  const floor = helper('floor.ts', words);
  const { bytesAStream } = Object(await floor.next());
  floor.pause();
  const product = helper('product.ts', words);
  const { bytesAnAgent, connectMs } = Object(await product.next());
  const floors: Cost[] = [];
  const proofs: Cost[] = [];
  for (let round = 0; round < rounds; round++) {
    product.pause();
    floor.resume();
    await sleep(PAUSE_MS);
    floors.push(costFrom(await floor.ask('round')));
    floor.pause();
    product.resume();
    await sleep(PAUSE_MS);
    proofs.push(costFrom(await product.ask('cost')));
  }
  floor.resume();
  await Promise.all([floor.end(), product.end()]);
  const [raw, ours] = [stats(floors.map(({ ms }) => ms)), stats(proofs.map(({ ms }) => ms))];
  const [rawServer, server] = [stats(floors.map(ownTime)), stats(proofs.map(ownTime))];
  const [rawClients, clients] = [stats(floors.map(othersTime)), stats(proofs.map(othersTime))];
  const against = (value: number, floorValue: number) => ({ value, against: 'floor', ratio: value / floorValue });
  report(
    'fleet',
    [
      { question: `raw grpc-js write and reply, ${agents} TLS streams (floor), median`, value: raw.median, unit: 'ms' },
      { question: 'the same, p99', value: raw.p99, unit: 'ms' },
      {
        question: `block to enforced on ${agents} agents, mutual TLS, median`,
        ...against(ours.median, raw.median),
        unit: 'ms',
        target: { relation: '<=', ratio: 1.5 },
      },
      { question: 'the same, p99', ...against(ours.p99, raw.p99), unit: 'ms' },
      {
        question: 'processor time of that, controller, median',
        ...against(server.median, rawServer.median),
        unit: 'ms',
      },
      { question: 'processor time of that, agents, median', ...against(clients.median, rawClients.median), unit: 'ms' },
      { question: `${agents} agents from nothing to synced`, value: connectMs / 1000, unit: 's' },
      { question: 'raw grpc-js memory per stream (floor)', value: bytesAStream / 1024, unit: 'KiB' },
      {
        question: 'controller memory a connected agent',
        ...against(bytesAnAgent / 1024, bytesAStream / 1024),
        unit: 'KiB',
        target: { relation: '<=', ratio: 1.5 },
      },
    ],
    { agents, processes: Number(PROCESSES), rounds, floors: raw, proofs: ours, samples: { floors, proofs } },
  );
}
