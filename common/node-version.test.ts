import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isOlder, OLDEST_NODE } from './node-version.ts';

test.each([
  ['20.20.2', true],
  ['24.9.9', true],
  ['24.14.0', true],
  ['24.14.1', false],
  ['24.14.10', false],
  ['24.15.0-nightly2026', false],
  ['25.0.0', false],
  ['26.10.0', false],
  ['100.0.0', false],
])('%s is older than 24.14.1: %s', (version, older) => {
  expect(isOlder(version, '24.14.1')).toBe(older);
});

test('package.json asks for the same', () => {
  const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(engines.node).toBe(`>=${OLDEST_NODE}`);
});
