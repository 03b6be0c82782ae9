// A controller whose disk is nearly full, told to those who look at the fleet before a change is refused.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SyncFleet } from '../sync/fleet.ts';

let mount: string;
beforeEach(() => {
  mount = mkdtempSync(join(tmpdir(), 'fleetblock-disk-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(mount, { recursive: true });
});

async function warnings(): Promise<string[]> {
  const fleet = await SyncFleet.start();
  const all: string[] = [];
  for await (const { warnings } of fleet.operator.client.ListHostChunks({})) all.push(...warnings);
  await fleet.stop();
  return all;
}

it.skipIf(process.getuid?.() !== 0)(
  'faults row 24: a disk with little room left is a warning of the controller',
  async () => {
    expect(await warnings()).toEqual([]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', mount]);
    try {
      vi.stubEnv('TMPDIR', mount);
      expect(await warnings()).toEqual([expect.stringMatching(/^the disk of .*\/data has 1[0-9] MiB left: /)]);
    } finally {
      execFileSync('umount', [mount]);
    }
  },
);
