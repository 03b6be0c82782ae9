import { expect, test } from 'vitest';
import { CONTROL, RECENT_GENERATIONS } from '../layout.ts';
import { V4Recent } from './recent.ts';

/** A control block at a generation, grace periods that end when told to, and a log of clearings. */
function rig(generation: number) {
  const control = new Uint32Array(16);
  control[CONTROL.v4Recent] = generation;
  const waiting: (() => void)[] = [];
  const cleared: number[] = [];
  const failures: unknown[] = [];
  const recent = new V4Recent({
    control,
    clear: () => cleared.push(control[CONTROL.v4Recent] ?? -1),
    gracePeriod: () => new Promise((resolve) => waiting.push(resolve)),
    failed: (error) => failures.push(error),
  });
  const now = () => control[CONTROL.v4Recent];
  const endGrace = async () => {
    waiting.shift()?.();
    await new Promise(setImmediate);
  };
  return { recent, now, endGrace, waiting, cleared, failures };
}

test('forgetting begins a new generation at once, and another one when earlier runs have ended', async () => {
  const { recent, now, endGrace, cleared } = rig(7);
  expect(now()).toBe(8);
  await endGrace();
  expect(now()).toBe(9);
  await recent.idle();
  recent.forget();
  recent.forget();
  expect(now()).toBe(11);
  await endGrace();
  expect(now()).toBe(12);
  // The second call came when the first one's grace period had begun.
  await endGrace();
  expect(now()).toBe(13);
  await recent.idle();
  expect(cleared).toEqual([]);
});

test('a change during a grace period gets one of its own', async () => {
  const { recent, now, endGrace, waiting } = rig(7);
  recent.forget();
  await endGrace();
  expect(waiting).toHaveLength(1);
  const before = now() ?? 0;
  recent.forget();
  await endGrace();
  await endGrace();
  expect(now()).toBeGreaterThan(before + 1);
  await recent.idle();
});

test('numbers come again only after a grace period in which it was off, and after the places were emptied', async () => {
  const { recent, now, endGrace, cleared } = rig(RECENT_GENERATIONS - 2);
  expect(now()).toBe(RECENT_GENERATIONS - 1);
  await endGrace();
  // The second step ran out of numbers.
  expect(now()).toBe(0);
  expect(cleared).toEqual([]);
  recent.forget();
  expect(now()).toBe(0);
  await endGrace();
  expect(cleared).toEqual([0]);
  await endGrace();
  expect(now()).toBeGreaterThan(0);
  await recent.idle();
});

test('new maps begin empty', async () => {
  const { recent, now, endGrace, cleared } = rig(0);
  expect(now()).toBe(0);
  await endGrace();
  expect(cleared).toEqual([0]);
  expect(now()).toBe(1);
  await recent.idle();
});

test('it stays off when places cannot be emptied', async () => {
  const control = new Uint32Array(16);
  const failures: unknown[] = [];
  const recent = new V4Recent({
    control,
    clear: () => {
      throw new Error('no');
    },
    gracePeriod: async () => undefined,
    failed: (error) => failures.push(error),
  });
  await recent.idle();
  expect(failures).toHaveLength(1);
  expect(control[CONTROL.v4Recent]).toBe(0);
});
