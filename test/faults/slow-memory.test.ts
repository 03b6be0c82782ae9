// Hosts that connect and never read, with real flow control: what a controller holds in memory does not grow with the changes that they
// do not take. bench/fleet does it with 10,000 changes.
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { LineProgram } from '../../lab/line-program.ts';
import { patience } from '../../lab/patience.ts';

const HOSTS = 12;
const DEAF = 10;
const CHANGES = 300;
const PREFIXES = 500;
/** Events and caches of the last changes take half of one. All that was not read would be eight. */
const GROWTH_MIB = 3;

it(
  `faults row 25: memory is flat over ${CHANGES} changes while ${DEAF} of ${HOSTS} hosts do not read`,
  async () => {
    const path = fileURLToPath(new URL('../sync/simulated/slow-controller.ts', import.meta.url));
    const program = new LineProgram(process.execPath, [
      '--expose-gc',
      path,
      `${HOSTS}`,
      `${DEAF}`,
      `${CHANGES}`,
      `${PREFIXES}`,
    ]);
    try {
      const used: number[] = [];
      let said = Object(await program.next());
      for (; !said.done; said = Object(await program.next())) used.push(Number(said.used) / 2 ** 20);
      expect(said.lagging).toBe(DEAF);
      expect(used).toHaveLength(11);
      // From the fifth part on: before, caches fill.
      expect((used[10] ?? 0) - (used[2] ?? 0)).toBeLessThan(GROWTH_MIB);
    } finally {
      await program.end();
    }
  },
  patience(600_000),
);
