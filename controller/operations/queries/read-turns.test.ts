// Whose long read goes next.
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ReadTurns } from './read-turns.ts';

/** Starts a read that goes on until `end` is called. */
function read(turns: ReadTurns, caller: string) {
  const stop = new AbortController();
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const state = { begun: false, over: false, error: '', end, leave: () => stop.abort() };
  const run = async () => {
    const items = async function* () {
      state.begun = true;
      await ended;
      yield [1];
    };
    for await (const _item of turns.inTurn(caller, stop.signal, items));
    state.over = true;
  };
  run().catch((error: unknown) => {
    state.error = String(error);
  });
  return state;
}

const limits = { perCaller: 2, inAll: 3, open: 6 };

it('faults row 66: a caller reads two at once and the rest wait in their order, while another is served', async () => {
  const turns = new ReadTurns(limits);
  const vera = Array.from({ length: 4 }, () => read(turns, 'vera'));
  const otto = read(turns, 'otto');
  await turn();
  expect(vera.map(({ begun }) => begun)).toEqual([true, true, false, false]);
  expect(otto.begun).toBe(true);
  vera[1]?.end();
  await turn();
  expect(vera.map(({ begun }) => begun)).toEqual([true, true, true, false]);
});

it('faults row 66: a limit for all callers, and a caller that leaves the queue takes no turn', async () => {
  const turns = new ReadTurns(limits);
  const reads = ['a', 'b', 'c', 'd', 'e'].map((caller) => read(turns, caller));
  await turn();
  expect(reads.map(({ begun }) => begun)).toEqual([true, true, true, false, false]);
  reads[3]?.leave();
  await turn();
  expect(reads[3]?.over).toBe(true);
  reads[0]?.end();
  await turn();
  await turn();
  expect(reads.map(({ begun }) => begun)).toEqual([true, true, true, false, true]);
});

it('faults row 66: a caller whose queue is full gets that error', async () => {
  const turns = new ReadTurns(limits);
  const reads = Array.from({ length: 7 }, () => read(turns, 'vera'));
  await turn();
  expect(reads.map(({ error }) => error).filter((error) => error !== '')).toEqual([
    expect.stringMatching(/6 long reads of vera are open/),
  ]);
});

it('faults row 66: readers who take nothing do not block others, and what they left is released', async () => {
  const turns = new ReadTurns(limits);
  const never = new AbortController().signal;
  let left = 0;
  const items = async function* () {
    try {
      for (let item = 1; ; item++) yield [item];
    } finally {
      left++;
    }
  };
  const idle = ['a', 'a', 'b', 'b', 'c'].map((caller) => turns.inTurn(caller, never, items));
  for (const reading of idle) expect(await reading.next()).toEqual({ done: false, value: 1 });
  const busy = turns.inTurn('a', never, items);
  for (const value of [1, 2, 3]) expect(await busy.next()).toEqual({ done: false, value });
  await Promise.all([...idle, busy].map((reading) => reading.return(undefined)));
  expect(left).toBe(6);
});

it('faults row 123: what is found together is sent in few turns, beside searches of the same caller that find nothing', async () => {
  const turns = new ReadTurns({ perCaller: 1, inAll: 1, open: 2 });
  const stop = new AbortController();
  let searched = 0;
  const search = async () => {
    const fruitless = async function* () {
      for (; ; searched++) {
        await turn();
        yield [];
      }
    };
    for await (const _ of turns.inTurn('vera', stop.signal, fruitless));
  };
  const searching = search();
  const batch = Array.from({ length: 500 }, (_, i) => i);
  const found: number[] = [];
  const batches = async function* () {
    yield batch;
    yield batch;
  };
  for await (const item of turns.inTurn('vera', stop.signal, batches)) found.push(item);
  expect(found).toEqual([...batch, ...batch]);
  expect(searched).toBeLessThan(found.length / 10);
  stop.abort();
  await searching;
});

it('faults row 123: in one turn of the event loop one read gives something out, and not much', async () => {
  const turns = new ReadTurns(limits);
  const never = new AbortController().signal;
  const batch = Array.from({ length: 120 }, (_, i) => i);
  const items = async function* () {
    yield batch;
    yield batch;
  };
  let now = 0;
  let counting: NodeJS.Immediate;
  const count = () => {
    now++;
    counting = setImmediate(count);
  };
  counting = setImmediate(count);
  const given: { readonly reader: string; readonly turn: number }[] = [];
  const readAll = async (reader: string) => {
    for await (const _item of turns.inTurn(reader, never, items)) given.push({ reader, turn: now });
  };
  await Promise.all(['a', 'b', 'c'].map(readAll));
  clearImmediate(counting);
  expect(given).toHaveLength(3 * 2 * batch.length);
  for (const all of Map.groupBy(given, ({ turn }) => turn).values()) {
    expect(new Set(all.map(({ reader }) => reader)).size).toBe(1);
    expect(all.length).toBeLessThanOrEqual(25);
  }
});
