// A caller that stops sending, or sends a drop at a time, is let go.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { timely } from './timely.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function* everyMs(ms: number) {
  for (let item = 0; ; item++) {
    await new Promise((resolve) => setTimeout(resolve, ms));
    yield item;
  }
}

/** How many items came before it was ended. */
async function taken(items: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  await expect(
    (async () => {
      for await (const _ of timely(items, { idleMs: 1000, totalMs: 5000 })) count++;
    })(),
  ).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  return count;
}

test('faults row 103: silence ends it', async () => {
  const result = taken(everyMs(1001));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await result).toBe(0);
});

test('faults row 103: so does a trickle', async () => {
  const result = taken(everyMs(900));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await result).toBe(5);
});

test('what comes in time comes whole', async () => {
  const items = timely(
    (async function* () {
      yield* ['a', 'b'];
    })(),
    { idleMs: 10, totalMs: 10 },
  );
  const all: string[] = [];
  for await (const item of items) all.push(item);
  expect(all).toEqual(['a', 'b']);
});
