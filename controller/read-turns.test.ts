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
  const state = { begun: false, error: '', end, leave: () => stop.abort() };
  const run = async () => {
    const items = async function* () {
      state.begun = true;
      await ended;
      yield 1;
    };
    for await (const _item of turns.inTurn(caller, stop.signal, items));
  };
  run().catch((error: unknown) => {
    state.error = String(error);
  });
  return state;
}

const limits = { perCaller: 2, inAll: 3, waiting: 4 };

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

it('faults row 66: so many in all, and who leaves the queue takes no turn', async () => {
  const turns = new ReadTurns(limits);
  const reads = ['a', 'b', 'c', 'd', 'e'].map((caller) => read(turns, caller));
  await turn();
  expect(reads.map(({ begun }) => begun)).toEqual([true, true, true, false, false]);
  reads[3]?.leave();
  reads[0]?.end();
  await turn();
  await turn();
  expect(reads.map(({ begun }) => begun)).toEqual([true, true, true, false, true]);
});

it('faults row 66: a caller whose queue is full is told so', async () => {
  const turns = new ReadTurns(limits);
  const reads = Array.from({ length: 7 }, () => read(turns, 'vera'));
  await turn();
  expect(reads.map(({ error }) => error).filter((error) => error !== '')).toEqual([
    expect.stringMatching(/4 long reads of vera wait already/),
  ]);
});
