import { expect, it } from 'vitest';
import { steadyClock } from './steady-clock.ts';

it('faults row 30: continues from the time of its start, however the wall clock is set', () => {
  const source = {
    wall: 1_700_000_000_000,
    monotonic: 5000,
    wallMs: () => source.wall,
    monotonicMs: () => source.monotonic,
  };
  const clock = steadyClock(source);
  source.monotonic += 1000;
  source.wall += 86_400_000;
  expect(clock.wallMs()).toBe(1_700_000_001_000);
  source.wall -= 10 * 86_400_000;
  source.monotonic += 1000;
  expect(clock.wallMs()).toBe(1_700_000_002_000);
});
