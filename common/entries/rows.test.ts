// Whatever is done to columns is what the same would be with an object per row.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ACTION_NAMES } from '../action.ts';
import { ColumnsBuilder } from './builder.ts';
import { bytesOfColumns, readColumns, writeColumns } from './bytes.ts';
import {
  columnsOf,
  type Entry,
  FAMILIES,
  makePrefix,
  type PackedEntries,
  packEntries,
  unpackEntries,
} from './packed.ts';
import { filterRows, forEachRow, joinEntries, keysOf, pickRows, sliceEntries } from './rows.ts';
import { mapSlices, slicesOf } from './steps.ts';

const entry: fc.Arbitrary<Entry> = fc
  .record({
    family: fc.constantFrom(...FAMILIES),
    address: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    length: fc.nat(32),
    action: fc.constantFrom(...ACTION_NAMES),
    // Most rows of most lists have no end.
    ttlMs: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(2 ** 40)),
  })
  .map(({ family, address, length, ...rest }) => ({
    ...rest,
    prefix: makePrefix(family, address.subarray(0, family === 4 ? 4 : 16), length),
  }));
const entries = fc.array(entry, { maxLength: 40 });
const inOrder = (rows: readonly Entry[]) =>
  FAMILIES.flatMap((each) => rows.filter(({ prefix }) => prefix.family === each));
const expectRows = (found: PackedEntries, wanted: readonly Entry[]) =>
  expect(unpackEntries(found)).toEqual(unpackEntries(packEntries(inOrder(wanted))));

it('joins parts, slices them again, and walks both', () => {
  fc.assert(
    fc.property(fc.array(entries, { maxLength: 5 }), fc.integer({ min: 1, max: 50 }), (parts, size) => {
      const whole = joinEntries(parts.map((part) => packEntries(part)));
      expectRows(whole, parts.flat());
      expectRows(joinEntries([...slicesOf(whole, size)]), parts.flat());
      const keys = [...keysOf(whole)].map(({ offset, length, allow }) => [offset, length, allow]);
      const rows: unknown[] = [];
      forEachRow(whole, (family, { lengths, flags }, row) =>
        rows.push([row * (family === 4 ? 4 : 16), lengths[row], ((flags[row] ?? 0) & 1) !== 0]),
      );
      expect(rows).toEqual(keys);
    }),
  );
});

it('cuts a slice out of both families, as far as each has rows', () => {
  fc.assert(
    fc.property(entries, fc.nat(50), fc.nat(50), (all, from, more) => {
      const cut = FAMILIES.flatMap((each) =>
        all.filter(({ prefix }) => prefix.family === each).slice(from, from + more),
      );
      expectRows(sliceEntries(packEntries(all), from, from + more), cut);
    }),
  );
});

it('filters and picks, and leaves alone what is wanted whole', async () => {
  await fc.assert(
    fc.asyncProperty(entries, fc.nat(32), async (all, most) => {
      const packed = packEntries(all);
      const short = (slice: PackedEntries<'left'>) =>
        filterRows(slice, (_, { lengths }, row) => (lengths[row] ?? 0) <= most);
      const wanted = all.filter(({ prefix }) => prefix.length <= most);
      expectRows(short(packed), wanted);
      expectRows(await mapSlices(packed, short), wanted);
      if (wanted.length === all.length) expect(short(packed)).toBe(packed);
      for (const family of FAMILIES) {
        const columns = columnsOf(packed, family);
        const backwards = Array.from({ length: columns.count }, (_, i) => columns.count - 1 - i);
        expect(pickRows(pickRows(columns, family, backwards), family, backwards)).toEqual(
          pickRows(columns, family, backwards.toReversed()),
        );
      }
    }),
  );
});

it('maps a list of many slices one by one, and gives back the list itself when each stays what it is', async () => {
  const many = packEntries(
    Array.from({ length: 20_000 }, (_, i) => ({
      prefix: makePrefix(4, Uint8Array.of(10, i >> 16, (i >> 8) & 255, i & 255), 32),
      action: 'block',
      ttlMs: 0,
    })),
  );
  const sizes: number[] = [];
  const same = await mapSlices(many, (slice) => {
    sizes.push(slice.v4.count);
    return slice;
  });
  expect(same).toBe(many);
  expect(sizes).toEqual([8192, 8192, 3616]);
  const last = await mapSlices(many, (slice) =>
    filterRows(slice, (_, { addresses }, row) => addresses[row * 4 + 3] === 7),
  );
  expect(last.v4.count).toBe(79);
});

it('builds columns row by row, and keeps them as bytes', () => {
  fc.assert(
    fc.property(entries, fc.nat(9), fc.boolean(), (all, before, withFlags) => {
      const builder = new ColumnsBuilder<'left'>();
      const packed = packEntries(all);
      const times = { 4: [...packed.v4.timesMs], 6: [...packed.v6.timesMs] };
      const flags = { 4: [...packed.v4.flags], 6: [...packed.v6.flags] };
      for (const key of keysOf(packed))
        builder.addKey(key, flags[key.family].shift() ?? 0, times[key.family].shift() ?? 0);
      expect(unpackEntries(builder.finish())).toEqual(unpackEntries(packed));
      for (const family of FAMILIES) {
        const columns = columnsOf(packed, family);
        const bytes = new Uint8Array(before + bytesOfColumns(columns, withFlags));
        expect(writeColumns(bytes, before, columns, withFlags)).toBe(bytes.length);
        const kept = { count: columns.count, flags: withFlags, times: columns.timesMs.length > 0 };
        const read = readColumns<'left'>(bytes, before, family, kept);
        expect(read.end).toBe(bytes.length);
        const wanted = withFlags ? columns : { ...columns, flags: new Uint8Array(columns.count) };
        const text = (of: object) =>
          JSON.stringify(of, (_, value) =>
            ArrayBuffer.isView(value) ? [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)] : value,
          );
        expect(text(read.columns)).toBe(text(wanted));
        if (columns.count > 0)
          expect(() => readColumns(bytes.subarray(0, -1), before, family, kept)).toThrow(RangeError);
      }
    }),
  );
});
