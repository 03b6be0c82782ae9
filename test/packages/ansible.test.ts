// deploy/ansible as Debian's Ansible runs it: over SSH, on a machine that systemd has booted, from the signed repository, a controller and a host.
// A second run changes nothing, and the way back leaves nothing.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BAD, GOOD, Lab } from '../../lab/lab.ts';
import { Program, until } from '../../lab/program.ts';
import { Booted } from './booted.ts';
import { ControlNode, type Played } from './control-node.ts';
import { DebianRoot, debianNeeds, NAMES, PACKAGES, packageFile } from './debian-root.ts';

const REPOSITORY = fileURLToPath(new URL('../../scripts/repository.sh', import.meta.url));
const FILES = NAMES.map((name) => packageFile(name));

let scratch: string;
let lab: Lab;
let root: DebianRoot;
let machine: Booted;
let server: Program;
let control: ControlNode;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'fleetblock-ansible-'));
  const repository = join(scratch, 'packages');
  await execa('sh', [REPOSITORY, repository, '--key', join(scratch, 'key'), '--new-key', ...FILES]);
  root = await DebianRoot.minimal();
  // The machine has no way to Debian's mirror once it is booted.
  await root.apt('systemd', 'openssh-server', 'python3-apt', ...(await debianNeeds(FILES)));
  renameSync(join(root.directory, 'etc/apt/sources.list'), join(root.directory, 'etc/apt/sources.list.away'));
  lab = await Lab.create({ hosts: 1, programs: 'dist' });
  await lab.stopController();
  const { namespace } = lab.controllerStation;
  const bind = ['--bind', '192.168.1.10', '8000'];
  server = new Program({
    namespace,
    command: ['/usr/bin/python3', '-m', 'http.server', '--directory', join(repository, 'public'), ...bind],
    logFile: join(scratch, 'repository.log'),
  });
  writeFileSync(join(root.directory, 'etc/apt/apt.conf.d/direct'), 'Acquire::http::Proxy::192.168.1.10 "DIRECT";\n');
  control = await ControlNode.make(join(scratch, 'control'), namespace);
  control.trust(root.directory, lab.host(1).address);
  machine = await Booted.boot(root.directory, lab.host(1).namespace, join(scratch, 'boot.log'));
});

afterAll(async () => {
  await server?.end('SIGTERM');
  await machine?.cut();
  await lab?.close();
  await root?.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** The controller and the host are one machine: the controller's name is who makes tokens. */
function inventory(variables: object = {}, groups: readonly string[] = ['web', 'production']): object {
  const web1 = { hosts: { web1: {} } };
  return {
    all: {
      vars: {
        ansible_host: lab.host(1).address,
        ansible_user: 'root',
        fleetblock_packages_repository: 'http://192.168.1.10:8000',
        fleetblock_packages_key: join(scratch, 'packages/public/fleetblock.asc'),
        fleetblock_controller_advertise: `${lab.host(1).address}:7443`,
      },
      children: {
        fleetblock_controller: { hosts: { controller: {} } },
        fleetblock_agents: {
          ...web1,
          vars: {
            fleetblock_agent_controller: `${lab.host(1).address}:7443`,
            fleetblock_agent_operator_host: 'controller',
            fleetblock_agent_interfaces: ['eth0'],
            fleetblock_agent_group_labels: {
              web: { role: 'web' },
              database: { role: 'db' },
              production: { env: 'prod' },
            },
            ...variables,
          },
        },
        ...Object.fromEntries(groups.map((name) => [name, web1])),
      },
    },
  };
}

/** A run that must succeed. */
async function plays(...run: Parameters<ControlNode['play']>): Promise<Played> {
  const played = await control.play(...run);
  expect(played.exitCode, played.output).toBe(0);
  return played;
}
const NOTHING = { controller: { changed: 0, failed: 0 }, web1: { changed: 0, failed: 0 } };
const reached = async () => [
  await lab.attacker.reaches(BAD, lab.host(1).address),
  await lab.attacker.reaches(GOOD, lab.host(1).address),
];
const fleetblock = (...words: string[]) => machine.run('fleetblock', ...words);
const hosts = async () => JSON.parse((await fleetblock('hosts', '-o', 'json')).stdout);

test('a dry run of a new machine says what would be done, and does nothing', async () => {
  const { recap } = await plays(inventory(), '--check');
  expect(recap.web1?.changed).toBeGreaterThan(0);
  expect(
    (await machine.run('sh', '-c', 'ls -d /etc/fleetblock* /usr/bin/fleetblock* /etc/apt/keyrings/*')).stdout,
  ).toBe('');
});

test('a machine that cannot enforce does not join', async () => {
  const played = await control.play(inventory({ fleetblock_agent_interfaces: ['nowhere0'] }));
  expect(played.recap).toMatchObject({ controller: { failed: 0 }, web1: { failed: 1 } });
  expect(played.output).toContain('nowhere0');
  expect(await hosts()).toEqual([]);
});

test('a controller that does not answer is named, although the token is not', async () => {
  const played = await control.play(inventory({ fleetblock_agent_controller: '192.168.1.10:7443' }));
  expect(played.recap).toMatchObject({ web1: { failed: 1 } });
  expect(played.output).toContain('192.168.1.10:7443');
  expect(await hosts()).toEqual([]);
});

test('from nothing to a host that enforces, with labels of its groups; the token is in no output and no log', async () => {
  const { output } = await plays(inventory(), '-vvv');
  await until('the host', async () => ((await hosts())[0]?.status === 'synced' ? true : undefined));
  expect(await hosts()).toMatchObject([
    { name: 'web1', labels: { role: 'web', env: 'prod' }, interfaces: [{ name: 'eth0', mode: 'native' }] },
  ]);
  expect(await fleetblock('block', BAD, '--selector', 'role=web')).toMatchObject({ exitCode: 0 });
  expect(await reached()).toEqual([false, true]);
  const journal = await machine.run('journalctl', '-q', '--no-pager');
  // Modules are logged with what they are given.
  expect(journal.stdout).toContain('Invoked with');
  expect(`${output}${journal.stdout}`).not.toContain('fbt1.');
  expect((await machine.run('grep', '-rl', 'fbt1\\.', '/root', '/var', '/etc', '/tmp')).stdout).toBe('');
});

test('a second run changes nothing, nor does a dry one', async () => {
  expect((await plays(inventory())).recap).toEqual(NOTHING);
  expect((await plays(inventory(), '--check')).recap).toEqual(NOTHING);
});

test('another group and another setting change the labels of the inventory and the settings, and enforcement goes on', async () => {
  await fleetblock('host', 'label', 'web1', 'canary=yes');
  expect(await fleetblock('block', BAD, '--all-hosts')).toMatchObject({ exitCode: 0 });
  const changed = inventory({ fleetblock_agent_settings: { 'audit-interval': '30s' } }, ['database']);
  const { recap } = await plays(changed);
  expect(recap).toMatchObject({ controller: { changed: 0 } });
  expect(await hosts()).toMatchObject([{ labels: { role: 'db', canary: 'yes' } }]);
  expect((await hosts())[0].labels).not.toHaveProperty('env');
  expect(root.read('etc/fleetblock/agent.yaml')).toContain('audit-interval: 30s');
  expect(await reached()).toEqual([false, true]);
  expect((await plays(changed)).recap).toEqual(NOTHING);
});

test('absent: enforcement ends, the package goes, the host is revoked; and again it changes nothing', async () => {
  const absent = inventory({ fleetblock_agent_state: 'absent' });
  await plays(absent);
  expect(await reached()).toEqual([true, true]);
  expect(await hosts()).toEqual([]);
  const left = await machine.run(
    'sh',
    '-c',
    'ls -d /sys/fs/bpf/fleetblock /var/lib/fleetblock-agent /usr/bin/fleetblock-agent',
  );
  expect(left.stdout).toBe('');
  expect((await plays(absent)).recap).toEqual(NOTHING);
});

test('from the files of a release, a host of the same name comes back', async () => {
  const files = inventory({ fleetblock_packages_directory: PACKAGES });
  await plays(files);
  expect(await hosts()).toMatchObject([{ name: 'web1', status: 'synced' }]);
  expect(await reached()).toEqual([false, true]);
  expect((await plays(files)).recap).toEqual(NOTHING);
});
