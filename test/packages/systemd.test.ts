// The packages where systemd is the init: services that wait for `join` and `init`, are ready when they say so, are restarted when they hang, and
// at boot enforce before anything uses the network. Enforcement outlives all of it.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BAD, GOOD, Lab } from '../../lab/lab.ts';
import { until } from '../../lab/program.ts';
import { Booted } from './booted.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const PACKAGES = here('../../build/package/');
/** As cloud-init.service is ordered: the network is up before sysinit.target. It writes down what holds then. */
const EARLY_NETWORK = `[Unit]
DefaultDependencies=no
Wants=network-pre.target
After=network-pre.target
Before=sysinit.target
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'fleetblock-agent status -o json >/var/at-network.json'
[Install]
WantedBy=sysinit.target
`;
const QUICK = '[Service]\nWatchdogSec=4\n';

let lab: Lab;
let root: string;
let machine: Booted;

const inRoot = (...command: string[]) => execa('sh', [here('root.sh'), 'in', root, ...command]);
const boot = async () => {
  machine = await Booted.boot(root, lab.host(1).namespace, join(lab.directory, 'boot.log'));
};
const does = async (...command: string[]) => {
  const { exitCode, stdout, stderr } = await machine.run(...command);
  expect(exitCode, `${command.join(' ')}\n${stdout}\n${stderr}`).toBe(0);
};
/** From the listed address and from another: `[false, true]` where the list is enforced. */
const reached = async () => {
  const { address } = lab.host(1);
  return [await lab.attacker.reaches(BAD, address), await lab.attacker.reaches(GOOD, address)];
};
const file = (...words: string[]) => join(root, ...words);

beforeAll(async () => {
  root = join(mkdtempSync(join(tmpdir(), 'fleetblock-systemd-')), 'root');
  await execa('sh', [here('root.sh'), 'make', root]);
  const packages = readdirSync(PACKAGES).filter((name) => name.endsWith('_amd64.deb') && !name.includes('dbgsym'));
  expect(packages).toHaveLength(4);
  for (const name of packages) await execa('cp', [join(PACKAGES, name), file('root', name)]);
  await inRoot('apt-get', '-q', 'update');
  await inRoot('apt-get', '-q', '-y', 'install', '--no-install-recommends', 'systemd');
  await inRoot('apt-get', '-q', 'clean');
  // The machine that is booted has no way to the mirror.
  await inRoot('sh', '-c', 'apt-get -q -y install --no-install-recommends --download-only /root/*.deb');
  lab = await Lab.create({ hosts: 1, programs: 'dist' });
  await boot();
});

afterAll(async () => {
  await machine?.cut();
  await lab?.close();
  await execa('sh', [here('root.sh'), 'remove', root]);
  rmSync(join(root, '..'), { recursive: true, force: true });
});

test('installed, both services are enabled and wait; joined, the agent starts as its unit says, and enforces', async () => {
  await does('sh', '-c', 'dpkg --install /var/cache/apt/archives/*.deb /root/*.deb');
  for (const unit of ['fleetblock-agent', 'fleetblock-controller']) {
    expect(await machine.run('systemctl', 'is-enabled', unit)).toMatchObject({ stdout: 'enabled' });
    expect(await machine.run('systemctl', 'is-active', unit)).toMatchObject({ stdout: 'inactive' });
    await does('systemctl', 'start', unit);
    expect(await machine.shows(unit, 'ConditionResult')).toBe('no');
    expect(await machine.run('systemctl', 'is-active', unit)).toMatchObject({ stdout: 'inactive' });
  }
  writeFileSync(file('etc/fleetblock/agent.yaml'), 'interface: eth0\n');
  const token = await lab.fleetblock('token', 'create');
  const words = ['fleetblock-agent', 'join', lab.controller, '--token-file', '-', '--name', 'host1'];
  expect(await machine.give(token.stdout, ...words)).toMatchObject({ exitCode: 0 });
  await does('systemctl', 'start', 'fleetblock-agent');
  expect(await machine.shows('fleetblock-agent', 'SubState')).toBe('running');
  await lab.synced(['host1']);
  expect(await lab.fleetblock('block', BAD, '--all-hosts')).toMatchObject({ exitCode: 0 });
  expect(await reached()).toEqual([false, true]);

  const pid = await machine.shows('fleetblock-agent', 'MainPID');
  const { stdout: status } = await machine.run('cat', `/proc/${pid}/status`);
  expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
  expect(status).toMatch(/^Seccomp:\s+2$/m);
  // CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN
  const powers = ((1n << 39n) | (1n << 38n) | (1n << 12n)).toString(16).padStart(16, '0');
  expect(status).toMatch(new RegExp(`^CapBnd:\\s+${powers}$`, 'm'));
  await until('a status line', async () =>
    /^1 entries at revision \d+ on eth0; connected to/.test(await machine.shows('fleetblock-agent', 'StatusText'))
      ? true
      : undefined,
  );
});

test('stopped, the agent leaves the host enforcing; one that hangs is killed and started again', async () => {
  await does('systemctl', 'stop', 'fleetblock-agent');
  expect(await machine.shows('fleetblock-agent', 'Result')).toBe('success');
  expect(await reached()).toEqual([false, true]);
  await does('mkdir', '-p', '/run/systemd/system/fleetblock-agent.service.d');
  expect(await machine.give(QUICK, 'tee', '/run/systemd/system/fleetblock-agent.service.d/quick.conf')).toMatchObject({
    exitCode: 0,
  });
  await does('systemctl', 'daemon-reload');
  await does('systemctl', 'start', 'fleetblock-agent');
  await lab.synced(['host1']);
  const hung = await machine.shows('fleetblock-agent', 'MainPID');
  await does('sh', '-c', `kill -STOP ${hung}`);
  await until('another agent', async () => {
    expect(await reached()).toEqual([false, true]);
    const pid = await machine.shows('fleetblock-agent', 'MainPID');
    const state = await machine.shows('fleetblock-agent', 'SubState');
    return state === 'running' && pid !== '0' && pid !== hung ? true : undefined;
  });
  expect((await machine.run('journalctl', '-u', 'fleetblock-agent')).stdout).toContain('Watchdog timeout');
  await lab.synced(['host1']);
  expect((await machine.run('journalctl', '-u', 'fleetblock-agent')).stdout).toContain('"maps":"adopted"');
});

test('booted after a power cut, without pins and without its controller, the host enforces before the network is used', async () => {
  writeFileSync(file('etc/systemd/system/early-network.service'), EARLY_NETWORK);
  await does('systemctl', 'enable', 'early-network');
  await lab.stopController();
  await machine.cut();
  await execa('sh', [here('boot.sh'), 'fresh', root]);
  await until('a kernel that has nothing', async () => {
    const { received } = await lab.attacker.ping(BAD, lab.host(1).address);
    return received > 0 ? true : undefined;
  });
  await boot();
  expect(JSON.parse(readFileSync(file('var/at-network.json'), 'utf8'))).toMatchObject({
    running: true,
    entries: 1,
    pinned: true,
    interfaces: [{ name: 'eth0', mode: 'native' }],
  });
  expect(await reached()).toEqual([false, true]);
  expect((await machine.run('journalctl', '-b')).stdout).not.toContain('ordering cycle');
  await lab.startController();
  await lab.synced(['host1']);
});

test('the controller serves when its unit has started, and one that hangs is killed and started again', async () => {
  const asItsUser = ['setpriv', '--reuid=fleetblock', '--regid=fleetblock', '--clear-groups'];
  await does(...asItsUser, 'fleetblock-controller', 'init', '--advertise', '127.0.0.1:7443');
  const unit = 'fleetblock-controller';
  await does('mkdir', '-p', `/run/systemd/system/${unit}.service.d`);
  expect(await machine.give(QUICK, 'tee', `/run/systemd/system/${unit}.service.d/quick.conf`)).toMatchObject({
    exitCode: 0,
  });
  await does('systemctl', 'daemon-reload');
  await does('systemctl', 'start', unit);
  const credentials = 'FLEETBLOCK_CONFIG=/var/lib/fleetblock/operators/admin.yaml';
  const hosts = [...asItsUser, 'env', credentials, 'fleetblock', 'hosts'];
  await does(...hosts);
  await does(...asItsUser, 'fleetblock-controller', 'health');
  expect(await machine.shows(unit, 'StatusText')).toMatch(/^fleet default at revision \d+, hosts: none$/);
  const hung = await machine.shows(unit, 'MainPID');
  const { stdout: status } = await machine.run('cat', `/proc/${hung}/status`);
  expect(status).toMatch(/^Seccomp:\s+2$/m);
  expect(status).toMatch(/^CapBnd:\s+0+$/m);
  await does('sh', '-c', `kill -STOP ${hung}`);
  await until('another controller', async () =>
    (await machine.run(...hosts)).exitCode === 0 && (await machine.shows(unit, 'MainPID')) !== hung ? true : undefined,
  );
  expect((await machine.run('journalctl', '-u', unit)).stdout).toContain('Watchdog timeout');
});

test('removed, the host keeps enforcing; purged, nothing is left', async () => {
  await does('dpkg', '--remove', 'fleetblock-agent');
  expect(await machine.run('systemctl', 'is-active', 'fleetblock-agent')).toMatchObject({ stdout: 'inactive' });
  expect(await reached()).toEqual([false, true]);
  await does('dpkg', '--purge', 'fleetblock-agent', 'fleetblock-controller', 'fleetblock', 'fleetblock-runtime');
  expect(await reached()).toEqual([true, true]);
  const { stdout: left } = await machine.run(
    'find',
    '/etc',
    '/usr',
    '/var/lib',
    '/sys/fs/bpf',
    '-name',
    '*fleetblock*',
  );
  expect(left).toBe('');
  expect((await machine.run('getent', 'passwd', 'fleetblock')).stdout).toBe('');
});
