import { describe, expect, it } from 'vitest';
import { EntryTable } from '../../common/entries/entry-table.ts';
import { type Held, isCurrent, markOf } from './held.ts';

const digest = (byte: number) => Uint8Array.of(byte, 0, 0, 0, 0, 0, 0, 0);
const held = (revision: bigint, more: Partial<Held> = {}): Held => ({
  epoch: 'e1',
  revision,
  digest: digest(Number(revision)),
  entries: 1,
  seal: new Uint8Array(0),
  ...more,
});
const stored = (of: Held, current = true) => ({ held: of, table: new EntryTable<'boot'>(), current });

describe('a recorded view against the mark beside the maps', () => {
  it('without a mark is as good as the file says', () => {
    expect(isCurrent(stored(held(5n)), undefined)).toBe(true);
    expect(isCurrent(stored(held(5n), false), undefined)).toBe(false);
  });

  it('is current when it is what the maps hold, although the end of the file is damaged', () => {
    expect(isCurrent(stored(held(5n)), markOf(held(5n)))).toBe(true);
    expect(isCurrent(stored(held(5n), false), markOf(held(5n)))).toBe(true);
  });

  it('is not current when the maps hold a later one, another one, or one of another store', () => {
    expect(isCurrent(stored(held(5n)), markOf(held(6n)))).toBe(false);
    expect(isCurrent(stored(held(5n)), markOf(held(5n, { digest: digest(9) })))).toBe(false);
    expect(isCurrent(stored(held(5n)), markOf(held(5n, { epoch: 'e2' })))).toBe(false);
    expect(isCurrent(stored(held(9n)), markOf(held(5n, { epoch: 'e2' })))).toBe(false);
  });

  it('is current when it is later: it is written after the kernel took it', () => {
    expect(isCurrent(stored(held(6n)), markOf(held(5n)))).toBe(true);
    expect(isCurrent(stored(held(6n), false), markOf(held(5n)))).toBe(false);
  });
});
