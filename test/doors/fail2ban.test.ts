// Debian's fail2ban on one host of the lab: a line in a log that it reads, and its source is dropped on all hosts; by the action that
// starts a process, and by the one that does not.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fail2ban } from '../../lab/fail2ban.ts';
import { BAD, Lab, OTHER } from '../../lab/lab.ts';
import { until } from '../../lab/program.ts';

const reason = Lab.whyNot();
const ROOT = join(import.meta.dirname, '../..');
const RESTORED = 3000;
/** A machine may be slow. */
const POLL = { timeout: 60_000, interval: 200 };

describe.skipIf(reason)(`fail2ban${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let lab: Lab;
  let fail2ban: Fail2ban | undefined;

  beforeAll(async () => {
    lab = await Lab.create({ hosts: 3 });
    await lab.startHosts();
    await lab.json(0, 'detector', 'set', 'fail2ban:*', '--scope', 'fleet', '--rate', '100000');
    fail2ban = await Fail2ban.on(lab, lab.host(1));
    await fail2ban.start();
  });
  afterAll(async () => {
    await fail2ban?.stop();
    await lab?.close();
  });

  const dropped = async (source: string, on: boolean) => {
    for (const host of lab.hosts)
      await until(`${source} ${on ? 'not ' : ''}to reach ${host.name}`, async () =>
        (await lab.attacker.reaches(source, host.address).catch(() => undefined)) === !on ? true : undefined,
      ).catch(async (error: unknown) => {
        throw new Error(`fail2ban: ${await fail2ban?.log()}`, { cause: error });
      });
  };
  const sourceOf = (jail: string) => `fail2ban:${jail.toLowerCase()}`;
  const claims = async (jail: string): Promise<{ prefix: string; createdAt: string; expiresAt: string }[]> =>
    JSON.parse((await lab.fleetblock('list', '--origin', sourceOf(jail), '-o', 'json')).stdout);
  const ban = async (jail: string, ...sources: string[]) => {
    await fail2ban?.client('set', jail, 'banip', ...sources);
    await expect.poll(() => claims(jail), POLL).toHaveLength(2 * sources.length);
  };

  test.each([['Process', BAD] as const, ['inside', OTHER] as const])(
    'drops on all hosts what its jail %s bans, until it unbans',
    async (jail, source) => {
      await dropped(source, false);
      await fail2ban?.refused(jail, source);
      await dropped(source, true);
      expect(await lab.json(0, 'list', '--origin', sourceOf(jail))).toMatchObject([
        { prefix: `${source}/32`, reason: `${sourceOf(jail)}: reported by host1` },
        { prefix: `${source}/32` },
      ]);
      await fail2ban?.client('set', jail, 'unbanip', source);
      await dropped(source, false);
    },
  );

  test('reports to an agent that was restarted, over a new connection', async () => {
    const jail = 'inside';
    await fail2ban?.refused(jail, OTHER);
    await dropped(OTHER, true);
    await lab.host(1).stopAgent();
    lab.host(1).startAgent();
    await lab.synced();
    await fail2ban?.client('set', jail, 'unbanip', OTHER);
    await dropped(OTHER, false);
  });

  test('faults row 190: takes back all that fail2ban unbans at once, and nothing when it reads its configuration again', async () => {
    await ban('inside', BAD, OTHER);
    await ban('Process', BAD);
    expect(await fail2ban?.client('reload')).toMatchObject({ exitCode: 0 });
    // A ban after it: whatever the reload reported has come before.
    await fail2ban?.client('set', 'inside', 'banip', '203.0.113.99');
    await expect.poll(() => claims('inside'), POLL).toHaveLength(6);
    const banned = (await fail2ban?.client('get', 'Process', 'banip'))?.stdout.trim().split(/\s+/) ?? [];
    await fail2ban?.client('set', 'Process', 'unbanip', ...banned);
    expect((await fail2ban?.client('unban', '--all'))?.stdout.trim()).toBe('3');
    for (const jail of ['inside', 'Process']) await expect.poll(() => claims(jail), POLL).toEqual([]);
  });

  test.each(['inside', 'Process'])('faults row 190: restores in its jail %s the rest of a ban', async (jail) => {
    await ban(jail, BAD);
    await fail2ban?.stop();
    const where = ['--source', sourceOf(jail), '--report-socket', lab.host(1).reportSocket];
    await lab.host(1).agent('report', 'unban', BAD, '--wait', ...where);
    expect(await claims(jail)).toEqual([]);
    fail2ban?.banned(300);
    await fail2ban?.start();
    await expect.poll(() => claims(jail), POLL).toHaveLength(2);
    for (const { createdAt, expiresAt } of await claims(jail)) {
      const lifeMs = Date.parse(expiresAt) - Date.parse(createdAt);
      expect(lifeMs).toBeLessThanOrEqual(301_000);
      expect(lifeMs).toBeGreaterThan(1000);
    }
    await fail2ban?.client('set', jail, 'unbanip', BAD);
    await expect.poll(() => claims(jail), POLL).toEqual([]);
  });

  test('the commands of docs/integrate/fail2ban.md do what they say', async () => {
    const page = await readFile(join(ROOT, 'docs/integrate/fail2ban.md'), 'utf8');
    const typed = [...page.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = '']) => block.trim().split('\n'));
    expect(typed.length).toBeGreaterThan(4);
    for (const line of typed) {
      const [program, ...words] = line.split(' ').map((word) => word.replaceAll("'", ''));
      const own =
        words[0] === 'report' ? ['--report-socket', lab.host(1).reportSocket] : ['--state-dir', lab.host(1).stateDir];
      const done =
        program === 'fleetblock' ? await lab.fleetblock(...words) : await lab.host(1).agent(...words, ...own);
      expect(done, line).toMatchObject({ exitCode: 0 });
    }
  });

  test('leaves in force what was banned when it stops, and reports it again, without a change, when it starts', async () => {
    const addresses = Array.from({ length: RESTORED }, (_, i) => `203.0.${100 + (i >> 8)}.${i & 255}`);
    await fail2ban?.client('set', 'inside', 'banip', ...addresses);
    const held = () => lab.hostRow('host3').then(({ entries }) => (entries === RESTORED ? true : undefined));
    await until('all to be blocked', held, 120_000);
    await fail2ban?.stop();
    expect((await lab.hostRow('host3')).entries).toBe(RESTORED);
    const taken = async () => {
      const { stdout } = await lab.host(1).agent('status', '--state-dir', lab.host(1).stateDir, '-o', 'json');
      const { reports } = JSON.parse(stdout);
      return reports;
    };
    const before = await taken();
    await fail2ban?.start();
    await until(
      'the bans to be restored',
      async () => ((await taken()).taken >= before.taken + RESTORED ? true : undefined),
      120_000,
    );
    expect(await taken()).toMatchObject({ refused: 0, waiting: 0 });
    expect((await lab.hostRow('host3')).entries).toBe(RESTORED);
  }, 400_000);
});
