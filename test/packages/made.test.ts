// The packages before any is installed: Debian's own checker has no complaint, they keep to their sizes, and another copy of the checkout
// makes the same bytes.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { controlField, NAMES, PACKAGES, packageFile } from './debian-root.ts';

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

test('made again from a copy elsewhere, by another umask and in another time zone, they are the same bytes', async () => {
  const other = mkdtempSync(join(tmpdir(), 'fleetblock-again-'));
  try {
    const files = ['git ls-files -z --cached --others --exclude-standard', 'tar --null -T - -c'].join(' | ');
    const copy = `${files} | tar -C ${other} -x && { cp -al node_modules ${other}/ 2>/dev/null || cp -a node_modules ${other}/; }`;
    await execa('sh', ['-c', copy], { cwd: CHECKOUT });
    const time = await execa('sh', ['-c', 'git log -1 --format=%ct || stat -c %Y package.json'], { cwd: CHECKOUT });
    await execa('sh', ['-c', 'umask 0077; exec sh scripts/package.sh'], {
      cwd: other,
      env: { SOURCE_DATE_EPOCH: time.stdout, TZ: 'Pacific/Auckland' },
    });
    const sums = (directory: string) =>
      FILES.map((file) => file.slice(PACKAGES.length)).map(
        (name) =>
          `${createHash('sha256')
            .update(readFileSync(join(directory, name)))
            .digest('hex')} ${name}`,
      );
    expect(sums(join(other, 'build/package'))).toEqual(sums(PACKAGES));
  } finally {
    rmSync(other, { recursive: true, force: true });
  }
});
