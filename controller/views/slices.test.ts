// Computations in slices: their order, what they wait for, and that others get their turn.
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, expect, it } from 'vitest';
import { SliceQueue, type Slices, waitFor } from './slices.ts';

let now: number;
let errors: unknown[];
let done: string[];
let queue: SliceQueue;
beforeEach(() => {
  now = 0;
  errors = [];
  done = [];
  queue = new SliceQueue(
    () => now,
    (error) => errors.push(error),
  );
});

function* waiting(name: string, promise: Promise<unknown>): Slices {
  done.push(`${name} begins`);
  const value = yield* waitFor(promise);
  done.push(`${name}: ${value}`);
}

function* short(name: string): Slices {
  yield;
  done.push(name);
}

it('finishes what waits for nothing in the turn in which it was asked for', () => {
  queue.run(short('a'));
  expect(done).toEqual(['a']);
});

it('lets nothing overtake what waits for a promise', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  queue.run(waiting('a', promise));
  queue.run(short('b'));
  await turn();
  expect(done).toEqual(['a begins']);
  resolve('there');
  await turn();
  expect(done).toEqual(['a begins', 'a: there', 'b']);
});

it('throws a rejection where it waits, and continues with the next', async () => {
  const failure = new Error('no store');
  queue.run(waiting('a', Promise.reject(failure)));
  queue.run(short('b'));
  await turn();
  expect(errors).toEqual([failure]);
  expect(done).toEqual(['a begins', 'b']);
});

it('gives others a turn after its share, however often it waits for what is there already', async () => {
  function* greedy(): Slices {
    for (let i = 0; i < 100; i++) {
      now += 1;
      yield* waitFor(Promise.resolve());
    }
    done.push('greedy');
  }
  queue.run(greedy());
  await turn();
  expect(done).toEqual([]);
  await expect.poll(() => done).toEqual(['greedy']);
});

it('does not go on after it was closed', async () => {
  queue.run(waiting('a', Promise.resolve()));
  queue.close();
  await turn();
  expect(done).toEqual(['a begins']);
});
