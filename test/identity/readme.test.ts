// Two hosts are added from nothing with two commands each, as README says them: taken from its text, typed into a shell. Only what a
// lab must lend is lent: `ssh` enters the host's namespaces, where its name, its /etc/hosts and its directories are its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BAD, GOOD, Lab } from '../../lab/lab.ts';
import { until } from '../../lab/program.ts';

const reason = Lab.whyNot();
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The lines of the shell block that follows a text of README. */
function commandsAfter(text: string): string[] {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const from = readme.indexOf(text);
  const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(readme.slice(from)) ?? [];
  return from < 0 ? [] : block.trim().split('\n');
}

describe.skipIf(reason)(`README's way to add a host${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let lab: Lab;
  let bin: string;
  const running: ChildProcess[] = [];

  beforeAll(async () => {
    lab = await Lab.create({ hosts: 2 });
    bin = join(lab.directory, 'typed');
    mkdirSync(bin);
    const program = (name: string) => `${process.execPath} ${join(ROOT, name, 'main.ts')}`;
    const script = (name: string, lines: string) =>
      writeFileSync(join(bin, name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
    const controller = lab.host(1).namespace.replace(/-host1$/, '-controller');
    script('fleetblock-agent', `exec ${program('agent')} "$@"`);
    script(
      'fleetblock',
      `FLEETBLOCK_CONFIG=${lab.configFile} exec nsenter --net=/run/netns/${controller} ${program('cli')} "$@"`,
    );
    const names = join(lab.directory, 'hosts');
    writeFileSync(names, `127.0.0.1 localhost\n${lab.controller.split(':')[0]} controller.example.com\n`);
    const cases = lab.hosts.map(
      ({ namespace, stateDir, pinDir }, i) =>
        `root@web${i + 1}) name=web${i + 1} net=${namespace} state=${stateDir} pins=${pinDir} ;;`,
    );
    script(
      'ssh',
      `case "$1" in ${cases.join(' ')} *) echo "no host $1" >&2; exit 255 ;; esac
shift
export name FLEETBLOCK_STATE_DIR=$state FLEETBLOCK_PIN_DIR=$pins
exec nsenter --net=/run/netns/$net unshare --mount --uts sh -c 'mount --bind ${names} /etc/hosts && hostname "$name" && exec "$@"' sh "$@"`,
    );
  });
  afterAll(async () => {
    for (const child of running) child.kill('SIGTERM');
    await Promise.all(running.map((child) => child.exitCode ?? new Promise((resolve) => child.once('exit', resolve))));
    await lab?.close();
  });

  const env = () => ({ ...process.env, PATH: `${bin}:${process.env.PATH}` });

  test('two commands each, and both are enforced on', async () => {
    const commands = commandsAfter('**A host**, two commands:');
    expect(commands).toHaveLength(2);
    for (const host of ['web1', 'web2']) {
      const [join_ = '', run = ''] = commands.map((line) => line.replaceAll('web1', host));
      const joined = await execa('sh', ['-c', join_], { env: env(), reject: false, timeout: 60_000 });
      expect(joined, `${join_}\n${joined.stderr}`).toMatchObject({ exitCode: 0 });
      const log = openSync(join(lab.directory, `${host}.log`), 'a');
      // Ends with the test, as a terminal that is closed ends it.
      running.push(spawn('sh', ['-c', `exec ${run}`], { env: env(), stdio: ['ignore', log, log] }));
      closeSync(log);
    }
    await until('both to be synced', async () => {
      const rows = await lab.hostRows();
      return rows.filter(({ status }) => status === 'synced').length === 2 ? rows : undefined;
    }).catch((error: unknown) => {
      throw new Error(readFileSync(join(lab.directory, 'web1.log'), 'utf8'), { cause: error });
    });
    expect((await lab.hostRows()).map(({ name }) => name)).toEqual(['web1', 'web2']);
    // And the line that README begins with.
    const [blocked = ''] = commandsFrom('console').slice(1);
    const shown = await execa('sh', ['-c', `fleetblock block ${BAD} --all-hosts`], { env: env(), reject: false });
    expect(shown.stdout.replace(/in [0-9]+ ms \(revision [0-9]+\)/, '')).toBe(
      blocked.replace('3/3', '2/2').replace(/in [0-9]+ ms \(revision [0-9]+\)/, ''),
    );
    expect(blocked).toMatch(/^blocked /);
    for (const { address } of lab.hosts) {
      expect(await lab.attacker.reaches(BAD, address)).toBe(false);
      expect(await lab.attacker.reaches(GOOD, address)).toBe(true);
    }
  }, 120_000);
});

/** The lines of README's first block of that kind. */
function commandsFrom(kind: string): string[] {
  const [, block = ''] =
    new RegExp(`\`\`\`${kind}\n([\\s\\S]*?)\`\`\``).exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
  return block.trim().split('\n');
}
