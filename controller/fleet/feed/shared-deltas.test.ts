import { expect, it } from 'vitest';
import { packEntries } from '../../../common/entries/packed.ts';
import { parsePrefix } from '../../../common/text/prefix.ts';
import { SharedDeltas } from './shared-deltas.ts';

const difference = (endMs: number) => ({
  to: 7n,
  digest: new Uint8Array(8),
  adds: packEntries<'unix'>([{ prefix: parsePrefix('198.51.100.1'), action: 'block', ttlMs: endMs }]),
  removes: packEntries([]),
  committedMs: undefined,
});

it('encodes a difference once; one with ends again when what is left of them has changed', () => {
  let now = 1_000_000;
  const shared = new SharedDeltas(
    'epoch',
    () => now,
    () => new Uint8Array(16),
  );
  const [endless, ending] = [difference(0), difference(1_060_000)];
  const [first, second] = [shared.of(endless), shared.of(ending)];
  const bytes = [...first.messages(3n)][0];
  now += 99;
  expect(shared.of(ending)).toBe(second);
  now += 86_400_000;
  expect(shared.of(endless)).toBe(first);
  expect([...shared.of(endless).messages(3n)][0]).toBe(bytes);
  expect([...shared.of(endless).messages(4n)][0]).not.toEqual(bytes);
  expect(shared.of(ending)).not.toBe(second);
  expect(shared.of(difference(0))).not.toBe(first);
});
