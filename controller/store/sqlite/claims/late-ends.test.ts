// Ends past any calendar: refused at the edge; a store in which an earlier version kept one starts, serves and ends the rest.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Entry, packEntries, unpackEntries } from '../../../../common/entries/packed.ts';
import { createLogger } from '../../../../common/logger.ts';
import { parsePrefix } from '../../../../common/text/prefix.ts';
import { systemClock } from '../../../../common/time/clock.ts';
import { startExpiry } from '../../../operations/expiry.ts';
import type { Store } from '../../store.ts';
import { openSqliteStore } from '../sqlite-store.ts';

let directory: string;
let store: Store;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-late-'));
  store = await openSqliteStore({ directory, create: true, clock: systemClock });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const row = (prefix: string, ttlMs: number): Entry => ({
  prefix: parsePrefix(prefix),
  action: 'block',
  ttlMs,
});
const by = { actor: 'admin/alice', reason: '' };
const list = { name: 'l', action: 'block' as const, selector: { kind: 'all' as const }, dryRun: false };

/** As versions before this one let rows in: past the checks of the edge. */
const importRow = (ttlMs: number) =>
  store.replaceList({ ...by, ...list, chunks: [packEntries([row('203.0.113.2', ttlMs)])] });

it.each([2 ** 53 - 1, 2 ** 53, 2_600_000_000 * 3_600_000, 2 ** 62])(
  'faults row 57: a stored end of %d is served',
  async (ttlMs) => {
    const followed: bigint[] = [];
    store.follow(({ revision }) => followed.push(revision));
    await importRow(ttlMs);
    expect(await store.nextExpiryMs()).toBeGreaterThan(Date.now());
    await store.close();
    store = await openSqliteStore({ directory, clock: systemClock });
    expect(await store.nextExpiryMs()).toBeGreaterThan(Date.now());
    const expiry = startExpiry({
      store,
      clock: systemClock,
      log: createLogger('test', 'silent'),
      mayChange: () => true,
      onUndone: () => {},
    });
    await importRow(0);
    expiry.stop();
    expect(await store.nextExpiryMs()).toBe(0);
    await importRow(ttlMs);
    for await (const rows of store.listRows('l'))
      for (const { ttlMs: end } of unpackEntries(rows)) expect(new Date(end).getTime()).toBeGreaterThan(Date.now());
    expect(await store.expireClaims(Date.now())).toMatchObject({ removed: 0 });
    expect(followed).toEqual([1n]);
  },
);

it('faults row 58: a follower that throws takes neither the change nor what the others hear', async () => {
  await store.close();
  const errors: unknown[] = [];
  store = await openSqliteStore({ directory, clock: systemClock, onFollowerError: (error) => errors.push(error) });
  const broken = new RangeError('broken');
  store.follow(() => {
    throw broken;
  });
  const heard: bigint[] = [];
  store.follow(({ revision }) => heard.push(revision));
  expect(await importRow(0)).toMatchObject({ revision: 1n });
  expect(await store.removeList('l', by, false)).toMatchObject({ revision: 2n });
  expect(heard).toEqual([1n, 2n]);
  expect(errors).toEqual([broken, broken]);
});
