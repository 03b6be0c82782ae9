// Rows with an action that this version does not know: the store is refused, and nothing of it becomes a block.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parsePrefix } from '../../../../common/text/prefix.ts';
import { systemClock } from '../../../../common/time/clock.ts';
import type { Store } from '../../store.ts';
import { STORE_FILE } from '../file/open.ts';
import { openSqliteStore } from '../sqlite-store.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-action-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const said = { action: 'block', selector: { kind: 'all' }, actor: 'admin/alice', reason: '', dryRun: false } as const;

async function claims(store: Store): Promise<unknown> {
  const claims = [];
  for await (const batch of store.claims({})) claims.push(...batch);
  return claims;
}

it.each([
  ['UPDATE claim SET monitor = 7', claims],
  ["UPDATE confirmation_claim SET action = 'limit'", (store: Store) => store.confirmations()],
  [`UPDATE confirmation_claim SET final = json_set(final, '$.monitor', 7)`, (store: Store) => store.confirmations()],
  ["UPDATE list SET action = 'limit'", (store: Store) => store.lists()],
  ['UPDATE list SET monitor = 7', (store: Store) => store.lists()],
] as const)('%s', async (sql, read) => {
  const open = () => openSqliteStore({ directory, create: true, clock: systemClock });
  const store = await open();
  const confirm = { id: 'aaaaaa', deadlineMs: Date.now() + 3_600_000 };
  await store.addClaims({ ...said, prefixes: [parsePrefix('203.0.113.1')], origin: 'manual', expiresMs: 0, confirm });
  await store.replaceList({ ...said, name: 'feed', chunks: [] });
  expect(await read(store)).toHaveLength(1);
  await store.close();
  const db = new DatabaseSync(join(directory, STORE_FILE));
  db.exec(sql);
  db.close();
  const again = await open();
  try {
    await expect(Promise.resolve(read(again))).rejects.toMatchObject({ code: 'DATA_LOSS' });
  } finally {
    await again.close();
  }
});
