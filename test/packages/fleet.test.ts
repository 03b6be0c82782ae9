// All four packages on one machine, as an operator uses them: the controller's user and directory, both units' own commands, the command
// with its completion and manual pages; settings and data kept over upgrade and removal; purged without a trace.
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CommandResult } from '../../lab/host.ts';
import { BAD, GOOD, Lab } from '../../lab/lab.ts';
import { Program, until } from '../../lab/program.ts';
import { NotifySocket } from '../systemd/notify-socket.ts';
import { ARCHITECTURE, DebianRoot, debianNeeds, NAMES, packageFile } from './debian-root.ts';
import { unitCommand } from './unit.ts';

const FILES = NAMES.map((name) => packageFile(name));

/** Its network, hosts and attacker; its own controller is stopped. */
let lab: Lab;
let root: DebianRoot;
let before: { readonly paths: string[]; readonly users: string };
let controller: Program | undefined;
let agent: Program | undefined;

/** Runs a command in the root, in the network of the controller's machine. */
const operator = (...words: string[]): Promise<CommandResult> => lab.runAtController(root.command(...words));
const onHost = (words: readonly string[], input = '') => lab.host(1).run(root.command(...words), input);

/** Starts a unit's command, and waits until it tells systemd that the service is ready. */
async function startUnit(name: string, namespace: string): Promise<Program> {
  const socket = new NotifySocket(join(root.directory, 'run', `${name}.notify`));
  await chmod(socket.path, 0o666);
  const unit = unitCommand(root.read(`/lib/systemd/system/${name}.service`), { NOTIFY_SOCKET: `/run/${name}.notify` });
  const program = new Program({
    namespace,
    command: root.command(...unit),
    logFile: join(lab.directory, `packaged-${name}.log`),
  });
  await until(`${name} to be ready`, async () => {
    if (!program.running) throw new Error(`${name} ended: ${await program.log()}`);
    return socket.received().some((each) => each.includes('READY=1')) ? true : undefined;
  }).finally(() => socket.close());
  return program;
}

/** Waits until the fleet has the host in that state. */
const hostIs = (status: string) =>
  until(`host1 to be ${status}`, async () => {
    if (!controller?.running) throw new Error(`the controller ended: ${await controller?.log()}`);
    if (agent && !agent.running) throw new Error(`the agent ended: ${await agent.log()}`);
    const { stdout } = await operator('fleetblock', 'hosts', 'host1', '--status', status, '-o', 'json');
    return /"name": ?"host1"/.test(stdout) ? true : undefined;
  });

beforeAll(async () => {
  root = await DebianRoot.minimal();
  // What they depend on stays when they are purged: it is no trace of theirs.
  await root.apt(...(await debianNeeds(FILES)));
  before = { paths: await root.paths(), users: await root.users() };
  lab = await Lab.create({ hosts: 1, programs: 'dist' });
  await lab.stopController();
  await execa('ip', ['-n', lab.host(1).namespace, 'route', 'add', 'default', 'via', '192.168.1.10']);
});

afterAll(async () => {
  await agent?.end('SIGKILL');
  await controller?.end('SIGKILL');
  await lab?.close();
  await root?.close();
});

test('installed, the user, its directory and the enabled units are there', async () => {
  await root.must('apt-get', '-q', '-y', 'install', ...(await root.bring(...FILES)));
  expect(await root.must('getent', 'passwd', 'fleetblock')).toMatch(/:\/var\/lib\/fleetblock:\/usr\/sbin\/nologin$/);
  expect(await root.must('stat', '-c', '%U:%G %a', '/var/lib/fleetblock')).toBe('fleetblock:fleetblock 700');
  const wanted = await root.must('ls', '/etc/systemd/system/multi-user.target.wants');
  expect(wanted.split('\n')).toEqual(
    expect.arrayContaining(['fleetblock-agent.service', 'fleetblock-controller.service']),
  );
});

test('init as documented, and the units, the command, the agent and the controller of the packages are one fleet', async () => {
  await writeFile(join(root.directory, 'etc/fleetblock/controller.yaml'), `listen: ${lab.controller}\n`);
  const init = ['runuser', '-u', 'fleetblock', '--', 'fleetblock-controller', 'init', '--advertise', lab.controller];
  expect(await operator(...init)).toMatchObject({ exitCode: 0 });
  controller = await startUnit('fleetblock-controller', lab.controllerStation.namespace);
  const credentials = '/var/lib/fleetblock/operators/admin.yaml';
  await root.must('install', '-D', '-m', '0600', credentials, '/root/.config/fleetblock/config.yaml');
  const token = await operator('fleetblock', 'token', 'create');
  const joined = ['fleetblock-agent', 'join', lab.controller, '--token-file', '-', '--name', 'host1'];
  expect(await onHost(joined, token.stdout)).toMatchObject({ exitCode: 0 });
  agent = await startUnit('fleetblock-agent', lab.host(1).namespace);
  await hostIs('synced');
  expect(await operator('fleetblock', 'block', BAD, '--all-hosts')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('on 1/1 hosts'),
  });
  expect(await lab.attacker.reaches(BAD, lab.host(1).address)).toBe(false);
  expect(await lab.attacker.reaches(GOOD, lab.host(1).address)).toBe(true);
});

test('bash completes every command, and each has a manual page', async () => {
  const complete = `. /usr/share/bash-completion/completions/fleetblock
    COMP_LINE='fleetblock ' COMP_POINT=11; _fleetblock; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const offered = (await root.must('bash', '--norc', '-c', complete))
    .split('\n')
    .filter((each) => !each.startsWith('-'));
  expect(offered).toEqual(expect.arrayContaining(['block', 'hosts', 'unblock']));
  const pages = (await root.must('ls', '/usr/share/man/man1')).split('\n');
  expect(offered.filter((each) => !pages.includes(`fleetblock-${each}.1.gz`))).toEqual([]);
  for (const page of ['man1/fleetblock.1', 'man8/fleetblock-agent.8', 'man8/fleetblock-controller.8'])
    expect(await root.must('zcat', `/usr/share/man/${page}.gz`), page).toContain('.SH SYNOPSIS');
  for (const path of ['zsh/vendor-completions/_fleetblock', 'fish/vendor_completions.d/fleetblock.fish'])
    expect(root.read(`/usr/share/${path}`)).toContain('fleetblock __complete');
});

test('upgraded, the controller keeps settings and fleet; removed and installed again, too', async () => {
  const settings = root.read('/etc/fleetblock/controller.yaml');
  await controller?.end('SIGTERM');
  await root.must('dpkg', '--install', ...(await root.bring(await nextVersion('fleetblock-controller'))));
  expect(root.read('/etc/fleetblock/controller.yaml')).toBe(settings);
  await root.must('dpkg', '--remove', 'fleetblock-controller');
  expect(root.read('/etc/fleetblock/controller.yaml')).toBe(settings);
  expect(await root.must('stat', '-c', '%U', '/var/lib/fleetblock/fleet.json')).toBe('fleetblock');
  await root.must('dpkg', '--install', ...(await root.bring(packageFile('fleetblock-controller'))));
  expect(root.read('/etc/fleetblock/controller.yaml')).toBe(settings);
  controller = await startUnit('fleetblock-controller', lab.controllerStation.namespace);
  await hostIs('synced');
  expect(await operator('fleetblock', 'list')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(BAD) });
});

test('purged, they leave no pin, link, file, user', async () => {
  await agent?.end('SIGTERM');
  await controller?.end('SIGTERM');
  await root.must('dpkg', '--purge', ...NAMES);
  expect(await lab.attacker.reaches(BAD, lab.host(1).address)).toBe(true);
  const { stdout } = await execa('ip', ['-n', lab.host(1).namespace, '-details', 'link', 'show', 'eth0']);
  expect(stdout).not.toContain('xdp');
  // The kernel's own are there in every bpffs.
  expect(await root.must('ls', '-A', '--ignore=*.debug', '/sys/fs/bpf')).toBe('');
  expect(await root.users()).toBe(before.users);
  const paths = await root.paths();
  expect(paths.filter((path) => !before.paths.includes(path))).toEqual([]);
});

/** The package with a higher version and another settings file, as a later release may have. @returns its path */
async function nextVersion(name: string): Promise<string> {
  const tree = join(lab.directory, 'next');
  await mkdir(tree);
  await execa('dpkg-deb', ['--raw-extract', packageFile(name), tree]);
  await execa('sed', ['-i', 's/^Version: .*/&+next/', join(tree, 'DEBIAN/control')]);
  const file = join(lab.directory, `${name}_next_${ARCHITECTURE}.deb`);
  await execa('dpkg-deb', ['--build', '--root-owner-group', '-Znone', tree, file]);
  return file;
}
