// Wall clocks a day off, on the host's side and on the controller's: real programs with a clock of their own, real kernels. What a block
// has left is told as a time that remains, and the kernel ends it by the time since boot.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BAD, Lab } from '../../lab/lab.ts';
import { until } from '../../lab/program.ts';

const whyNot = Lab.whyNot();
const DAY_S = 86_400;
const TTL_S = 15;

describe.skipIf(whyNot)(`wall clocks a day off${whyNot ? ` (skipped: ${whyNot})` : ''}`, () => {
  let directory: string;
  let library: string;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'fleetblock-clock-'));
    library = join(directory, 'wall-clock.so');
    const source = fileURLToPath(new URL('wall-clock.c', import.meta.url));
    await execa('clang', ['-shared', '-fPIC', '-O2', '-Wall', '-Werror', '-o', library, source]);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test.each([
    ['ahead', DAY_S],
    ['behind', -DAY_S],
  ])(
    'faults row 30: the host is a day %s of the controller: a block lasts as long as it should',
    async (_, offsetS) => {
      const agentPrefix = ['env', `LD_PRELOAD=${library}`, `WALL_CLOCK_OFFSET_S=${offsetS}`];
      await using lab = await Lab.create({ hosts: 1, agentPrefix });
      const host = lab.host(1);
      await lab.startHosts();
      // Its log has its own clock's times: it does live another day.
      const [, day] = /"time":"([0-9-]+)T/.exec(await host.log()) ?? [];
      expect(day).not.toBe(new Date().toISOString().slice(0, 10));
      const reaches = async () => (await lab.attacker.ping(BAD, host.address, { count: 1 })).received > 0;
      expect(await reaches()).toBe(true);
      await lab.json(0, 'block', BAD, '--all-hosts', '--duration', `${TTL_S}s`);
      expect(await reaches()).toBe(false);
      // With the agent and the controller dead, it is the kernel that ends it.
      await host.stopAgent('SIGKILL');
      await lab.stopController('SIGKILL');
      // A host that took its own clock's word for the end would let it in at once, or a day later.
      expect(await reaches()).toBe(false);
      await until('the block to end', async () => ((await reaches()) ? true : undefined), 120_000);
      // A restart from the record brings back what has time left, and nothing that has none.
      host.startAgent();
      await host.logged('enforcing');
      expect(await reaches()).toBe(true);
    },
  );
});
