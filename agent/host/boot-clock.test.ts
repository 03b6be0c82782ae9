import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { bootClock, bootMs } from './boot-clock.ts';

it('counts from boot', () => {
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ', 1)[0]) * 1000;
  expect(Math.abs(bootMs() - uptime)).toBeLessThan(500);
});

it('advances between two readings, and notices sleep', () => {
  const now = { monotonic: 5000, wall: 1_700_000_000_000, asleep: 20_000, reads: 0 };
  const read = bootClock({ monotonicMs: () => now.monotonic, wallMs: () => now.wall }, () => {
    now.reads++;
    return now.monotonic + now.asleep;
  });
  const pass = (ms: number) => {
    now.monotonic += ms;
    now.wall += ms;
  };
  expect(read()).toBe(25_000);
  pass(900);
  expect(read()).toBe(25_900);
  expect(now.reads).toBe(1);
  // Asleep: the monotonic clock stands still, the wall clock advances.
  now.asleep += 3_600_000;
  now.wall += 3_600_000;
  pass(5);
  expect(read()).toBe(3_625_905);
  expect(now.reads).toBe(2);
  // Asleep, and the wall clock set back by as much: noticed within a second.
  now.asleep += 60_000;
  pass(1000);
  expect(read()).toBe(3_686_905);
});

it('faults row 30: a wall clock that is set by a day moves nothing', () => {
  const now = { monotonic: 1000, wall: 1_700_000_000_000 };
  const read = bootClock({ monotonicMs: () => now.monotonic, wallMs: () => now.wall }, () => now.monotonic + 500);
  expect(read()).toBe(1500);
  now.wall -= 86_400_000;
  expect(read()).toBe(1500);
});
