import { expect, it } from 'vitest';
import { parsePrefix } from '../text/prefix.ts';
import { EntryTable } from './entry-table.ts';
import { type PackedEntries, packEntries } from './packed.ts';
import { endsOf, firstEnd, leftOf, mayEnd, withoutTimes } from './times.ts';

const row = (ttlMs: number) => ({ prefix: parsePrefix('198.51.100.7'), action: 'block' as const, ttlMs });
const times = ({ v4 }: PackedEntries) => [...v4.timesMs];

it('turns what is left into ends and back, keeps what has no end, and leaves an ended row its last millisecond', () => {
  const left = packEntries([row(5000), row(0), row(20)]);
  const ends = endsOf<'unix'>(left, 1_000_000);
  expect(times(ends)).toEqual([1_005_000, 0, 1_000_020]);
  expect(times(leftOf(ends, 1_000_000))).toEqual([5000, 0, 20]);
  expect(times(leftOf(ends, 1_001_000))).toEqual([4000, 0, 1]);
  expect(firstEnd(ends)).toBe(1_000_020);
  expect([mayEnd(ends), mayEnd(withoutTimes(ends))]).toEqual([true, false]);
});

it('an end before the clock began is not taken for none', () => {
  expect(times(endsOf<'boot'>(packEntries([row(5000)]), -60_000))).toEqual([1]);
});

it('the compiler keeps time bases apart', () => {
  const left = packEntries([row(5000)]);
  const unix = new EntryTable<'unix'>();
  const boot = new EntryTable<'boot'>();
  // @ts-expect-error: what is left is no end
  unix.addAll(left);
  unix.addLeft(left, 1_000_000);
  // @ts-expect-error: of another clock
  boot.addAll(unix.pack());
  // @ts-expect-error: an end is not what is left
  boot.addLeft(unix.pack(), 0);
  // @ts-expect-error: spreading columns keeps what their times are
  const moved: PackedEntries<'left'> = { ...unix.pack() };
  expect(moved.v4.count).toBe(1);
});
