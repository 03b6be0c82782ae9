// The law of lists over a store in memory: what imports, exceptions, a removal and the time make of what is there.
import { beforeEach, describe, expect, it } from 'vitest';
import { NO_ROWS, packEntries, unpackEntries } from '../../../common/entries/packed.ts';
import { MAX_LIST_ROWS } from '../../../common/lists/columns.ts';
import { formatPrefix, parsePrefix } from '../../../common/text/prefix.ts';
import { parseSelector } from '../../../common/text/selector.ts';
import { MemoryChange } from '../../store/memory/change.ts';
import { MemoryLists } from '../../store/memory/lists.ts';
import { atOnce, type Steps } from '../steps.ts';
import { endListRows } from './end.ts';
import { changeExceptions } from './except.ts';
import type { ReplaceList } from './list.ts';
import type { ListTx } from './list-tx.ts';
import { heldRows } from './reads.ts';
import { removeList } from './remove.ts';
import { replaceList } from './replace.ts';

const START = 1_700_000_000_000;
const BY = { actor: 'admin/alice', reason: 'test' };

let state: MemoryLists;
let now: number;
let head: bigint;
/** Of the last change: what hosts are told, and the audit. */
let told: string[];
let audited: string[];

beforeEach(() => {
  state = new MemoryLists();
  now = START;
  head = 0n;
});

type Row = ReturnType<typeof unpackEntries>[number];
const rowText = ({ prefix, action, ttlMs }: Row) =>
  `${formatPrefix(prefix)}${action === 'block' ? '' : ` ${action}`}${ttlMs ? ` ${ttlMs - START}` : ''}`;

/** One transaction: what throws has changed nothing. */
function run<T>(rule: (tx: ListTx) => Steps<T>): T {
  const change = new MemoryChange(now, head);
  const next = new MemoryLists(state);
  const result = atOnce(rule(next.tx(change)));
  state = next;
  head = change.head();
  told = change.layers.flatMap(({ sets, deletes }) => [
    ...unpackEntries(sets).map((row) => `+${rowText(row)}`),
    ...unpackEntries(deletes).map(({ prefix }) => `-${formatPrefix(prefix)}`),
  ]);
  audited = change.records.map(({ verb, subject, reason }) => `${verb} ${subject}: ${reason}`);
  return result;
}

const request = (prefixes: readonly string[], more: Partial<ReplaceList & { ttlMs: number }> = {}): ReplaceList => ({
  ...BY,
  name: 'x',
  action: 'block',
  selector: parseSelector('all'),
  dryRun: false,
  chunks: prefixes.map((text) => packEntries([{ prefix: parsePrefix(text), action: 'block', ttlMs: more.ttlMs ?? 0 }])),
  ...more,
});
const replace = (...asked: Parameters<typeof request>) => run((tx) => replaceList(tx, request(...asked)));
const change = (except: boolean, ...prefixes: string[]) =>
  run((tx) => changeExceptions(tx, { ...BY, name: 'x', except, dryRun: false, prefixes: prefixes.map(parsePrefix) }));
const end = () => run((tx) => endListRows(tx, now));

async function held(name = 'x'): Promise<string[]> {
  const rows: string[] = [];
  for await (const part of heldRows(state.reads(), name)) rows.push(...unpackEntries(part).map(rowText));
  return rows.sort();
}

const many = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => `20.0.${(from + i) >> 8}.${(from + i) & 255}/32`);

describe('an import', () => {
  it('tells the difference, in one revision, and makes none of what is there', async () => {
    expect(replace(['192.0.2.1', '192.0.2.2'])).toMatchObject({ revision: 1n, added: 2, former: undefined });
    expect(replace(['192.0.2.2', '192.0.2.3', '192.0.2.3'])).toMatchObject({
      ...{ revision: 2n, added: 1, updated: 0, unchanged: 1, removed: 1 },
      former: { name: 'x', entries: 2, createdMs: START },
    });
    expect(told).toEqual(['+192.0.2.3/32', '-192.0.2.1/32']);
    expect(audited).toEqual(['import list:x on all: 2 rows, +1 ~0 -1: test']);
    now += 1000;
    expect(replace(['192.0.2.3', '192.0.2.2'])).toMatchObject({ revision: 2n, unchanged: 2 });
    expect([told, audited]).toEqual([[], []]);
    expect(state.all()).toMatchObject([{ entries: 2, createdMs: START, updatedMs: START + 1000 }]);
  });

  it('updates rows that get another end or another effect, with the flags of the list', async () => {
    replace(['192.0.2.1', '192.0.2.2'], { ttlMs: 5000 });
    now += 900;
    expect(replace(['192.0.2.1', '192.0.2.2'], { ttlMs: 5000 })).toMatchObject({ updated: 0, unchanged: 2 });
    expect(replace(['192.0.2.1'], { ttlMs: 9000, action: 'monitor' })).toMatchObject({
      updated: 1,
      removed: 1,
      added: 0,
    });
    expect(told).toEqual(['+192.0.2.1/32 monitor 9900', '-192.0.2.2/32']);
    replace(['192.0.2.1'], { action: 'allow' });
    expect(await held()).toEqual(['192.0.2.1/32 allow']);
  });

  it('with another target moves all rows from one layer to the other', () => {
    replace(['192.0.2.1', '192.0.2.2']);
    const moved = replace(['192.0.2.2'], { selector: parseSelector('host:web1'), skipped: 3 });
    expect(moved).toMatchObject({ revision: 2n, unchanged: 1, removed: 1 });
    expect(moved.targets).toEqual([parseSelector('all'), parseSelector('host:web1')]);
    expect(told).toEqual(['-192.0.2.1/32', '-192.0.2.2/32', '+192.0.2.2/32']);
    expect(audited).toEqual(['import list:x on host:web1: 1 rows, +0 ~0 -1, 3 refused rows left out: test']);
  });

  it('asks for approval with what was there and how many rows are to be, and changes nothing without', async () => {
    replace(['192.0.2.1']);
    const asked: unknown[] = [];
    const approve: ReplaceList['approve'] = (former, entries) => {
      asked.push(former?.entries, entries);
      throw new Error('not meant');
    };
    expect(() => replace(['192.0.2.2', '192.0.2.3'], { approve })).toThrow('not meant');
    expect(asked).toEqual([1, 2]);
    expect(await held()).toEqual(['192.0.2.1/32']);
  });

  it('is refused with more rows than a list may have', () => {
    const chunks = [{ v4: { ...NO_ROWS, count: MAX_LIST_ROWS }, v6: { ...NO_ROWS, count: 1 } }];
    expect(() => replace([], { chunks })).toThrow('a list has at most 4000000 rows, this one has 4000001');
  });

  it('spreads a list that grew or shrank over another number of buckets, and tells the difference alone', async () => {
    replace(many(10));
    expect(replace(many(5000, 5))).toMatchObject({ added: 4995, unchanged: 5, removed: 5 });
    expect(told).toHaveLength(5000);
    expect(state.all()).toMatchObject([{ buckets: 2, entries: 5000 }]);
    expect(await held()).toEqual(many(5000, 5).sort());
    expect(replace(many(3, 5))).toMatchObject({ unchanged: 3, removed: 4997 });
    expect(state.all()).toMatchObject([{ buckets: 1, entries: 3 }]);
    expect(atOnce(state.reads().bucket('x', 1))).toMatchObject({ v4: { count: 0 } });
    expect(await held()).toEqual(many(3, 5));
  });
});

describe('an exception', () => {
  it('splits the row that it meets, in what hosts hold, and taken back leaves what the file says', async () => {
    replace(['192.0.2.0/30', '203.0.113.0/24']);
    expect(change(true, '192.0.2.1', '10.0.0.1')).toMatchObject({ revision: 2n, outcomes: ['REMOVED', 'NOT_FOUND'] });
    expect(told.sort()).toEqual(['+192.0.2.0/32', '+192.0.2.2/31', '-192.0.2.0/30']);
    expect(audited).toEqual(['list.except 192.0.2.1/32 10.0.0.1/32 of list:x: test']);
    expect(state.all()).toMatchObject([{ entries: 3, exceptions: 2 }]);
    expect(change(false, '192.0.2.1', '10.0.0.1').outcomes).toEqual(['ADDED', 'UPDATED']);
    expect(told.sort()).toEqual(['+192.0.2.0/30', '-192.0.2.0/32', '-192.0.2.2/31']);
    expect(await held()).toEqual(['192.0.2.0/30', '203.0.113.0/24']);
    expect(state.all()).toMatchObject([{ entries: 2, exceptions: 0 }]);
  });

  it('of which the list has nothing is remembered, without a revision', async () => {
    replace(['192.0.2.1']);
    expect(change(true, '198.51.100.0/24')).toMatchObject({ revision: 1n, outcomes: ['NOT_FOUND'] });
    expect([told, audited.length]).toEqual([[], 1]);
    expect(replace(['192.0.2.1', '198.51.100.7'])).toMatchObject({ revision: 1n, added: 0, unchanged: 1 });
    expect(change(false, '198.51.100.0/24')).toMatchObject({ revision: 2n, outcomes: ['ADDED'] });
    expect(await held()).toEqual(['192.0.2.1/32', '198.51.100.7/32']);
  });

  it('holds where a list grows over a rewrite', async () => {
    replace(['192.0.2.0/30']);
    change(true, '192.0.2.3', '20.0.0.7');
    replace(['192.0.2.0/30', ...many(5000)]);
    const rest = ['192.0.2.0/31', '192.0.2.2/32'];
    expect(state.all()).toMatchObject([{ buckets: 2, entries: 5001 }]);
    expect(await held()).toEqual([...rest, ...many(7), ...many(4992, 8)].sort());
    change(false, '192.0.2.3', '20.0.0.7');
    expect(await held()).toEqual(['192.0.2.0/30', ...many(5000)].sort());
  });

  it('stores what the file says where hosts hold the same without it', async () => {
    replace(['192.0.2.0/31']);
    change(true, '192.0.2.1');
    expect(replace(['192.0.2.0'])).toMatchObject({ revision: 2n, unchanged: 1 });
    expect(await held()).toEqual(['192.0.2.0/32']);
  });

  it('leaves a row until the later end where two rows leave the same', async () => {
    const chunks = [
      ...request(['192.0.2.0/31'], { ttlMs: 1000 }).chunks,
      ...request(['192.0.2.0/32'], { ttlMs: 2000 }).chunks,
    ];
    replace([], { chunks });
    change(true, '192.0.2.1');
    expect(await held()).toEqual(['192.0.2.0/32 2000']);
  });
});

describe('the time', () => {
  it('ends rows, and what is left of rows that meet an exception', async () => {
    const chunks = [
      ...request(['192.0.2.0/30'], { ttlMs: 1000 }).chunks,
      ...request(['192.0.2.9'], { ttlMs: 2000 }).chunks,
      ...request(['192.0.2.10']).chunks,
    ];
    replace([], { chunks });
    change(true, '192.0.2.1');
    now += 1000;
    expect(end()).toBe(2);
    expect(told.sort()).toEqual(['-192.0.2.0/32', '-192.0.2.2/31']);
    expect(audited).toEqual(['expire 2 rows of list:x: ended']);
    expect(change(false, '192.0.2.1').outcomes).toEqual(['UPDATED']);
    now += 1000;
    expect(end()).toBe(1);
    expect(await held()).toEqual(['192.0.2.10/32']);
    expect(state.all()).toMatchObject([{ entries: 1, updatedMs: START }]);
    expect([end(), told, audited]).toEqual([0, [], []]);
  });

  it('makes no revision of the end of what hosts do not hold', () => {
    replace(['192.0.2.1'], { ttlMs: 1000 });
    change(true, '192.0.2.0/24');
    now += 1000;
    expect([end(), told, audited, head]).toEqual([0, [], [], 2n]);
    expect([...state.ends()]).toEqual([]);
  });

  it('ends a bounded number of buckets in one change', () => {
    for (let i = 0; i < 40; i++) replace(['192.0.2.1'], { name: `list-${i}`, ttlMs: 1000 });
    now += 1000;
    expect([end(), end(), end()]).toEqual([32, 8, 0]);
  });
});

it('a removal takes the rows, the exceptions and the list', async () => {
  replace(['192.0.2.0/30', '198.51.100.1']);
  change(true, '192.0.2.1');
  expect(run((tx) => removeList(tx, 'x', BY))).toMatchObject({ revision: 3n, removed: 3, former: { exceptions: 1 } });
  expect(told.sort()).toEqual(['-192.0.2.0/32', '-192.0.2.2/31', '-198.51.100.1/32']);
  expect(audited).toEqual(['list.remove list:x (3 rows): test']);
  expect(state.all()).toEqual([]);
  expect(() => run((tx) => removeList(tx, 'x', BY))).toThrow('there is no list "x"');
  replace(['192.0.2.0/30']);
  expect(await held()).toEqual(['192.0.2.0/30']);
});

it('every change may be held up at each bucket that it reads or writes', () => {
  const texts = many(33_000);
  const chunks = [packEntries(texts.map((text) => ({ prefix: parsePrefix(text), action: 'block', ttlMs: 0 })))];
  const prefixes = texts.slice(0, 200).map(parsePrefix);
  const asked = { ...BY, name: 'x', prefixes, dryRun: false };
  const buckets = 16;
  expect(pauses((tx) => replaceList(tx, request([], { chunks })))).toBeGreaterThanOrEqual(buckets);
  expect(state.all()).toMatchObject([{ buckets }]);
  expect(pauses((tx) => changeExceptions(tx, { ...asked, except: true }))).toBeGreaterThanOrEqual(2 * buckets);
  expect(pauses((tx) => changeExceptions(tx, { ...asked, except: false }))).toBeGreaterThanOrEqual(2 * buckets);
  expect(pauses((tx) => replaceList(tx, request([], { chunks })))).toBeGreaterThanOrEqual(2 * buckets);
  expect(pauses((tx) => removeList(tx, 'x', BY))).toBeGreaterThanOrEqual(buckets);
});

/** How often a change could be held up. */
function pauses<T>(rule: (tx: ListTx) => Steps<T>): number {
  return run(function* (tx) {
    const steps = rule(tx);
    let count = 0;
    while (!steps.next().done) count++;
    yield;
    return count;
  });
}
