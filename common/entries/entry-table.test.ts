import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTION_NAMES, slotOf } from '../action.ts';
import { type Family, formatPrefix } from '../text/prefix.ts';
import { diffTables } from './compare.ts';
import { EntryTable } from './entry-table.ts';
import { type Entry, makePrefix, packEntries, unpackEntries } from './packed.ts';
import { fromWire, toWire } from './wire.ts';

const arbEntry = (family: Family): fc.Arbitrary<Entry> =>
  fc
    .record({
      address: fc.array(fc.nat(3), { minLength: family === 4 ? 4 : 16, maxLength: family === 4 ? 4 : 16 }),
      length: fc.nat(family === 4 ? 32 : 128),
      action: fc.constantFrom(...ACTION_NAMES),
      ttlMs: fc.oneof(fc.constant(0), fc.nat(2 ** 40)),
    })
    .map(({ address, length, ...rest }) => ({ ...rest, prefix: makePrefix(family, Uint8Array.from(address), length) }));
const arbAny = fc.oneof(arbEntry(4), arbEntry(6));
const arbChange = fc.record({ remove: fc.boolean(), entry: arbAny });

const keyOf = (entry: Entry) => `${formatPrefix(entry.prefix)} ${slotOf(entry.action)}`;
const textOf = (entry: Entry) => `${keyOf(entry)} ${entry.action} ${entry.ttlMs}`;
const contents = (table: EntryTable<'boot'>) => unpackEntries(table.pack()).map(textOf).sort();

function tableOf(entries: Iterable<Entry>): EntryTable<'boot'> {
  const table = new EntryTable<'boot'>();
  table.addLeft(packEntries([...entries]), 0);
  return table;
}

describe('EntryTable', () => {
  it('holds what a Map holds after any changes, with a digest that depends on the contents alone', () => {
    fc.assert(
      fc.property(fc.array(arbChange, { maxLength: 300 }), (changes) => {
        const table = new EntryTable<'boot'>();
        const model = new Map<string, Entry>();
        for (const { remove, entry } of changes) {
          if (remove) {
            table.removeAll(packEntries([entry]));
            model.delete(keyOf(entry));
          } else {
            table.addLeft(packEntries([entry]), 0);
            model.set(keyOf(entry), entry);
          }
        }
        expect(contents(table)).toEqual([...model.values()].map(textOf).sort());
        expect(table.size).toBe(model.size);
        expect(table.digest()).toEqual(tableOf([...model.values()].reverse()).digest());
      }),
      { numRuns: 300 },
    );
  });

  it('tells different contents apart by digest', () => {
    fc.assert(
      fc.property(fc.array(arbAny, { minLength: 1, maxLength: 20 }), arbAny, (entries, extra) => {
        const plain = tableOf(entries);
        const changed = tableOf([...entries, extra]);
        const same = JSON.stringify(shape(plain)) === JSON.stringify(shape(changed));
        expect(Buffer.from(plain.digest()).equals(Buffer.from(changed.digest()))).toBe(same);
      }),
    );
  });

  it('diff leads from one table to the other', () => {
    fc.assert(
      fc.property(fc.array(arbAny, { maxLength: 60 }), fc.array(arbAny, { maxLength: 60 }), (from, to) => {
        const table = tableOf(from);
        const target = tableOf(to);
        const { adds, removes } = diffTables(table, target);
        table.removeAll(removes);
        table.addAll(adds);
        expect(shape(table)).toEqual(shape(target));
        expect(table.digest()).toEqual(target.digest());
      }),
    );
  });

  it('gives back room without losing a row, at no pause either, and grows again', () => {
    const address = (i: number) => Uint8Array.of(10, i >> 16, (i >> 8) & 255, i & 255);
    const table = new EntryTable<'boot'>();
    for (let i = 0; i < 60_000; i++) table.v4.set(address(i), 0, 32, 0, i % 3 === 0 ? i + 1 : 0);
    for (let i = 20_000; i < 60_000; i++) table.v4.delete(address(i), 0, 32, false);
    const before = [contents(table), table.digest()];
    let pauses = 0;
    for (const _ of table.shrinkInSteps()) {
      pauses++;
      expect(table.v4.rowOf(address(19_999), 0, 32, false)).toBe(19_999);
    }
    expect(pauses).toBeGreaterThan(0);
    expect([contents(table), table.digest()]).toEqual(before);
    expect([table.v4.hasRoom(1845), table.v4.hasRoom(1846)]).toEqual([true, false]);
    for (let i = 20_000; i < 60_000; i++) expect(table.v4.set(address(i), 0, 32, 0, 0)).toBe(true);
    for (let i = 0; i < 60_000; i++) expect(table.v4.delete(address(i), 0, 32, false)).toBe(true);
    expect([...table.shrinkInSteps()]).toEqual([]);
    expect([table.size, table.v4.hasRoom(16), table.v4.hasRoom(17)]).toEqual([0, true, false]);
  });

  it('keeps 100,000 random entries through growth and removal of every other one', () => {
    const table = new EntryTable<'boot'>();
    const address = new Uint8Array(4);
    const view = new DataView(address.buffer);
    const nth = (i: number) => view.setUint32(0, Math.imul(i, 2654435761) >>> 0);
    for (let i = 0; i < 100_000; i++) {
      nth(i);
      expect(table.v4.set(address, 0, 32, 0, 0)).toBe(true);
    }
    for (let i = 0; i < 100_000; i += 2) {
      nth(i);
      table.v4.delete(address, 0, 32, false);
    }
    expect(table.size).toBe(50_000);
    for (let i = 0; i < 100_000; i++) {
      nth(i);
      expect(table.v4.rowOf(address, 0, 32, false) >= 0).toBe(i % 2 === 1);
    }
  });
});

function shape(table: EntryTable<'boot'>): string[] {
  return unpackEntries(table.pack())
    .map((entry) => `${keyOf(entry)} ${entry.action}`)
    .sort();
}

describe('wire form', () => {
  it('round-trips', () => {
    fc.assert(
      fc.property(fc.array(arbAny, { maxLength: 30 }), (entries) => {
        expect(unpackEntries(fromWire(toWire(packEntries(entries)))).map(textOf)).toEqual(
          [...entries.filter((e) => e.prefix.family === 4), ...entries.filter((e) => e.prefix.family === 6)].map(
            textOf,
          ),
        );
      }),
    );
  });

  it('refuses host bits, lengths out of range, unequal columns and unknown flags', () => {
    const good = toWire(
      packEntries([{ prefix: makePrefix(4, Uint8Array.of(10, 0, 0, 0), 8), action: 'block', ttlMs: 0 }]),
    );
    expect(fromWire(good).v4.count).toBe(1);
    expect(() => fromWire({ ...good, v4Addresses: Uint8Array.of(10, 0, 0, 5) })).toThrow(/host bits/);
    expect(() => fromWire({ ...good, v4Lengths: Uint8Array.of(33) })).toThrow(/length 33/);
    expect(() => fromWire({ ...good, v4Flags: new Uint8Array(0) })).toThrow(/unequal/);
    expect(() => fromWire({ ...good, v4Flags: Uint8Array.of(4) })).toThrow(/unknown flags/);
    expect(() => fromWire({ ...good, v4Ttls: new Uint8Array(4) })).toThrow(/unequal/);
  });
});
