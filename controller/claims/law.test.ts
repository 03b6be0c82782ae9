// The law of single claims over a store in memory: what a block, an unblock, a confirmation and the time make of what is there.
import { beforeEach, describe, expect, it } from 'vitest';
import { unpackEntries } from '../../common/entries/packed.ts';
import { formatPrefix, parsePrefix } from '../../common/text/prefix.ts';
import { formatSelector, parseSelector } from '../../common/text/selector.ts';
import { MemoryChange } from '../store/memory/change.ts';
import { MemoryClaims } from '../store/memory/claims.ts';
import { addClaims } from './block.ts';
import type { AddClaims, RemoveClaims } from './change.ts';
import type { ClaimTx } from './claim-tx.ts';
import { confirmChange } from './confirm.ts';
import { endClaims } from './end.ts';
import { atOnce, ready, type Steps, withPauses } from './steps.ts';
import { removeClaims } from './unblock.ts';

const START = 1_700_000_000_000;
const X = '203.0.113.0/24';
const ALL = parseSelector('all');

let state: MemoryClaims;
let now: number;
let head: bigint;
/** Of the last change: what hosts are told, and the audit. */
let told: string[];
let audited: string[];

beforeEach(() => {
  state = new MemoryClaims();
  now = START;
  head = 0n;
  told = [];
  audited = [];
});

/** One transaction: what throws has changed nothing. */
function run<T>(rule: (tx: ClaimTx) => Steps<T>): T {
  const change = new MemoryChange(now, head);
  const next = new MemoryClaims(state);
  const result = atOnce(rule(next.tx(change)));
  state = next;
  head = change.head();
  const row = (sign: string) => (entry: ReturnType<typeof unpackEntries>[number]) =>
    `${sign}${formatPrefix(entry.prefix)}${entry.action === 'block' ? '' : ` ${entry.action}`}${entry.ttlMs ? ` ${entry.ttlMs - START}` : ''}`;
  told = change.layers.flatMap(({ sets, deletes }) => [
    ...unpackEntries(sets).map(row('+')),
    ...unpackEntries(deletes).map(row('-')),
  ]);
  audited = change.records.map(({ verb, subject, reason }) => `${verb} ${subject}${reason ? `: ${reason}` : ''}`);
  return result;
}

const request = (more: Partial<AddClaims & { on: string }> = {}): AddClaims => ({
  prefixes: [parsePrefix(more.on ?? X)],
  action: 'block',
  origin: 'manual',
  selector: ALL,
  reason: '',
  actor: 'admin/alice',
  expiresMs: 0,
  dryRun: false,
  ...more,
});
const block = (more: Partial<AddClaims & { on: string }> = {}) => run((tx) => addClaims(tx, request(more)));
const unblock = (more: Partial<RemoveClaims & { on: string }> = {}) =>
  run((tx) =>
    removeClaims(tx, {
      ...request(),
      action: 'block',
      selector: undefined,
      prefixes: [parsePrefix(more.on ?? X)],
      ...more,
    }),
  );
const confirm = (mayForce = true, id = 'aaaaaa') =>
  run((tx) => confirmChange(tx, id, { actor: 'admin/bob', reason: '', mayForce }));
const end = () => run((tx) => endClaims(tx, now));
const awaited = (ms: number, id = 'aaaaaa') => ({ confirm: { id, deadlineMs: now + ms } });
const claims = () =>
  [...state.claims.values()].map(
    ({ prefix, origin, selector, action, expiresMs }) =>
      `${formatPrefix(prefix)} ${origin} ${formatSelector(selector)}${action === 'block' ? '' : ` ${action}`} ${expiresMs ? expiresMs - START : 'for good'}`,
  );

describe('a block', () => {
  it('extends an end and never shortens it, and makes no revision of what is there', () => {
    expect(block({ expiresMs: START + 1000 })).toMatchObject({ outcomes: ['ADDED'], revision: 1n });
    expect(block({ expiresMs: START + 500 })).toMatchObject({ outcomes: ['UNCHANGED'], revision: 1n });
    expect([told, audited]).toEqual([[], []]);
    expect(block({ expiresMs: START + 2000 })).toMatchObject({ outcomes: ['UPDATED'], revision: 2n });
    expect(block()).toMatchObject({ outcomes: ['UPDATED'], revision: 3n });
    expect(block({ expiresMs: START + 9000 })).toMatchObject({ outcomes: ['UNCHANGED'] });
    expect(claims()).toEqual([`${X} manual all for good`]);
  });

  it('takes the place of monitor-only with an end of its own, and a weaker request changes nothing', () => {
    block({ action: 'monitor', reason: 'look' });
    expect(block({ expiresMs: START + 1000, reason: 'stop' }).outcomes).toEqual(['UPDATED']);
    expect(told).toEqual([`+${X} 1000`]);
    expect(block({ action: 'monitor', reason: 'weaker' }).outcomes).toEqual(['UNCHANGED']);
    expect([...state.claims.values()].map(({ reason }) => reason)).toEqual(['stop']);
  });

  it('starts afresh where the claim has ended and was not removed yet', () => {
    block({ expiresMs: START + 1000, action: 'monitor' });
    now += 1000;
    expect(block({ expiresMs: now + 10 }).outcomes).toEqual(['ADDED']);
    expect(claims()).toEqual([`${X} manual all 1010`]);
  });

  it('leaves covering and inner prefixes, other origins and other selectors as they are', () => {
    block({ on: '203.0.0.0/16' });
    block({ on: '203.0.113.7/32' });
    block({ origin: 'crowdsec', expiresMs: START + 5 });
    block({ selector: parseSelector('host:web1') });
    const before = claims();
    block({ expiresMs: START + 1000 });
    expect(told).toEqual([`+${X} 1000`]);
    expect(claims()).toEqual([...before, `${X} manual all 1000`]);
  });

  it('is refused as a whole when its actor’s ranges are too wide together', () => {
    const widest = { 4: 9, 6: 17 };
    block({ on: '16.0.0.0/10', widest });
    block({ on: '16.0.0.0/10', origin: 'other', widest });
    block({ on: '16.64.0.0/10', widest });
    const before = claims();
    expect(() => block({ on: '17.0.0.0/23', widest })).toThrow('wider than a /9 together');
    expect(claims()).toEqual(before);
    expect(block({ on: '17.0.0.0/24', widest }).outcomes).toEqual(['ADDED']);
    expect(block({ on: '17.0.0.0/23', widest, action: 'monitor' }).outcomes).toEqual(['ADDED']);
    expect(block({ on: '18.0.0.0/23', widest, actor: 'admin/bob' }).outcomes).toEqual(['ADDED']);
  });

  it('says in the audit what is uncommon about it', () => {
    block({ ...awaited(60_000), forced: true, reason: 'attack' });
    expect(audited).toEqual([`block ${X} on all (forced; undone unless aaaaaa is confirmed within 1m): attack`]);
  });
});

describe('an unblock', () => {
  it('removes one origin’s claim on exactly the prefix; what others say decides the row', () => {
    block();
    block({ origin: 'crowdsec', action: 'monitor' });
    block({ on: '203.0.113.7/32' });
    expect(unblock()).toMatchObject({ outcomes: ['REMOVED'], targets: [ALL] });
    expect(told).toEqual([`+${X} monitor`]);
    expect(unblock({ origin: 'crowdsec' }).outcomes).toEqual(['REMOVED']);
    expect(told).toEqual([`-${X}`]);
    expect(unblock()).toMatchObject({ outcomes: ['NOT_FOUND'], targets: [] });
    expect(audited).toEqual([]);
  });

  it('takes every selector, or the one that is named', () => {
    block();
    block({ selector: parseSelector('host:web1') });
    expect(unblock({ selector: parseSelector('host:web1') }).targets.map(formatSelector)).toEqual(['host:web1']);
    block({ selector: parseSelector('host:web1') });
    expect(unblock().targets.map(formatSelector)).toEqual(['all', 'host:web1']);
  });

  it('takes what waits with it: nothing is left to confirm or to undo', () => {
    block(awaited(1000));
    unblock();
    expect(() => confirm()).toThrow('nothing of aaaaaa is left to confirm');
    now += 1000;
    expect(end()).toEqual({ undone: [], ended: 0 });
    expect(state.confirmations.get('aaaaaa')?.state).toBe('replaced');
  });
});

describe('a change that waits', () => {
  it('ends at its deadline, and has the end that was asked for once it is confirmed', () => {
    expect(block({ ...awaited(1000), expiresMs: START + 9000 })).toMatchObject({
      outcomes: ['ADDED'],
      unconfirmed: true,
    });
    expect(told).toEqual([`+${X} 1000`]);
    expect(confirm()).toMatchObject({ outcomes: ['UPDATED'], revision: 2n });
    expect([told, audited]).toEqual([[`+${X} 9000`], [`confirm aaaaaa: ${X} on all`]]);
    expect(() => confirm()).toThrow('was confirmed already');
    expect(() => confirm(true, 'bbbbbb')).toThrow('nothing waits to be confirmed as "bbbbbb"');
  });

  it('waits for nothing when it ends before, or is there already', () => {
    expect(block({ ...awaited(1000), expiresMs: START + 1000 }).unconfirmed).toBe(false);
    block({ on: '198.51.100.7' });
    expect(block({ ...awaited(1000), on: '198.51.100.7' })).toMatchObject({
      outcomes: ['UNCHANGED'],
      unconfirmed: false,
    });
    expect(state.confirmations.size).toBe(0);
  });

  it('is undone at the deadline: what was there before is there again, unless it has ended', () => {
    block({ action: 'monitor', expiresMs: START + 5000 });
    block({ ...awaited(1000), on: '198.51.100.7' });
    block({ ...awaited(1000, 'bbbbbb'), reason: 'why' });
    now += 1000;
    expect(end()).toMatchObject({ undone: [{ id: 'aaaaaa' }, { id: 'bbbbbb', actor: 'admin/alice' }], ended: 0 });
    expect(told).toEqual(['-198.51.100.7/32', `+${X} monitor 5000`]);
    expect(audited[1]).toBe(`undo bbbbbb: ${X} on all: admin/alice did not confirm it within 1s: why`);
    expect(() => confirm()).toThrow('too late: aaaaaa was undone');
    expect(claims()).toEqual([`${X} manual all monitor 5000`]);
  });

  it('goes back to what was there before all that waits, and keeps what somebody extended since', () => {
    block({ expiresMs: START + 500 });
    block({ ...awaited(1000) });
    block({ ...awaited(2000, 'bbbbbb'), reason: 'again' });
    block({ on: '198.51.100.7', ...awaited(2000, 'cccccc') });
    block({ on: '198.51.100.7', expiresMs: START + 7000 });
    now += 2000;
    expect(end().undone.map(({ id }) => id)).toEqual(['bbbbbb', 'cccccc']);
    expect(claims()).toEqual(['198.51.100.7/32 manual all 7000']);
    expect(state.confirmations.get('aaaaaa')?.state).toBe('replaced');
  });

  it('goes back to a claim that only monitors, past the change that waited before it', () => {
    block({ action: 'monitor' });
    block({ ...awaited(1000) });
    block({ ...awaited(2000, 'bbbbbb'), reason: 'again' });
    now += 2000;
    end();
    expect(claims()).toEqual([`${X} manual all monitor for good`]);
  });

  it('does not bring back what has ended before the deadline', () => {
    block({ action: 'monitor', expiresMs: START + 500 });
    block({ ...awaited(1000) });
    now += 1000;
    expect(end()).toMatchObject({ undone: [{ id: 'aaaaaa' }], ended: 0 });
    expect(claims()).toEqual([]);
  });

  it('is confirmed by an admin alone when it overrode the guard', () => {
    block({ ...awaited(1000), forced: true });
    expect(() => confirm(false)).toThrow('only an admin');
    expect(confirm().outcomes).toEqual(['UPDATED']);
  });

  it('is confirmed although the claim is gone, and remembered for a week', () => {
    block(awaited(1000));
    state.claims.clear();
    expect(confirm().outcomes).toEqual(['UPDATED']);
    expect(claims()).toEqual([`${X} manual all for good`]);
    now += 7 * 86_400_000 + 1;
    block({ on: '198.51.100.7', ...awaited(1000, 'bbbbbb') });
    expect([...state.confirmations.keys()]).toEqual(['bbbbbb']);
  });
});

it('removes what has ended, the first to end first, in one revision', () => {
  block({ expiresMs: START + 2 });
  block({ on: '198.51.100.7', expiresMs: START + 1 });
  block({ on: '198.51.100.8', expiresMs: START + 3 });
  block({ on: '198.51.100.7', origin: 'crowdsec' });
  now += 2;
  expect(end()).toEqual({ undone: [], ended: 2 });
  expect(told).toEqual(['+198.51.100.7/32', `-${X}`]);
  expect(audited).toEqual([`expire 198.51.100.7/32 ${X} on all: ended`]);
});

it('runs on a store that has to wait for what it reads, and says so where it may not wait', async () => {
  const slow = (tx: ClaimTx): ClaimTx => ({
    ...tx,
    *on(prefix, action) {
      yield Promise.resolve();
      return yield* tx.on(prefix, action);
    },
  });
  const change = new MemoryChange(now, head);
  expect(await withPauses(addClaims(slow(state.tx(change)), request()))).toMatchObject({ outcomes: ['ADDED'] });
  expect(() => atOnce(addClaims(slow(state.tx(change)), request()))).toThrow('has to wait');
  expect(atOnce(ready(7))).toBe(7);
});
