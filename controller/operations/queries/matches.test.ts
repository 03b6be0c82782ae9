import { expect, it } from 'vitest';
import { parsePrefix } from '../../../common/text/prefix.ts';
import type { Claim } from '../../claims/claim.ts';
import { Matches } from './matches.ts';

/** A look-up that takes its time, as SQLite does. */
async function* claims(): AsyncGenerator<Claim[]> {
  const until = performance.now() + 2;
  while (performance.now() < until);
  yield [];
}

it('faults row 106: look-ups for many prefixes in a row leave turns to others', async () => {
  const matches = new Matches({ claims, lists: async () => [] }, { layerOfList: () => undefined }, Date.now);
  let over = false;
  let turns = 0;
  const count = () => {
    turns++;
    if (!over) setImmediate(count);
  };
  setImmediate(count);
  for (let i = 0; i < 100; i++) await matches.covering(parsePrefix(`192.0.2.${i}`), ['block']);
  over = true;
  expect(turns).toBeGreaterThan(3);
});
