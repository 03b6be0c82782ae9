import { expect, it } from 'vitest';
import { Backoff } from './backoff.ts';

it('doubles the bound up to the maximum, takes any share of it, and starts again after a reset', () => {
  let share = 0.999999;
  const backoff = new Backoff({ baseMs: 100, maxMs: 1000, random: () => share });
  const bounds = Array.from({ length: 6 }, () => Math.ceil(backoff.nextMs()));
  expect(bounds).toEqual([100, 200, 400, 800, 1000, 1000]);
  share = 0;
  expect(backoff.nextMs()).toBe(0);
  backoff.reset();
  share = 0.5;
  expect(backoff.nextMs()).toBe(50);
});
