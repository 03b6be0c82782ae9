// The packages of arm64, by emulation of the processor: the programs start with what their packages depend on, and the agent calls libbpf.
// System calls are this machine's, and the emulator passes no bpf(2) on.
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VERSION } from '../../common/version.ts';
import type { CommandResult } from '../../lab/host.ts';
import { DebianRoot, debianNeeds, packageFile } from './debian-root.ts';

let root: DebianRoot;

/** Runs an installed program as its first line says: an emulator of one process starts no other. */
async function emulated(program: string, ...args: string[]): Promise<CommandResult> {
  const [, interpreter = ''] = /^#!(?:\/usr\/bin\/env -S )?(.+)\n/.exec(root.read(program)) ?? [];
  return root.run('/qemu', ...interpreter.split(' '), program, ...args);
}

beforeAll(async () => {
  const files = ['fleetblock-agent', 'fleetblock-runtime'].map((name) => packageFile(name, 'arm64'));
  root = await DebianRoot.unpacked('arm64', await debianNeeds(files, ['Depends']));
  for (const file of files) await execa('dpkg-deb', ['--extract', file, root.directory]);
});
afterAll(() => root?.close());

test.each([
  '/usr/lib/fleetblock-agent/dist/agent/main.js',
  '/usr/lib/fleetblock/dist/controller/main.js',
  '/usr/lib/fleetblock/dist/cli/main.js',
])('%s starts', async (program) => {
  expect(await emulated(program, '--version')).toEqual({ exitCode: 0, stdout: VERSION, stderr: '' });
});

test('the agent finds its libraries, and libbpf reads its object', async () => {
  const { stdout } = await emulated('/usr/lib/fleetblock-agent/dist/agent/main.js', 'doctor');
  expect(stdout).toContain('libbpf.so.1 is installed');
  // Said by libbpf once it has read the object and asks the kernel.
  expect(stdout).toContain("Couldn't load trivial BPF program");
});
