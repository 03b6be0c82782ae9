// Reads on a thread of their own: what they give, and how they end.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parsePrefix } from '../../../../common/text/prefix.ts';
import { systemClock } from '../../../../common/time/clock.ts';
import { addressRows } from '../../../../test/sync/rows.ts';
import type { AuditFilter } from '../../port/audit.ts';
import type { Store } from '../../store.ts';
import { STORE_FILE } from '../file/open.ts';
import { openSqliteStore } from '../sqlite-store.ts';

const RECORDS = 25_000;
const by = { actor: 'admin/alice', reason: '' };
const all = { kind: 'all' as const };

let directory: string;
let store: Store;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-aside-'));
  store = await openSqliteStore({ directory, create: true, clock: systemClock });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Not a chain: for reads alone. */
function fillAudit(): void {
  const db = new DatabaseSync(join(directory, STORE_FILE));
  db.exec('BEGIN');
  const insert = db.prepare(
    "INSERT INTO audit (sequence, at_ms, actor, verb, subject, reason, revision, hash, source) VALUES (?, 1, 'a', ?, 's', '', 0, x'00', '')",
  );
  for (let i = 1; i <= RECORDS; i++) insert.run(i, i % 10_000 === 0 ? 'rare' : 'block');
  db.exec('COMMIT');
  db.close();
}

async function sequences(filter: AuditFilter): Promise<number[]> {
  const found: number[] = [];
  for await (const batch of store.audit(filter)) for (const { sequence } of batch) found.push(sequence);
  return found;
}

it('faults row 66: audit records come in bounded pieces, from the start and from the end', async () => {
  fillAudit();
  expect(await sequences({ verb: 'rare' })).toEqual([10_000, 20_000]);
  expect(await sequences({ verb: 'rare', last: 1 })).toEqual([20_000]);
  expect(await sequences({ last: 3 })).toEqual([RECORDS - 2, RECORDS - 1, RECORDS]);
  expect(await sequences({ verb: 'none' })).toEqual([]);
  expect(await sequences({ afterSequence: RECORDS - 1 })).toEqual([RECORDS]);
  expect(await sequences({})).toHaveLength(RECORDS);
  for await (const batch of store.audit({ last: 10_000 })) expect(batch.length).toBeLessThanOrEqual(500);
});

it('faults row 123: a search that finds nothing comes back after each step', async () => {
  fillAudit();
  for (const filter of [{ verb: 'none' }, { verb: 'none', last: 1 }]) {
    const batches = await gathered(store.audit(filter));
    expect(batches.length).toBeGreaterThanOrEqual(RECORDS / 2000);
    expect(batches.flat()).toEqual([]);
  }
});

it('faults row 66: a read that is left early, or goes on while the store is closed, ends', async () => {
  fillAudit();
  for await (const _batch of store.audit({})) break;
  const reading = store.audit({})[Symbol.asyncIterator]();
  expect((await reading.next()).done).toBe(false);
  await store.close();
  await expect(reading.next()).rejects.toThrow(/stopped reading/);
  await expect(store.verifyAudit()).rejects.toThrow(/stopped reading/);
});

async function gathered(pieces: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

it('faults row 66: claims and rows are what this thread reads', async () => {
  const prefixes = ['203.0.113.1', '2001:db8::/32'].map(parsePrefix);
  const claim = { origin: 'manual', selector: all, expiresMs: 0, dryRun: false };
  await store.addClaims({ ...by, ...claim, prefixes, action: 'block' });
  const list = { name: 'l', action: 'block' as const, selector: all, dryRun: false };
  await store.replaceList({ ...by, ...list, chunks: addressRows(10_000) });
  for (const read of ['claims', 'listRows'] as const) {
    const here = read === 'claims' ? store.claims({}) : store.listRows('l');
    const aside = read === 'claims' ? store.aside.claims({}) : store.aside.listRows('l');
    expect(await gathered(aside)).toEqual(await gathered(here));
  }
  expect(await store.verifyAudit()).toMatchObject({ records: 2, brokenAt: undefined });
});
