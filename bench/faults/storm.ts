// Hundreds of hosts that come back at once: how long an operator's call takes meanwhile, against the same call just before.
import { z } from 'zod';
import { AwayFleet } from '../../test/sync/simulated/away-fleet.ts';
import { type Finding, stats } from '../report.ts';

/** Half of what the test has: the same spread in half of the time. */
const HOSTS = 500;
const Said = z.object({ before: z.array(z.number()), during: z.array(z.number()), tookMs: z.number() });

/** Faults row 29. */
export async function storm(): Promise<Finding[]> {
  await using fleet = await AwayFleet.create(HOSTS, 2);
  const { before, during, tookMs } = Said.parse(await fleet.controller.ask(`storm ${HOSTS}`));
  const [floor, ours] = [stats(before), stats(during)];
  return [
    {
      question: `an operator's call while ${HOSTS} hosts come back, median`,
      value: ours.median,
      unit: 'ms',
      against: 'the same call before',
      ratio: ours.median / floor.median,
    },
    // A starved caller waits until it is over.
    {
      question: 'the longest of them, of the time in which they came',
      value: ours.max / tookMs,
      unit: 'of it',
      limit: { relation: '<=', value: 0.34 },
    },
    { question: `${HOSTS} hosts are back and synced`, value: tookMs / 1000, unit: 's' },
  ];
}
