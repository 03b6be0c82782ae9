// A fleet that is cut off and comes back, with real sockets through a switch that swallows packets. bench/fleet does it with a
// thousand hosts for a minute.
import { describe, expect, test } from 'vitest';
import { Lab } from '../../lab/lab.ts';
import { until } from '../../lab/program.ts';
import { AwayFleet } from '../sync/simulated/away-fleet.ts';

const HOSTS = 100;
const whyNot = Lab.whyNot();

describe.skipIf(whyNot)(`a fleet without a network${whyNot ? ` (skipped: ${whyNot})` : ''}`, () => {
  test(`faults row 28: ${HOSTS} hosts that missed 1,000 changes hold all of them when the network returns`, async () => {
    await using fleet = await AwayFleet.create(HOSTS, 2);
    await fleet.cut();
    await fleet.controller.ask('change 1000');
    await until('both ends to give the other up', async () =>
      (await fleet.controller.ask('online')) === 0 ? true : undefined,
    );
    await fleet.heal();
    await fleet.controller.ask(`synced ${HOSTS} 60000`);
    // What they hold themselves, not only what they acked.
    expect([...(await fleet.digests())]).toEqual([[await fleet.controller.ask('digest'), HOSTS]]);
  });
});
