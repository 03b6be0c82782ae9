// Lists that are made to keep their reader busy: they end, and so does whatever waits behind them.
import { afterEach, expect, it } from 'vitest';
import { entryCount } from '../../../common/entries/packed.ts';
import { ListReader } from './list-reader.ts';
import type { Body } from './read-body.ts';

const readers: ListReader[] = [];
afterEach(async () => {
  for (const each of readers.splice(0)) await each.close();
});

function reader(readMs?: number): ListReader {
  const made = new ListReader(readMs === undefined ? {} : { readMs });
  readers.push(made);
  return made;
}
const body = (text: string): Body => ({
  ...{ format: 'plain', at: '', skipInvalid: 0, action: 'block', packed: false, nowMs: 0 },
  bytes: Buffer.from(text),
});
/** Each line is 254 prefixes, and as many steps of numbers of 128 bits. */
const hostile = body('::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe\n'.repeat(1_000_000));
const never = new AbortController().signal;
const rowsOf = async (made: ListReader, text: string) =>
  (await made.read(body(text), never)).slices.reduce((sum, slice) => sum + entryCount(slice), 0);

it('a list that takes too long is left, and the next one is read', async () => {
  const made = reader(8000);
  await expect(made.read(hostile, never)).rejects.toThrow(/could not be read in 8s/);
  expect(await rowsOf(made, '192.0.2.1\n')).toBe(1);
});

it('a feed that is removed ends the reading of its list, and the waiting for it', async () => {
  const made = reader();
  const [first, second] = [new AbortController(), new AbortController()];
  const reading = made.read(hostile, first.signal);
  const waiting = made.read(hostile, second.signal);
  const third = rowsOf(made, '192.0.2.1\n192.0.2.2\n');
  second.abort();
  await expect(waiting).rejects.toThrow(/broken off/);
  first.abort();
  await expect(reading).rejects.toThrow(/broken off/);
  expect(await third).toBe(2);
});

it('a controller that stops waits for no list', async () => {
  const made = reader();
  const reading = Promise.allSettled([made.read(hostile, never), made.read(hostile, never)]);
  await made.close();
  expect((await reading).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(made.read(hostile, never)).rejects.toThrow(/broken off/);
});
