import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EntryTable } from '../../../../common/entries/entry-table.ts';
import { type Entry, makePrefix, NO_ENTRIES, packEntries } from '../../../../common/entries/packed.ts';
import { reachedMemory } from '../../../../test/datapath/reached-memory.ts';
import { COMPACT, PAGE_BYTES, V4_BLOCKS } from '../layout.ts';
import type { Garbage } from './change.ts';
import { addressAt } from './compile.ts';
import { V4Decision } from './decision.ts';
import { V4Memory } from './memory.ts';

function buffers(pages: number) {
  return {
    summary: new Uint32Array(V4_BLOCKS / 32),
    front: new Uint32Array(2 * V4_BLOCKS),
    index: new Uint32Array(V4_BLOCKS),
    arena: reachedMemory(new ArrayBuffer(pages * PAGE_BYTES)),
    bitmaps: reachedMemory(new ArrayBuffer(pages * PAGE_BYTES)),
  };
}

function release(garbage: readonly Garbage[]): void {
  for (const { pool, pieces } of garbage)
    for (let i = 0; i < pieces.length; i += 2) pool.release(pieces[i] ?? 0, pieces[i + 1] ?? 0);
}

const block = (text: string, length = 32): Entry => ({
  prefix: makePrefix(4, Uint8Array.from(text.split('.'), Number), length),
  action: 'block',
  ttlMs: 0,
});

const nearby = fc
  .tuple(fc.constantFrom(0, 1, 63, 64), fc.integer({ min: 0, max: 7 }))
  .map(([c, d]) => `10.0.${c}.${d}`);
const entries = fc.array(
  fc.tuple(nearby, fc.constantFrom(16, 18, 22, 24, 28, 31, 32, 32, 32), fc.constantFrom('plain', 'rule', 'allow')).map(
    ([text, length, kind]): Entry => ({
      ...block(text, length),
      action: ({ plain: 'block', rule: 'monitor', allow: 'allow' } as const)[kind],
    }),
  ),
  { maxLength: 8 },
);

describe('V4Decision', () => {
  test('bits say of every address what the entries say, and no memory is lost on the way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entries, { minLength: 1, maxLength: 4 }), async (lists) => {
        const memory = new V4Memory(buffers(4));
        const decision = new V4Decision(memory, () => undefined);
        let held: Entry[] = [];
        for (const list of lists) {
          const table = new EntryTable<'boot'>();
          table.addLeft(packEntries(list), 0);
          const outcome = await decision.apply(packEntries(list).v4, packEntries(held).v4, table.v4);
          expect(outcome.full).toBe(false);
          release(outcome.garbage);
          held = list;
          for (const third of [0, 1, 63, 64])
            for (let last = 0; last < 9; last++) checkAddress(memory, table, Uint8Array.of(10, 0, third, last));
        }
        const again = new V4Memory({
          summary: memory.summary,
          front: memory.front,
          index: memory.index,
          arena: reachedMemory(memory.arena.words.buffer),
          bitmaps: reachedMemory(memory.bitmaps.words.buffer),
        });
        expect(again.damaged.size).toBe(0);
        expect([again.arena.free, again.bitmaps.free]).toEqual([memory.arena.free, memory.bitmaps.free]);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test('a comparison counts what a rewriting then changes, flags of a block included', async () => {
    const inMemory = async (list: readonly Entry[]) => {
      const memory = new V4Memory(buffers(4));
      const decision = new V4Decision(memory, () => undefined);
      const table = new EntryTable<'boot'>();
      table.addLeft(packEntries(list), 0);
      release((await decision.apply(packEntries(list).v4, NO_ENTRIES.v4, table.v4)).garbage);
      return decision;
    };
    const check = async (before: readonly Entry[], after: readonly Entry[]) => {
      const decision = await inMemory(before);
      const wanted = new EntryTable<'boot'>();
      wanted.addLeft(packEntries(after), 0);
      const compared = await decision.differing(wanted.v4);
      const rewritten = await decision.rebuild(wanted.v4);
      release(rewritten.garbage);
      expect(compared).toBe(rewritten.differing);
      expect(await decision.differing(wanted.v4)).toBe(0);
      return compared;
    };
    // Four addresses need a bitmap, which a comparison does not make; with an allow entry over the block its flags differ too.
    const allowed = { ...block('10.0.0.0', 8), action: 'allow' as const };
    expect(await check([], [block('10.0.0.0', 30), allowed])).toBe(65);
    expect(await check([block('10.0.0.0', 30)], [block('10.0.0.0', 30), allowed])).toBe(64);
    await fc.assert(
      fc.asyncProperty(entries, entries, async (before, after) => {
        await check(before, after);
      }),
      { numRuns: 30 },
    );
  }, 120_000);

  test('a change that does not fit leaves every word as it was', async () => {
    const memory = new V4Memory(buffers(2));
    const decision = new V4Decision(memory, () => undefined);
    const table = new EntryTable<'boot'>();
    const add = async (list: Entry[]) => {
      table.addLeft(packEntries(list), 0);
      return decision.apply(packEntries(list).v4, NO_ENTRIES.v4, table.v4);
    };
    // Each of these takes a record of its own: a page has 256.
    const spread = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => block(`10.${(from + i) >> 2}.${((from + i) & 3) << 6}.1`));
    release((await add(spread(0, 200))).garbage);
    const before = { index: memory.index.slice(), front: memory.front.slice(), free: memory.arena.free };
    const outcome = await add(spread(200, 100));
    release(outcome.garbage);
    expect(outcome.full).toBe(true);
    expect(memory.index).toEqual(before.index);
    expect(memory.front).toEqual(before.front);
    expect(memory.arena.free).toBe(before.free);
  });

  test('after a change that does not fit, what it would have removed is still found', async () => {
    const memory = new V4Memory(buffers(2));
    const decision = new V4Decision(memory, () => undefined);
    const table = new EntryTable<'boot'>();
    const change = async (adds: readonly Entry[], removes: readonly Entry[]) => {
      table.addLeft(packEntries(adds), 0);
      table.removeAll(packEntries(removes));
      const outcome = await decision.apply(packEntries(adds).v4, packEntries(removes).v4, table.v4);
      release(outcome.garbage);
      return outcome;
    };
    const wide = [block('10.0.0.0', 22)];
    expect((await change(wide, [])).full).toBe(false);
    const many = Array.from({ length: 600 }, (_, i) => block(`11.${i >> 2}.${(i & 3) << 6}.1`));
    expect((await change(many, wide)).full).toBe(true);
    table.removeAll(packEntries(many));
    table.addLeft(packEntries(wide), 0);
    const inside = [block('10.0.1.1')];
    for (const step of [await change(inside, []), await change([], inside)]) expect(step.full).toBe(false);
    expect(memory.decide(addressAt(Uint8Array.of(10, 0, 1, 9), 0))).toBe('drop');
  });

  test('spread addresses take compact records of 16 bytes', async () => {
    const memory = new V4Memory(buffers(2));
    const list = Array.from({ length: 8 }, (_, i) => block(`10.0.${i}.${i}`));
    const table = new EntryTable<'boot'>();
    table.addLeft(packEntries(list), 0);
    const free = memory.arena.free;
    await new V4Decision(memory, () => undefined).apply(packEntries(list).v4, NO_ENTRIES.v4, table.v4);
    expect(memory.index[addressAt(Uint8Array.of(10, 0, 0, 0), 0) >>> 14]).toBeGreaterThanOrEqual(COMPACT);
    expect(free - memory.arena.free).toBe(1);
  });
});

function checkAddress(memory: V4Memory, table: EntryTable<'boot'>, address: Uint8Array): void {
  const found = { plain: false, rule: false, allow: false };
  for (let length = 0; length <= 32; length++) {
    const { address: masked } = makePrefix(4, address, length);
    const row = table.v4.rowOf(masked, 0, length, false);
    if (row >= 0) found[table.v4.flagsOf(row) === 0 ? 'plain' : 'rule'] = true;
    if (table.v4.rowOf(masked, 0, length, true) >= 0) found.allow = true;
  }
  const verdict = memory.decide(addressAt(address, 0));
  const listed = found.plain || found.rule;
  // What needs no look-up may still get one: its /24 has something that does. Then the bits must say that it is plain.
  const right = !listed
    ? ['clear']
    : !found.plain
      ? ['lookup']
      : found.allow
        ? ['lookupPlain']
        : ['drop', 'lookupPlain'];
  expect(right, address.join('.')).toContain(verdict);
}
