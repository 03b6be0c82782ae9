// The agent's package as an operator meets it: one file, a minimal Debian without Node.js, npm, git or a compiler, three commands to the
// first ack; removed and installed again over a pinned datapath; purged without a trace.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CommandResult } from '../../lab/host.ts';
import { BAD, GOOD, Lab } from '../../lab/lab.ts';
import { Program } from '../../lab/program.ts';
import { DebianRoot, packageFile } from './debian-root.ts';

let lab: Lab;
let root: DebianRoot;
let file: string;
let agent: Program | undefined;

/** Runs a command in the root, in the network of the lab's host. */
const onHost = (...command: string[]): Promise<CommandResult> => lab.host(1).run(root.command(...command));

function startAgent(): void {
  agent = new Program({
    namespace: lab.host(1).namespace,
    command: root.command('fleetblock-agent', 'run', '--interface', lab.host(1).station.interface),
    logFile: join(lab.directory, 'packaged-agent.log'),
  });
}

beforeAll(async () => {
  root = await DebianRoot.minimal();
  [file = ''] = await root.bring(packageFile('fleetblock-agent'));
  lab = await Lab.create({ hosts: 1, programs: 'dist' });
});

afterAll(async () => {
  await agent?.end('SIGKILL');
  await lab?.close();
  await root?.close();
});

test('one file, and nothing of npm, git or a compiler: install, join, run, and the first block is proven', async () => {
  await root.apt(file);
  for (const tool of ['node', 'npm', 'git', 'cc'])
    expect(await onHost('sh', '-c', `command -v ${tool}`), tool).toMatchObject({ exitCode: 127, stdout: '' });
  const token = await lab.fleetblock('token', 'create');
  const join_ = root.command('fleetblock-agent', 'join', lab.controller, '--token-file', '-', '--name', 'host1');
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
  expect(await onHost('dpkg', '--install', file)).toMatchObject({ exitCode: 0 });
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
