import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTION_NAMES, slotOf } from '../../common/action.ts';
import { diffTables } from '../../common/entries/compare.ts';
import { EntryTable } from '../../common/entries/entry-table.ts';
import { type Entry, entryCount, packEntries, unpackEntries } from '../../common/entries/packed.ts';
import { formatPrefix, parsePrefix } from '../../common/text/prefix.ts';
import { EffectiveTable, type StagedChange } from './effective-table.ts';

// Few prefixes, so that protected rows, view rows and expired rows meet often.
const PREFIXES = ['10.0.0.1', '10.0.0.2', '10.0.0.0/24', '10.0.0.0/8', '2001:db8::1', '2001:db8::/32'].map(parsePrefix);
const NOW = 1_000_000;

const arbPrefix = fc.constantFrom(...PREFIXES);
const arbEntry: fc.Arbitrary<Entry> = fc.record({
  prefix: arbPrefix,
  action: fc.constantFrom(...ACTION_NAMES),
  ttlMs: fc.constantFrom(0, 0, 100, 5000),
});
const arbStep = fc.oneof(
  fc.record({
    kind: fc.constant('stage' as const),
    adds: fc.array(arbEntry, { maxLength: 4 }),
    removes: fc.array(arbEntry, { maxLength: 4 }),
    refused: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('protect' as const), prefixes: fc.array(arbPrefix), refused: fc.boolean() }),
  fc.record({ kind: fc.constant('lapse' as const), refused: fc.boolean() }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(50, 200, 10_000) }),
  fc.record({ kind: fc.constant('snapshot' as const), entries: fc.array(arbEntry, { maxLength: 6 }) }),
);

type Step = typeof arbStep extends fc.Arbitrary<infer Value> ? Value : never;

const keyOf = ({ prefix, action }: Pick<Entry, 'prefix' | 'action'>) => `${formatPrefix(prefix)} ${slotOf(action)}`;
const textOf = (entry: Entry) => `${keyOf(entry)} ${entry.action} ${entry.ttlMs}`;
const contents = (table: EntryTable<'boot'>) => unpackEntries(table.pack()).map(textOf).sort();

function tableOf(entries: Iterable<Entry>): EntryTable<'boot'> {
  const table = new EntryTable<'boot'>();
  // Their times are ends already.
  table.addLeft(packEntries([...entries]), 0);
  return table;
}

const ended: Entry = {
  prefix: { family: 4, address: Uint8Array.of(10, 0, 0, 0), length: 8 },
  action: 'block',
  ttlMs: 5000,
};
const endless: Entry = { ...ended, ttlMs: 0 };
const LAPSED_THEN_ADDED_AND_REMOVED: Step[] = [
  { kind: 'snapshot', entries: [ended] },
  { kind: 'wait', ms: 10_000 },
  { kind: 'lapse', refused: false },
  { kind: 'stage', adds: [endless], removes: [endless], refused: false },
];

const numbered = (i: number): Entry => ({
  prefix: { family: 4, address: Uint8Array.of(10, i >> 16, i >> 8, i), length: 32 },
  action: 'block',
  ttlMs: 0,
});

describe('EffectiveTable', () => {
  it('is the view with protected rows over it and ended rows out of it, after any steps, refused ones included', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbStep, { maxLength: 25 }), async (steps) => {
        let now = NOW;
        let effective = new EffectiveTable();
        // The model. Times are ends, 0 for none.
        const view = new Map<string, Entry>();
        let ownRows = new Map<string, Entry>();
        const kernel = new EntryTable<'boot'>();
        const finish = async (staged: StagedChange, refused: boolean, commit: () => void) => {
          if (refused) return staged.undo();
          kernel.addLeft(staged.change.adds, now);
          kernel.removeAll(staged.change.removes);
          commit();
        };
        for (const step of steps) {
          switch (step.kind) {
            case 'wait':
              now += step.ms;
              break;
            case 'stage': {
              const staged = await effective.stage(packEntries(step.adds), packEntries(step.removes), now);
              await finish(staged, step.refused, () => {
                for (const entry of step.adds)
                  view.set(keyOf(entry), { ...entry, ttlMs: entry.ttlMs > 0 ? now + entry.ttlMs : 0 });
                for (const entry of step.removes) view.delete(keyOf(entry));
              });
              break;
            }
            case 'protect': {
              const rows = step.prefixes.map((prefix): Entry => ({ prefix, action: 'allow', ttlMs: 0 }));
              const staged = await effective.protect(packEntries(rows), now);
              await finish(staged, step.refused, () => {
                ownRows = new Map(rows.map((row) => [keyOf(row), row]));
              });
              break;
            }
            case 'lapse':
              await finish(await effective.lapse(now), step.refused, () => {});
              break;
            case 'snapshot': {
              view.clear();
              for (const entry of step.entries)
                view.set(keyOf(entry), { ...entry, ttlMs: entry.ttlMs > 0 ? now + entry.ttlMs : 0 });
              const next = await effective.withView(tableOf(view.values()));
              const { adds, removes } = diffTables(kernel, next.table);
              kernel.addAll(adds);
              kernel.removeAll(removes);
              effective = next;
              break;
            }
          }
          expect(effective.viewSize).toBe(view.size);
          expect(effective.viewDigest()).toEqual(tableOf(view.values()).digest());
          expect((await effective.packView(0)).flatMap(unpackEntries).map(textOf).sort()).toEqual(
            [...view.values()].map(textOf).sort(),
          );
          expect(diffTables(kernel, effective.table).adds.v4.count).toBe(0);
          expect(kernel.digest()).toEqual(effective.table.digest());
          const live = [...view].filter(([key, { ttlMs }]) => !ownRows.has(key) && (ttlMs === 0 || ttlMs > now));
          const must = [...live.map(([, entry]) => entry), ...ownRows.values()].map(textOf);
          const held = new Set(contents(effective.table));
          for (const row of must) expect(held).toContain(row);
          // Beyond what must be there: only rows that have ended and were not yet taken out.
          for (const row of held)
            if (!must.includes(row))
              expect([...view.values()].filter(({ ttlMs }) => ttlMs > 0 && ttlMs <= now).map(textOf)).toContain(row);
        }
        await effective.lapse(now + 1);
      }),
      { numRuns: 400, examples: [[LAPSED_THEN_ADDED_AND_REMOVED]] },
    );
  });

  it('lets the event loop run while the view is copied', async () => {
    const effective = new EffectiveTable(tableOf(Array.from({ length: 50_000 }, (_, i) => numbered(i))));
    let turns = 0;
    const counting = setInterval(() => turns++);
    const parts = await effective.packView(0);
    clearInterval(counting);
    expect(parts.reduce((sum, part) => sum + entryCount(part), 0)).toBe(50_000);
    expect(turns).toBeGreaterThan(1);
  });

  it('leaves room by taking out what has ended, and shows it again when its time is extended', async () => {
    const effective = new EffectiveTable();
    const [one, two] = [PREFIXES[0], PREFIXES[1]];
    if (!one || !two) throw new Error('no prefixes');
    const entry = (prefix: typeof one, ttlMs: number): Entry => ({ prefix, action: 'block', ttlMs });
    await effective.stage(packEntries([entry(one, 100), entry(two, 0)]), packEntries([]), NOW);
    const { change } = await effective.lapse(NOW + 200);
    expect(unpackEntries(change.removes).map(keyOf)).toEqual(['10.0.0.1/32 block']);
    expect(effective.table.size).toBe(1);
    expect(effective.viewSize).toBe(2);
    const extended = await effective.stage(packEntries([entry(one, 1000)]), packEntries([]), NOW + 300);
    expect(unpackEntries(extended.change.adds).map(keyOf)).toEqual(['10.0.0.1/32 block']);
    expect(effective.table.size).toBe(2);
    // The controller's own removal of something that is out of the kernel already is nothing to do for it.
    await effective.lapse(NOW + 5000);
    const removed = await effective.stage(packEntries([]), packEntries([entry(one, 0)]), NOW + 5000);
    expect(removed.change.removes.v4.count).toBe(0);
    expect(effective.viewSize).toBe(1);
  });

  it('gives the event loop its turn while it looks for what has ended in a long list', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i): Entry => {
      const address = Uint8Array.of(10, 0, i >> 8, i & 255);
      return {
        prefix: { family: 4, address, length: 32 },
        action: 'block',
        ttlMs: NOW + (i % 4 === 0 ? 10 : 5000),
      };
    });
    const effective = new EffectiveTable(tableOf(rows));
    let turns = 0;
    setImmediate(() => turns++);
    const { change } = await effective.lapse(NOW + 100);
    expect(turns).toBe(1);
    expect(change.removes.v4.count).toBe(5000);
    expect(effective.table.size).toBe(15_000);
    expect(effective.viewSize).toBe(20_000);
  });
});
