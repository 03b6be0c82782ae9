// Every promise in docs/faults.md has a test that names its row, and no test names a row that is not there.
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['common', 'agent', 'controller', 'cli', 'scripts', 'test'];

const promised = [...readFileSync(`${ROOT}docs/faults.md`, 'utf8').matchAll(/^([0-9]+)\. /gm)].map(([, row]) =>
  Number(row),
);

/** Rows by what tests are called: `faults row 9`, `faults rows 16, 17, 19`, `faults rows 28 and 31`. */
function named(): Map<number, string> {
  const rows = new Map<number, string>();
  for (const file of globSync(`{${FOLDERS.join(',')}}/**/*.test.ts`, { cwd: ROOT }))
    for (const [, list = ''] of readFileSync(`${ROOT}${file}`, 'utf8').matchAll(
      /faults rows? ([0-9]+(?:(?:, | and )[0-9]+)*)/g,
    ))
      for (const row of list.split(/, | and /)) rows.set(Number(row), file);
  return rows;
}

it('every row has a test that names it, and every row that a test names is there', () => {
  const rows = named();
  expect(promised.filter((row) => !rows.has(row))).toEqual([]);
  expect([...rows].filter(([row]) => !promised.includes(row))).toEqual([]);
});

it('rows are in order, each number once', () => {
  expect(promised).toEqual([...new Set(promised)].sort((a, b) => a - b));
});
