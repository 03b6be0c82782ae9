// Debian's fail2ban on one host of the lab: a line in a log that it reads, and its source is dropped on all hosts; by the action that
// starts a process, and by the one that does not.
import { appendFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BAD, Lab, OTHER } from '../../lab/lab.ts';
import { Program, until } from '../../lab/program.ts';

const reason = Lab.whyNot();
const ROOT = join(import.meta.dirname, '../..');
const PEERS = join(ROOT, 'build/peers');
const RESTORED = 3000;

describe.skipIf(reason)(`fail2ban${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let lab: Lab;
  let directory: string;
  let fail2ban: Program | undefined;

  beforeAll(async () => {
    lab = await Lab.create({ hosts: 3 });
    await lab.startHosts();
    directory = join(lab.directory, 'fail2ban');
    for (const part of ['action.d', 'filter.d', 'fail2ban.d', 'jail.d'])
      await mkdir(join(directory, part), { recursive: true });
    await cp(join(PEERS, 'etc/fail2ban/fail2ban.conf'), join(directory, 'fail2ban.conf'));
    await writeFile(join(directory, 'fail2ban.local'), `[Definition]\ndbfile = ${directory}/db\nlogtarget = STDOUT\n`);
    await cp(join(ROOT, 'deploy/fail2ban'), join(directory, 'action.d'), { recursive: true });
    await writeFile(join(directory, 'filter.d/lab.conf'), '[Definition]\nfailregex = ^ refused <HOST>$\n');
    await lab.writeScripts();
    const jail = (name: string, action: string) =>
      `[${name}]\nenabled = true\nfilter = lab\nlogpath = ${directory}/${name}.log\nbackend = polling\nmaxretry = 1\nbantime = 600\naction = ${action}\n`;
    const jails = [jail('process', 'fleetblock'), jail('inside', `fleetblock.py[path=${lab.host(1).reportSocket}]`)];
    await writeFile(join(directory, 'jail.conf'), jails.join('\n'));
    for (const name of ['process', 'inside']) await writeFile(join(directory, `${name}.log`), '');
    await lab.json(0, 'detector', 'set', 'fail2ban:*', '--scope', 'fleet', '--rate', '100000');
    await startFail2ban();
  });
  afterAll(async () => {
    await fail2ban?.end('SIGTERM');
    await lab?.close();
  });

  const command = (program: string, ...words: string[]) => [
    'env',
    `PYTHONPATH=${PEERS}/usr/lib/python3/dist-packages`,
    `FLEETBLOCK_REPORT_SOCKET=${lab.host(1).reportSocket}`,
    'sh',
    '-c',
    'PATH="$0:$PATH"; exec python3 "$@"',
    join(lab.directory, 'bin'),
    `${PEERS}/usr/bin/${program}`,
    ...['-c', directory, '-s', `${directory}/socket`, '-p', `${directory}/pid`, ...words],
  ];

  async function startFail2ban(): Promise<void> {
    const { namespace } = lab.host(1);
    fail2ban = new Program({
      namespace,
      command: command('fail2ban-server', '-f', 'start'),
      logFile: join(directory, 'log'),
    });
    await until('fail2ban to be ready', async () =>
      (await lab.host(1).run(command('fail2ban-client', 'status', 'inside'))).exitCode === 0 ? true : undefined,
    ).catch(async (error: unknown) => {
      throw new Error(`fail2ban: ${await fail2ban?.log()}`, { cause: error });
    });
  }

  const dropped = async (source: string, on: boolean) => {
    for (const host of lab.hosts)
      await until(`${source} ${on ? 'not ' : ''}to reach ${host.name}`, async () =>
        (await lab.attacker.reaches(source, host.address).catch(() => undefined)) === !on ? true : undefined,
      ).catch(async (error: unknown) => {
        throw new Error(`fail2ban: ${await fail2ban?.log()}`, { cause: error });
      });
  };
  const client = (...words: string[]) => lab.host(1).run(command('fail2ban-client', ...words));
  const refused = (source: string) => `${new Date().toISOString().slice(0, 19).replace('T', ' ')} refused ${source}\n`;

  test.each([
    ['process', BAD],
    ['inside', OTHER],
  ])('drops on all hosts what its jail %s bans, until it unbans', async (jail, source) => {
    await dropped(source, false);
    await appendFile(join(directory, `${jail}.log`), refused(source));
    await dropped(source, true);
    expect(await lab.json(0, 'list', '--origin', `fail2ban:${jail}`)).toMatchObject([
      { prefix: `${source}/32`, reason: `fail2ban:${jail}: reported by host1` },
      { prefix: `${source}/32` },
    ]);
    await client('set', jail, 'unbanip', source);
    await dropped(source, false);
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
    await client('set', 'inside', 'banip', ...addresses);
    const held = () => lab.hostRow('host3').then(({ entries }) => (entries === RESTORED ? true : undefined));
    await until('all to be blocked', held, 120_000);
    await fail2ban?.end('SIGTERM');
    expect((await lab.hostRow('host3')).entries).toBe(RESTORED);
    const taken = async () => {
      const { stdout } = await lab.host(1).agent('status', '--state-dir', lab.host(1).stateDir, '-o', 'json');
      const { reports } = JSON.parse(stdout);
      return reports;
    };
    const before = await taken();
    await startFail2ban();
    await until(
      'the bans to be restored',
      async () => ((await taken()).taken >= before.taken + RESTORED ? true : undefined),
      120_000,
    );
    expect(await taken()).toMatchObject({ refused: 0, waiting: 0 });
    expect((await lab.hostRow('host3')).entries).toBe(RESTORED);
  });
});
