// A thousand hosts that reconnect at once, with real sockets: they spread themselves, and an operator is answered in the middle of it. That
// few snapshots are under way at a time is in test/sync/hub/hub.test.ts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab } from '../../lab/lab.ts';
import { patience } from '../../lab/patience.ts';
import { AwayFleet } from '../sync/simulated/away-fleet.ts';

const HOSTS = 1000;
const whyNot = Lab.whyNot();

const numbers = (list: unknown): number[] => (Array.isArray(list) ? list.map(Number) : []);

describe.skipIf(whyNot)(`a reconnect storm${whyNot ? ` (skipped: ${whyNot})` : ''}`, () => {
  let fleet: AwayFleet;
  beforeAll(async () => {
    fleet = await AwayFleet.create(HOSTS, 2);
    await fleet.controller.ask('change 500');
    await fleet.controller.ask(`synced ${HOSTS} 480000`);
  }, patience(600_000));
  afterAll(() => fleet?.[Symbol.asyncDispose]());

  test(
    'faults row 29: 1,000 hosts come back spread out, and no operator is starved',
    async () => {
      const said = Object(await fleet.controller.ask(`storm ${HOSTS}`));
      const [during, connected] = [numbers(said.during), numbers(said.connectedMs)];
      expect(connected.length).toBeGreaterThanOrEqual(HOSTS);
      // Full jitter: no tenth of the time in which they came holds half of them.
      const [first, last] = [Math.min(...connected), Math.max(...connected)];
      const tenths = new Array<number>(10).fill(0);
      for (const at of connected) {
        const tenth = Math.min(9, Math.floor((10 * (at - first)) / (last - first)));
        tenths[tenth] = (tenths[tenth] ?? 0) + 1;
      }
      expect(Math.max(...tenths)).toBeLessThan(HOSTS / 2);
      // Answered one after the other while they came: a starved call waits until it is over.
      expect(during.length).toBeGreaterThan(5);
    },
    patience(600_000),
  );
});
