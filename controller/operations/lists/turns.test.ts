// Imports take turns: a caller's one after the other, few of all callers together, none of them for ever.
import { expect, test } from 'vitest';
import { ImportTurns } from './turns.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("faults row 103: a caller's second import waits for the first, another caller's does not", async () => {
  const turns = new ImportTurns();
  const first = await turns.take('ci');
  let second = false;
  void turns.take('ci').then(() => {
    second = true;
  });
  await turns.take('alice');
  await turn();
  expect(second).toBe(false);
  first();
  first();
  await turn();
  expect(second).toBe(true);
});

test('faults row 103: four at once in all', async () => {
  const turns = new ImportTurns();
  const taken: string[] = [];
  const ends: (() => void)[] = [];
  for (const actor of ['a', 'b', 'c', 'd', 'e'])
    void turns.take(actor).then((end) => {
      taken.push(actor);
      ends.push(end);
    });
  await turn();
  expect(taken).toEqual(['a', 'b', 'c', 'd']);
  ends[2]?.();
  await turn();
  expect(taken).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('faults row 103: the queue of a caller has an end, and is empty again in time', async () => {
  const turns = new ImportTurns();
  const ends = Array.from({ length: 9 }, () => turns.take('ci'));
  await expect(turns.take('ci')).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
  for (const end of ends) (await end)();
  (await turns.take('ci'))();
});
