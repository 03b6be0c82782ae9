// What every store does with the exceptions of a list: under imports, exceptions that come and go and rows that end, held against a
// model that knows addresses only.
import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { EntryTable } from '../../../common/entries/entry-table.ts';
import { packEntries, unpackEntries } from '../../../common/entries/packed.ts';
import { covers, formatPrefix, type Prefix, parsePrefix } from '../../../common/text/prefix.ts';
import { MAX_LIST_EXCEPTIONS } from '../../claims/lists/list.ts';
import { ALL, BY, gathered, type Harness } from './harness.ts';

interface Row {
  readonly text: string;
  /** Milliseconds; 0: no end. */
  readonly ttlMs?: number;
}

const near = fc
  .tuple(fc.nat(63), fc.nat(5))
  .map(([last, wide]) => `198.51.100.${last - (last % 2 ** wide)}/${32 - wide}`);
const operation = fc.oneof(
  fc.record({
    op: fc.constant('import' as const),
    rows: fc.array(fc.record({ text: near, ttlMs: fc.constantFrom(0, 0, 10_000, 20_000) }), { maxLength: 8 }),
  }),
  fc.record({ op: fc.constantFrom('except' as const, 'include' as const), texts: fc.array(near, { maxLength: 3 }) }),
  fc.record({ op: fc.constant('wait' as const), ms: fc.constantFrom(4000, 12_000) }),
);

/** Exceptions made, taken back, kept through imports, and read. */
export function exceptionsContract(h: Harness): void {
  /** What followers make of the events: what views and hosts have. */
  let followed: EntryTable<'unix'>;
  const follow = () =>
    h.store.follow(({ layers }) => {
      for (const { sets, deletes } of layers) {
        followed.removeAll(deletes);
        followed.addAll(sets);
      }
    });
  beforeEach(() => {
    followed = new EntryTable<'unix'>();
    follow();
  });

  const importRows = (rows: readonly Row[], more: { dryRun?: boolean } = {}) => {
    const action = 'block' as const;
    const entries = rows.map(({ text, ttlMs = 0 }) => ({ prefix: parsePrefix(text), action, ttlMs }));
    const list = { name: 'x', action, selector: ALL };
    return h.store.replaceList({ ...BY, ...list, dryRun: false, ...more, chunks: [packEntries(entries)] });
  };
  const importTexts = (...texts: string[]) => importRows(texts.map((text) => ({ text })));
  const change = (except: boolean, ...texts: string[]) =>
    h.store.changeExceptions({
      ...BY,
      name: 'x',
      action: 'block',
      except,
      dryRun: false,
      prefixes: texts.map(parsePrefix),
    });

  async function rows(): Promise<{ prefix: Prefix; ttlMs: number }[]> {
    const all = [];
    for await (const part of h.store.listRows('x')) all.push(...unpackEntries(part));
    return all;
  }
  const texts = async () => (await rows()).map(({ prefix }) => formatPrefix(prefix)).sort();

  /** What is stored, what followers have, and what the list says of itself are one. */
  async function consistent(): Promise<void> {
    const table = new EntryTable<'unix'>();
    let count = 0;
    for await (const part of h.store.listRows('x')) {
      table.addAll(part);
      count += part.v4.count + part.v6.count;
    }
    expect(table.size).toBe(count);
    expect(Buffer.from(followed.digest()).toString('hex')).toBe(Buffer.from(table.digest()).toString('hex'));
    const ends = (each: EntryTable<'unix'>) =>
      unpackEntries(each.pack())
        .map(({ prefix, ttlMs }) => `${formatPrefix(prefix)} ${ttlMs}`)
        .sort();
    expect(ends(followed)).toEqual(ends(table));
    expect((await h.store.lists())[0]?.entries).toBe(count);
  }

  it('faults row 104: an exact row goes, a wider one is split, and later imports keep it so', async () => {
    await importTexts('192.0.2.0/30', '198.51.100.7', '203.0.113.0/24');
    const result = await change(true, '192.0.2.1', '198.51.100.7', '10.9.9.9');
    expect(result.outcomes).toEqual(['REMOVED', 'REMOVED', 'NOT_FOUND']);
    const left = ['192.0.2.0/32', '192.0.2.2/31', '203.0.113.0/24'];
    expect(await texts()).toEqual(left);
    await consistent();
    expect(await importTexts('192.0.2.0/30', '198.51.100.7', '203.0.113.0/24')).toMatchObject({
      added: 0,
      removed: 0,
      unchanged: 3,
    });
    await importTexts('10.0.0.0/8', '192.0.2.1', '203.0.113.0/24');
    expect(await texts()).not.toContain('192.0.2.1/32');
    expect((await rows()).some(({ prefix }) => covers(prefix, parsePrefix('10.9.9.9')))).toBe(false);
    await consistent();
  });

  it('faults row 104: taken back, the list has what its file says', async () => {
    await importTexts('192.0.2.0/24', '2001:db8::/32', '192.0.2.64/26');
    await change(true, '192.0.2.64/27', '192.0.2.65', '2001:db8::/33');
    expect((await h.store.lists())[0]?.exceptions).toBe(3);
    expect((await change(false, '192.0.2.64/27', '192.0.2.1')).outcomes).toEqual(['ADDED', 'NOT_FOUND']);
    expect((await rows()).some(({ prefix }) => covers(prefix, parsePrefix('192.0.2.65')))).toBe(false);
    expect((await change(false, '192.0.2.65', '2001:db8::/33')).outcomes).toEqual(['ADDED', 'ADDED']);
    expect(await texts()).toEqual(['192.0.2.0/24', '192.0.2.64/26', '2001:db8::/32']);
    await consistent();
  });

  it('faults row 104: it lasts, is told, and goes with its list', async () => {
    await importTexts('192.0.2.0/30');
    await change(true, '192.0.2.1');
    await h.reopen();
    follow();
    expect(await h.store.listExceptions('x')).toMatchObject([
      { prefix: parsePrefix('192.0.2.1'), actor: BY.actor, reason: BY.reason, createdMs: h.clock.now },
    ]);
    expect(await texts()).toEqual(['192.0.2.0/32', '192.0.2.2/31']);
    await h.store.removeList('x', BY, false);
    expect(followed.size).toBe(0);
    await importTexts('192.0.2.0/30');
    expect(await texts()).toEqual(['192.0.2.0/30']);
    await expect(h.store.listExceptions('y')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const records = await gathered(h.store.audit({}));
    expect(records.map(({ verb, subject }) => `${verb} ${subject}`)).toContain('list.except 192.0.2.1/32 of list:x');
  });

  it('faults row 104: a dry run and what is refused change nothing', async () => {
    await importTexts('192.0.2.0/30');
    const many = Array.from({ length: MAX_LIST_EXCEPTIONS + 1 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
    await expect(change(true, ...many)).rejects.toThrow(/at most 4096 exceptions/);
    await expect(
      h.store.changeExceptions({ ...BY, name: 'y', action: 'block', except: true, dryRun: false, prefixes: [] }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const asked = { ...BY, name: 'x', except: true, prefixes: [parsePrefix('192.0.2.1')] };
    await expect(h.store.changeExceptions({ ...asked, action: 'allow', dryRun: false })).rejects.toThrow(/other kind/);
    expect((await h.store.changeExceptions({ ...asked, action: 'block', dryRun: true })).outcomes).toEqual(['REMOVED']);
    expect(await texts()).toEqual(['192.0.2.0/30']);
    expect(await h.store.listExceptions('x')).toEqual([]);
    await consistent();
  });

  it('faults row 104: whatever happens, hosts have what the file says but the exceptions', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 12 }), async (operations) => {
        if ((await h.store.lists()).length > 0) await h.store.removeList('x', BY, false);
        followed = new EntryTable<'unix'>();
        await importRows([]);
        let file = new Map<string, number>();
        const exceptions = new Set<string>();
        for (const each of operations) {
          if (each.op === 'import') {
            await importRows(each.rows);
            file = new Map(
              each.rows.map(({ text, ttlMs }) => [text, ttlMs === 0 ? Number.POSITIVE_INFINITY : h.clock.now + ttlMs]),
            );
          } else if (each.op === 'wait') {
            h.clock.now += each.ms;
            await h.store.expireClaims(h.clock.now);
          } else {
            await change(each.op === 'except', ...each.texts);
            for (const text of each.texts)
              if (each.op === 'except') exceptions.add(text);
              else exceptions.delete(text);
          }
          const held = await rows();
          const live = [...file].filter(([, end]) => end > h.clock.now).map(([text]) => parsePrefix(text));
          const out = [...exceptions].map(parsePrefix);
          for (let last = 0; last < 64; last++) {
            const address = parsePrefix(`198.51.100.${last}`);
            const wanted = live.some((row) => covers(row, address)) && !out.some((each) => covers(each, address));
            expect(
              held.some(({ prefix }) => covers(prefix, address)),
              `${formatPrefix(address)} after ${each.op}`,
            ).toBe(wanted);
          }
          await consistent();
        }
      }),
      { numRuns: 150 },
    );
  });
}
