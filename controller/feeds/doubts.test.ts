// A list whose rows have ended is still compared with what it was.
import { expect, test } from 'vitest';
import { doubtsAbout } from './doubts.ts';

const extent = (rows: number, length = 32) => ({ rows, share: { 4: rows * 2 ** -length, 6: 0 } });
const kinds = (...asked: Parameters<typeof doubtsAbout>) => doubtsAbout(...asked).map(({ kind }) => kind);

test('rows that ended make no list grow, shrink or widen, and hide none that does', () => {
  expect(kinds(extent(2000), 0, extent(2000), false)).toEqual([]);
  expect(kinds(extent(2000), 0, extent(300), false)).toEqual([]);
  expect(kinds(extent(2000), 0, extent(200_000), false)).toEqual(['GROWS']);
  expect(kinds(extent(2000), 0, extent(2000, 12), false)).toEqual(['WIDENS']);
  expect(kinds(extent(2000), 2000, extent(300), false)).toEqual(['SHRINKS']);
});
