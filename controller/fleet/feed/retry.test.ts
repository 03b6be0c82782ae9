import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Retry } from './retry.ts';

const RETRY_MS = 5000;
let attempts: number;
let retry: Retry;
beforeEach(() => {
  vi.useFakeTimers();
  attempts = 0;
  const deps = { monotonicMs: () => Date.now(), retryMs: RETRY_MS };
  retry = new Retry(deps, () => {
    attempts++;
    retry.arm();
  });
  retry.arm();
});
afterEach(() => {
  retry.clear();
  vi.useRealTimers();
});

it('tries what is refused again and again less and less often', () => {
  for (const [waitMs, expected] of [
    [5000, 1],
    [9999, 1],
    [1, 2],
    [20_000, 3],
  ] as const) {
    vi.advanceTimersByTime(waitMs);
    expect(attempts).toBe(expected);
  }
});

it('does not let changes bring a hopeless attempt forward, but one that takes something away', () => {
  vi.advanceTimersByTime(5000 + 10_000 + 20_000 + 40_000);
  expect(attempts).toBe(4);
  for (let second = 0; second < 15; second++) {
    retry.chance(false);
    vi.advanceTimersByTime(1000);
  }
  expect(attempts).toBe(4);
  retry.chance(true);
  expect(attempts).toBe(5);
});

it('begins from the start when what it was about is over', () => {
  vi.advanceTimersByTime(5000 + 10_000);
  retry.reset();
  vi.advanceTimersByTime(600_000);
  expect(attempts).toBe(2);
  retry.arm();
  vi.advanceTimersByTime(5000);
  expect(attempts).toBe(3);
});
