// The units as they are packaged: how much of the machine they leave open, and when they start.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const UNITS = fileURLToPath(new URL('../../deploy/systemd/', import.meta.url));
const SYSTEM = 'usr/lib/systemd/system';
const reason = spawnSync('systemd-analyze', ['--version']).status === 0 ? '' : '(skipped: needs systemd-analyze)';

/** As on cloud images, whose cloud-init.service must have the network before sysinit.target. */
const EARLY_NETWORK = `[Unit]
DefaultDependencies=no
After=network-pre.target
Before=sysinit.target
[Service]
Type=oneshot
ExecStart=/usr/bin/fleetblock-agent
`;

describe.skipIf(reason !== '')(`systemd units ${reason}`, () => {
  let root: string;
  const path = (...words: string[]) => join(root, ...words);

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'fleetblock-units-'));
    for (const directory of ['usr/bin', 'usr/lib/systemd']) mkdirSync(path(directory), { recursive: true });
    cpSync('/lib/systemd/system', path(SYSTEM), { recursive: true, verbatimSymlinks: true });
    cpSync(UNITS, path(SYSTEM), { recursive: true });
    for (const program of ['fleetblock-agent', 'fleetblock-controller']) {
      writeFileSync(path('usr/bin', program), '#!/bin/sh\n');
      chmodSync(path('usr/bin', program), 0o755);
    }
    writeFileSync(path(SYSTEM, 'early-network.service'), EARLY_NETWORK);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each([
    ['fleetblock-agent.service', 2.5],
    ['fleetblock-controller.service', 1.5],
  ])('%s leaves no more open than %d of 10', (unit, most) => {
    const words = ['security', '--offline=true', '--no-pager', join(UNITS, unit)];
    const report = execFileSync('systemd-analyze', words, { encoding: 'utf8' });
    const score = Number(/Overall exposure level for \S+: ([0-9.]+)/.exec(report)?.[1]);
    expect(score, report).toBeGreaterThan(0);
    expect(score, report).toBeLessThanOrEqual(most);
  });

  it('systemd finds nothing wrong with them, and can keep their order where the network is up before sysinit.target', () => {
    const wants: [string, string][] = [
      ['multi-user.target', 'fleetblock-agent.service'],
      ['multi-user.target', 'fleetblock-controller.service'],
      ['sysinit.target', 'early-network.service'],
    ];
    for (const [target, unit] of wants) {
      mkdirSync(path(SYSTEM, `${target}.wants`), { recursive: true });
      symlinkSync(`../${unit}`, path(SYSTEM, `${target}.wants`, unit));
    }
    const words = ['verify', '--man=no', `--root=${root}`, 'multi-user.target'];
    expect(spawnSync('systemd-analyze', words, { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stdout: '',
      stderr: '',
    });
  });
});
