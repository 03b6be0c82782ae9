// Output arrives whole or fails loudly: pipes that are full when the command ends, disks that are full, readers that leave.
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packEntries } from '../../common/entries/packed.ts';
import { toWire } from '../../common/entries/wire.ts';
import { parsePrefix } from '../../common/text/prefix.ts';
import type { Host } from '../../proto/gen/fleetblock/v1/Host.ts';
import { MAIN } from './support/cli.ts';
import { whole } from './support/replies.ts';
import { ScriptedController } from './support/scripted-controller.ts';

let controller: ScriptedController;
let env: Record<string, string>;
const hosts: Host[] = Array.from({ length: 1000 }, (_, i) => ({
  name: `web-${String(i).padStart(4, '0')}.rack-12.example.net`,
  status: i % 4 === 0 ? 'offline' : 'synced',
  interfaces: [{ name: 'eth0', mode: 'native' }],
}));
const entries = Array.from({ length: 20_000 }, (_, i) => ({
  prefix: parsePrefix(`10.${i >> 8}.${i & 255}.1`),
  action: 'block' as const,
  ttlMs: 0,
}));

beforeAll(async () => {
  controller = await ScriptedController.start();
  env = { FLEETBLOCK_CONFIG: controller.credentials(), XDG_CACHE_HOME: join(controller.directory, 'cache') };
  controller.script = {
    listHosts: () => ({ hosts, revision: 42 }),
    block: (request) => ({ ...whole(request), hosts: { targeted: 3, enforced: 2, pending: [{ name: 'web1' }] } }),
    check: () => ({
      prefix: '192.0.2.1/32',
      hosts: hosts.map(({ name = '' }) => ({ name, problem: `${name} is offline` })),
    }),
    export: () => [{ origin: 'manual', selector: { allHosts: true }, rows: toWire(packEntries(entries)) }],
  };
});
afterAll(() => controller?.close());

/** $0 "$1" is the command. Its exit code is the script's business. */
async function bash(script: string): Promise<{ stdout: string; stderr: string }> {
  return await promisify(execFile)('bash', ['-c', script, process.execPath, MAIN], {
    env: { ...process.env, ...env },
    maxBuffer: 64 << 20,
  });
}

/** The whole output goes to a file; of the pipe, one byte is read first: then it stands full, and the command may think it is done. */
test.each([
  'hosts',
  'hosts -o json',
  'hosts -o yaml',
  'hosts -o wide',
  'check 192.0.2.1 -o json',
  'doctor -o json',
  'export',
])('faults row 91: %s arrives whole at a reader that is late', async (words) => {
  const file = join(controller.directory, 'whole');
  await bash(`"$0" "$1" ${words} > ${file} 2>/dev/null; true`);
  const { size } = statSync(file);
  expect(size).toBeGreaterThan(65_536);
  const { stdout } = await bash(`"$0" "$1" ${words} 2>/dev/null | { LC_ALL=C read -r -d '' -n 1; wc -c; }`);
  // doctor says how many milliseconds the controller took.
  expect(Math.abs(Number(stdout) + 1 - size)).toBeLessThan(4);
});

test('faults row 91: stderr arrives whole too', async () => {
  const { stdout } = await bash(`"$0" "$1" check 192.0.2.1 2>&1 >/dev/null | { read -r -n 1; wc -l; }`);
  expect(Number(stdout)).toBe(hosts.length);
});

test.each(['hosts', 'hosts -o json', 'export', 'list --help', 'completion bash'])(
  'faults row 92: a full disk is one line and exit code 1: %s',
  async (words) => {
    const { stdout } = await bash(`"$0" "$1" ${words} 2>&1 > /dev/full; echo "code $?"`);
    expect(stdout).toBe('fleetblock: cannot write the output: no space left on device\ncode 1\n');
  },
);

test('faults row 92: a disk that becomes full inside a write is no success', async () => {
  const file = join(controller.directory, 'short');
  const { stdout } = await bash(`ulimit -f 64; "$0" "$1" hosts 2>&1 > ${file}; echo "code $?"`);
  expect(stdout).toBe('fleetblock: cannot write the output: file too large\ncode 1\n');
});

test('faults row 92: a change whose proof is not read keeps its exit code', async () => {
  const { stdout } = await bash(
    `{ "$0" "$1" block 192.0.2.1 --all-hosts 2>/dev/null; echo "code $?" >&2; } 2>&1 1> >(exec true) | cat`,
  );
  expect(stdout).toBe('code 3\n');
});

test('faults row 92: the reader of stderr may go', async () => {
  const { stdout } = await bash(
    `{ "$0" "$1" check 192.0.2.1 2> >(exec true) | tail -1; echo "codes \${PIPESTATUS[*]}"; }`,
  );
  expect(stdout).toMatch(/web-0999.*\ncodes 3 0\n$/);
});
