// A fleet is cut off for a minute, during which a thousand changes are made: how long from the healing of the network until every
// host holds all of it, proven by digest? The network is a switch that swallows packets: neither end is notified.
import { setTimeout as sleep } from 'node:timers/promises';
import { AwayFleet } from '../../test/sync/simulated/away-fleet.ts';
import { report } from '../report.ts';

const CHANGES = 1000;

export async function partition(agents: number, awayS: number): Promise<void> {
  await using fleet = await AwayFleet.create(agents, 2);
  await fleet.cut();
  const cutAt = performance.now();
  await fleet.controller.ask(`change ${CHANGES}`);
  await sleep(Math.max(0, awayS * 1000 - (performance.now() - cutAt)));
  const online = Number(await fleet.controller.ask('online'));
  if (online > 0) throw new Error(`${online} hosts count as online after ${awayS} s without a network`);
  const healedAt = performance.now();
  await fleet.heal();
  await fleet.controller.ask(`synced ${agents} 120000`);
  const tookS = (performance.now() - healedAt) / 1000;
  const digests = await fleet.digests();
  const wanted = String(await fleet.controller.ask('digest'));
  if (digests.get(wanted) !== agents) throw new Error(`digests differ: ${JSON.stringify([...digests])}`);
  report(
    'fleet-partition',
    [
      {
        question: `${agents} agents, ${awayS} s without a network, ${CHANGES} changes: from its return to all digests equal`,
        value: tookS,
        unit: 's',
        limit: { relation: '<=', value: 5 },
      },
    ],
    { agents, awayS, changes: CHANGES },
  );
}
