// A fleet that is cut off and comes back, with real sockets through a switch that swallows packets. bench/fleet does it with a
// thousand hosts for a minute.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Lab } from '../lab/lab.ts';
import { AwayFleet } from '../sync/away-fleet.ts';

const HOSTS = 100;
const whyNot = Lab.whyNot();

describe.skipIf(whyNot)(`a fleet without a network${whyNot ? ` (skipped: ${whyNot})` : ''}`, () => {
  test(`faults row 28: ${HOSTS} hosts that missed 1,000 changes hold all of them within 5 s of the network's return`, async () => {
    await using fleet = await AwayFleet.create(HOSTS, 2);
    await fleet.cut();
    await fleet.controller.ask('change 1000');
    // Longer than either end waits for the other.
    await sleep(25_000);
    expect(await fleet.controller.ask('online')).toBe(0);
    const healedAt = performance.now();
    await fleet.heal();
    await fleet.controller.ask(`synced ${HOSTS} 60000`);
    expect(performance.now() - healedAt).toBeLessThan(5000);
    // What they hold themselves, not only what they acked.
    expect([...(await fleet.digests())]).toEqual([[await fleet.controller.ask('digest'), HOSTS]]);
  });
});
