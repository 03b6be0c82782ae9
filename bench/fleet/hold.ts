// Whether a fleet three times as large connects and stays connected. All of it from nothing to synced, the controller's memory, and what a block takes
// then: median and worst.
import { setTimeout as sleep } from 'node:timers/promises';
import { report, stats } from '../report.ts';
import { helper } from './rig.ts';

export async function hold(agents: number, rounds: number): Promise<void> {
  const product = helper('product.ts', [`${agents}`, '3']);
  const { bytesAnAgent, connectMs } = Object(await product.next());
  const proofs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await sleep(500);
    // Throws when not every one of them proves it.
    proofs.push(Number(await product.ask('block')));
  }
  await product.end();
  const ours = stats(proofs);
  report(
    'fleet-hold',
    [
      { question: `${agents} agents from nothing to synced`, value: connectMs / 1000, unit: 's' },
      { question: 'controller memory a connected agent', value: bytesAnAgent / 1024, unit: 'KiB' },
      { question: `block to enforced on all ${agents}, median`, value: ours.median, unit: 'ms' },
      { question: 'the same, p99', value: ours.p99, unit: 'ms' },
    ],
    { agents, rounds, proofs: ours },
  );
}
