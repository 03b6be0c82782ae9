import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensureOwnDirectory, openNew, readSecretFile, writeFileAtomic } from './files.ts';

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

it('faults row 53: never writes through what others have put beside a file', () => {
  const path = join(scratch, 'key');
  const target = join(scratch, 'target');
  writeFileSync(target, 'untouched');
  symlinkSync(target, `${path}.tmp-${process.pid}`);
  symlinkSync(target, join(scratch, 'link'));
  writeFileAtomic(path, 'secret');
  expect(readFileSync(target, 'utf8')).toBe('untouched');
  expect(() => openNew(join(scratch, 'link'), 0o600)).toThrow('EEXIST');
});

it('faults row 53: refuses a directory that others may write to', () => {
  const own = join(scratch, 'own');
  ensureOwnDirectory(own);
  expect(statSync(own).mode & 0o777).toBe(0o700);
  for (const mode of [0o770, 0o702, 0o1777]) {
    chmodSync(own, mode);
    expect(() => ensureOwnDirectory(own)).toThrow(`then chmod 700 ${own}`);
  }
  chmodSync(own, 0o755);
  ensureOwnDirectory(own);
});

it.skipIf(process.getuid?.() !== 0)("faults row 53: refuses another user's directory (needs root to make one)", () => {
  chownSync(scratch, 12_345, 12_345);
  expect(() => ensureOwnDirectory(scratch)).toThrow('belongs to another user (uid 12345)');
});

it('faults row 38: reads a secret only if no other user may', () => {
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
  expect(() => readSecretFile(scratch, 'the key')).toThrow(`cannot read the key: ${scratch} is a directory`);
});

it.skipIf(process.getuid?.() !== 0)(
  'a secret of root may be read by a group that is not root (needs root to make one)',
  () => {
    const path = join(scratch, 'key');
    writeFileSync(path, 'secret', { mode: 0o600 });
    chownSync(path, 0, 12_345);
    chmodSync(path, 0o640);
    expect(readSecretFile(path, 'the key')).toBe('secret');
    for (const mode of [0o644, 0o660, 0o650]) {
      chmodSync(path, mode);
      expect(() => readSecretFile(path, 'the key')).toThrow(`run chmod 600 ${path}`);
    }
  },
);

it.skipIf(process.getuid?.() !== 0)(
  'faults row 38: refuses a secret that another user owns (needs root to make one)',
  () => {
    const path = join(scratch, 'key');
    writeFileSync(path, 'secret', { mode: 0o600 });
    chownSync(path, 12_345, 12_345);
    expect(() => readSecretFile(path, 'the key')).toThrow(`belongs to another user (uid 12345): run chown 0 ${path}`);
  },
);
