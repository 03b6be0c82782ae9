// What npm installs is what was reviewed: each package by its hash, from whatever registry npm is set to.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { VERSION } from '../common/version.ts';

const lockFile = z.object({
  version: z.string(),
  packages: z.record(
    z.string(),
    z.object({ integrity: z.string().optional(), resolved: z.string().optional(), link: z.boolean().optional() }),
  ),
});

const { version, packages } = lockFile.parse(
  JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')),
);

it('package-lock.json is of the version that package.json says, as `npm version` leaves them', () => {
  expect(version).toBe(VERSION);
});

it('package-lock.json has the hash of every package, those of other platforms too', () => {
  const installed = Object.entries(packages).filter(([path, { link }]) => path !== '' && !link);
  expect(installed.length).toBeGreaterThan(100);
  for (const [path, { integrity, resolved }] of installed) {
    expect(integrity, path).toMatch(/^sha512-/);
    expect(resolved, path).toBeUndefined();
  }
});
