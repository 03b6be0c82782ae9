// How many rows a list may have, whatever its lines say.
import { expect, it } from 'vitest';
import { MAX_LIST_ROWS, TooManyRows } from './columns.ts';
import { Findings } from './findings.ts';
import { Rows } from './rows.ts';

it('a list of too many rows ends at the first that is too many, and that is no finding of a line', () => {
  const rows = new Rows(new Findings(), [], 0);
  for (let row = 0; row < MAX_LIST_ROWS; row++) rows.columns.push4(row, 32, 1);
  for (const step of [
    () => rows.prefix('192.0.2.1'),
    () => rows.range('::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe'),
    () => rows.columns.push4(0, 32, 1),
  ])
    expect(() => rows.at(1, step)).toThrow(TooManyRows);
  expect(rows.findings.count).toBe(0);
  expect(rows.columns.count).toBe(MAX_LIST_ROWS);
});
