// The packages are the same bytes when another copy of the checkout makes them.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { NAMES, PACKAGES, packageFile } from './debian-root.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const FILES = NAMES.map((name) => packageFile(name));

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
