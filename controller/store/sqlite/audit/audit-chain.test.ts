import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../../common/time/clock.ts';
import { openSqliteStore } from '../sqlite-store.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-audit-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = (create = false) => openSqliteStore({ directory, create, clock: systemClock });

async function withRecords(count: number): Promise<void> {
  const store = await open(true);
  await Promise.all(
    Array.from({ length: count }, (_, i) =>
      store.recordAudit({ actor: `admin/a${i}`, verb: 'refused', subject: `s${i}`, reason: 'ünï\n"code"' }),
    ),
  );
  await store.close();
}

/** The verdict after somebody had the file to themselves. */
async function verdictAfter(...statements: string[]) {
  const db = new DatabaseSync(join(directory, 'store.db'));
  for (const statement of statements) db.exec(statement);
  db.close();
  const store = await open();
  const verdict = await store.verifyAudit();
  await store.close();
  return verdict;
}

it('is whole over many batches, and goes on where it was after a restart', async () => {
  await withRecords(4500);
  expect(await verdictAfter()).toMatchObject({ records: 4500, brokenAt: undefined });
  const store = await open();
  const before = await store.verifyAudit();
  await store.recordAudit({ actor: 'a', verb: 'detach', subject: 's', reason: '' });
  const after = await store.verifyAudit();
  expect(after).toMatchObject({ records: 4501, brokenAt: undefined });
  expect(after.head).not.toEqual(before.head);
  await store.close();
});

it.each([
  ['a changed field', ["UPDATE audit SET actor = 'admin/eve' WHERE sequence = 7"], 7],
  ['a changed time', ['UPDATE audit SET at_ms = at_ms + 1 WHERE sequence = 1'], 1],
  ['a record that is gone', ['DELETE FROM audit WHERE sequence = 5'], 5],
  [
    'a gap that was closed',
    ['DELETE FROM audit WHERE sequence = 5', 'UPDATE audit SET sequence = sequence - 1 WHERE sequence > 5'],
    5,
  ],
  [
    'two that changed places',
    [
      'UPDATE audit SET sequence = 99 WHERE sequence = 3',
      'UPDATE audit SET sequence = 3 WHERE sequence = 4',
      'UPDATE audit SET sequence = 4 WHERE sequence = 99',
    ],
    3,
  ],
  ['the last one that is gone is not seen, but the head differs', ['DELETE FROM audit WHERE sequence = 10'], undefined],
])('shows %s', async (_what, statements, brokenAt) => {
  await withRecords(10);
  const whole = await verdictAfter();
  const verdict = await verdictAfter(...statements);
  expect(verdict.brokenAt).toBe(brokenAt);
  expect(verdict.head).not.toEqual(whole.head);
});
