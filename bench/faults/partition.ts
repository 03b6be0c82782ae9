// A network that swallows everything: how soon each end knows, and how soon all hosts hold what they missed once it is back. bench/fleet
// does the second with a thousand hosts for a minute.
import { setTimeout as sleep } from 'node:timers/promises';
import { AwayFleet } from '../../test/sync/simulated/away-fleet.ts';
import type { Finding } from '../report.ts';

const HOSTS = 100;
const CHANGES = 1000;
const GIVE_UP_MS = 60_000;

/** Faults rows 28 and 31. */
export async function partition(): Promise<Finding[]> {
  await using fleet = await AwayFleet.create(HOSTS, 1);
  const cutAt = performance.now();
  await fleet.cut();
  const [atController, atHosts] = await Promise.all([
    secondsUntilNone(cutAt, async () => Number(await fleet.controller.ask('online'))),
    secondsUntilNone(cutAt, () => fleet.connected()),
  ]);
  await fleet.controller.ask(`change ${CHANGES}`);
  const healedAt = performance.now();
  await fleet.heal();
  await fleet.controller.ask(`synced ${HOSTS} ${GIVE_UP_MS}`);
  const healed = (performance.now() - healedAt) / 1000;
  const noticed = { unit: 's', limit: { relation: '<=', value: 30 } } as const;
  return [
    { question: `${HOSTS} half-open streams: the controller knows of all`, value: atController, ...noticed },
    { question: 'the same: the last host knows', value: atHosts, ...noticed },
    {
      question: `the network is back after ${CHANGES} changes: all digests equal`,
      value: healed,
      unit: 's',
      limit: { relation: '<=', value: 5 },
    },
  ];
}

async function secondsUntilNone(since: number, count: () => Promise<number>): Promise<number> {
  while ((await count()) > 0) {
    if (performance.now() - since > GIVE_UP_MS) throw new Error(`not in ${GIVE_UP_MS} ms: the other end is gone`);
    await sleep(100);
  }
  return (performance.now() - since) / 1000;
}
