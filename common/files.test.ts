import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readSecretFile, writeFileAtomic } from './files.ts';

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'fleetblock-files-'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

it('replaces a file whole, for its owner only, and leaves nothing beside it', () => {
  const path = join(scratch, 'key');
  writeFileAtomic(path, 'one');
  writeFileAtomic(path, 'two');
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(() => writeFileAtomic(join(scratch, 'none', 'key'), 'x')).toThrow();
  expect(readdirSync(scratch)).toEqual(['key']);
});

it('faults row 38: reads a secret only if nobody else may', () => {
  const path = join(scratch, 'key');
  writeFileSync(path, 'secret', { mode: 0o600 });
  expect(readSecretFile(path, 'the key')).toBe('secret');
  for (const mode of [0o604, 0o640, 0o610, 0o622]) {
    chmodSync(path, mode);
    expect(() => readSecretFile(path, 'the key')).toThrow(
      `the key ${path} is open to other users: run chmod 600 ${path}`,
    );
  }
  expect(() => readSecretFile(join(scratch, 'none'), 'the key')).toThrow(/cannot read the key: ENOENT/);
  expect(() => readSecretFile(scratch, 'the key')).toThrow(/open to other users|cannot read the key/);
});

it.skipIf(process.getuid?.() !== 0)(
  'faults row 38: refuses a secret that another user owns (needs root to make one)',
  () => {
    const path = join(scratch, 'key');
    writeFileSync(path, 'secret', { mode: 0o600 });
    chownSync(path, 12_345, 12_345);
    expect(() => readSecretFile(path, 'the key')).toThrow(`belongs to another user (uid 12345): run chown 0 ${path}`);
  },
);
