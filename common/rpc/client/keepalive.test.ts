import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Keepalive } from './keepalive.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function rig(answer: boolean) {
  const seen = { asked: 0, dead: 0 };
  const keepalive = new Keepalive(
    (answered) => {
      seen.asked++;
      if (answer) answered();
    },
    () => seen.dead++,
  );
  return { seen, keepalive };
}

it('asks only when nothing came, and continues while it is answered', () => {
  const { seen, keepalive } = rig(true);
  for (let i = 0; i < 10; i++) {
    vi.advanceTimersByTime(7000);
    keepalive.heard();
  }
  expect(seen).toEqual({ asked: 0, dead: 0 });
  vi.advanceTimersByTime(600_000);
  expect(seen.asked).toBeGreaterThan(30);
  expect(seen.dead).toBe(0);
  keepalive.stop();
});

it('gives up once, within 30 s of silence', () => {
  const { seen } = rig(false);
  vi.advanceTimersByTime(25_000);
  expect(seen).toEqual({ asked: 1, dead: 1 });
  vi.advanceTimersByTime(600_000);
  expect(seen).toEqual({ asked: 1, dead: 1 });
});
