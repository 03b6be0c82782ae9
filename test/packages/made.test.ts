// The packages before any is installed: Debian's own checker has no complaint, and they keep to their sizes.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { controlField, NAMES, packageFile } from './debian-root.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const FILES = NAMES.map((name) => packageFile(name));
const MIB = 2 ** 20;

test('lintian finds no error and nothing to warn of; what is overridden says why', async () => {
  await execa('sh', [join(CHECKOUT, 'scripts/package/tools.sh'), 'lintian']);
  const found = await execa('lintian', ['--allow-root', '--fail-on=error,warning', ...FILES], { reject: false });
  expect(found).toMatchObject({ exitCode: 0, stdout: '' });
});

test('the agent is at most 45 MB to download, and 140 MB installed', async () => {
  expect(statSync(packageFile('fleetblock-agent')).size).toBeLessThanOrEqual(45e6);
  // Kilobytes of 1024.
  const installed = Number(await controlField(packageFile('fleetblock-agent'), 'Installed-Size')) * 1024;
  expect(installed).toBeGreaterThan(50 * MIB);
  expect(installed).toBeLessThanOrEqual(140e6);
});
