// The Debian packages as an operator meets them: one file, a minimal Debian without Node.js, npm, git or a compiler, three commands to the
// first ack; removed and installed again over a pinned datapath; purged without a trace.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CommandResult } from '../../lab/host.ts';
import { BAD, GOOD, Lab } from '../../lab/lab.ts';
import { Program } from '../../lab/program.ts';

const SCRIPT = fileURLToPath(new URL('root.sh', import.meta.url));
const PACKAGES = fileURLToPath(new URL('../../build/package/', import.meta.url));

let lab: Lab;
let root: string;
let agent: Program | undefined;

const inRoot = (...command: string[]): string[] => ['sh', SCRIPT, 'in', root, ...command];
/** Runs a command in the root, in the network of the lab's host. */
const onHost = (...command: string[]): Promise<CommandResult> => lab.host(1).run(inRoot(...command));
/** Runs a command in the root, in this machine's network, where the mirror is. */
const apt = (...args: string[]) => execa('sh', [SCRIPT, 'in', root, 'apt-get', '-q', '-y', ...args]);
const packageFile = (name: string) => {
  const file = readdirSync(PACKAGES).find((each) => each.startsWith(`${name}_`) && each.endsWith('_amd64.deb'));
  if (file === undefined) throw new Error(`no ${name} in ${PACKAGES}: run scripts/package.sh`);
  return file;
};

function startAgent(): void {
  agent = new Program({
    namespace: lab.host(1).namespace,
    command: inRoot('fleetblock-agent', 'run', '--interface', lab.host(1).station.interface),
    logFile: join(lab.directory, 'packaged-agent.log'),
  });
}

beforeAll(async () => {
  root = join(mkdtempSync(join(tmpdir(), 'fleetblock-root-')), 'root');
  await execa('sh', [SCRIPT, 'make', root]);
  await execa('cp', [join(PACKAGES, packageFile('fleetblock-agent')), join(root, 'root')]);
  lab = await Lab.create({ hosts: 1, programs: 'dist' });
});

afterAll(async () => {
  await agent?.end('SIGKILL');
  await lab?.close();
  await execa('sh', [SCRIPT, 'remove', root]);
  rmSync(join(root, '..'), { recursive: true, force: true });
});

test('one file, and nothing of npm, git or a compiler: install, join, run, and the first block is proven', async () => {
  await apt('update');
  await apt('install', `/root/${packageFile('fleetblock-agent')}`);
  for (const tool of ['node', 'npm', 'git', 'cc'])
    expect(await onHost('sh', '-c', `command -v ${tool}`), tool).toMatchObject({ exitCode: 127, stdout: '' });
  const token = await lab.fleetblock('token', 'create');
  const join_ = inRoot('fleetblock-agent', 'join', lab.controller, '--token-file', '-', '--name', 'host1');
  expect(await lab.host(1).run(join_, token.stdout)).toMatchObject({ exitCode: 0 });
  startAgent();
  await lab.synced(['host1']);
  expect(await lab.fleetblock('block', BAD, '--all-hosts')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('on 1/1 hosts'),
  });
  expect(await lab.attacker.reaches(BAD, lab.host(1).address)).toBe(false);
});

test('stopped and removed, the host keeps dropping; installed again, it takes the datapath over', async () => {
  await agent?.end('SIGTERM');
  const removed = await onHost('dpkg', '--remove', 'fleetblock-agent');
  expect(removed).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('keeps dropping') });
  expect(await lab.attacker.reaches(BAD, lab.host(1).address)).toBe(false);
  expect(await lab.attacker.reaches(GOOD, lab.host(1).address)).toBe(true);
  expect(await onHost('dpkg', '--install', `/root/${packageFile('fleetblock-agent')}`)).toMatchObject({ exitCode: 0 });
  startAgent();
  await lab.synced(['host1']);
  expect(await agent?.log()).toContain('"maps":"adopted"');
});

test('purged, it leaves no pin, no file, and the interface as it was', async () => {
  await agent?.end('SIGTERM');
  expect(await onHost('dpkg', '--purge', 'fleetblock-agent')).toMatchObject({ exitCode: 0 });
  expect(await lab.attacker.reaches(BAD, lab.host(1).address)).toBe(true);
  const left = await onHost(
    'sh',
    '-c',
    'ls -d /sys/fs/bpf/fleetblock /var/lib/fleetblock* /etc/fleetblock* /usr/lib/fleetblock*',
  );
  expect(left.stdout).toBe('');
});
