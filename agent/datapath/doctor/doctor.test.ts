import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { examine } from './doctor.ts';
import { gatherInterfaceFacts } from './facts.ts';

const path = process.env.PATH;
const made: string[] = [];
afterEach(() => {
  process.env.PATH = path;
  for (const each of made.splice(0)) rmSync(each, { recursive: true });
});

it('faults row 117: reports all it knows of a host whose pins it cannot read', async () => {
  const report = await examine([], () => {
    throw new Error('Linux 5.10 is too old');
  });
  expect(report.host.map(({ check }) => check)).toEqual(
    expect.arrayContaining(['kernel', 'capabilities', 'jit', 'btf']),
  );
  expect(report.healthy).toBe(false);
});

it.each([
  ['does not answer', 'exec sleep 60', 100, 'ip link did not answer within 0.1 s'],
  [
    'does not run',
    'echo "ip: cannot load libbpf.so.1" >&2; exit 127',
    30_000,
    'ip link failed: ip: cannot load libbpf.so.1',
  ],
  ['knows of no such interface', 'exit 1', 30_000, ''],
])('faults row 118: a tool that %s', async (_, script, timeoutMs, problem) => {
  const directory = mkdtempSync(join(tmpdir(), 'fleetblock-doctor-'));
  made.push(directory);
  writeFileSync(join(directory, 'ip'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(directory, 'ip'), 0o755);
  process.env.PATH = `${directory}:${path}`;
  expect(await gatherInterfaceFacts('n1', timeoutMs)).toMatchObject({ exists: false, problem });
});
