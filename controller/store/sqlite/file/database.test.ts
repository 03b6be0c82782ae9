// Changes that take many turns, and the write-ahead log that they leave: nothing of them stays when the store is closed in between, and
// the log does not grow for ever.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { entryCount } from '../../../../common/entries/packed.ts';
import { parseSelector } from '../../../../common/text/selector.ts';
import { systemClock } from '../../../../common/time/clock.ts';
import { addressRows } from '../../../../test/sync/rows.ts';
import type { Store } from '../../store.ts';
import { openSqliteStore } from '../sqlite-store.ts';
import { STORE_FILE } from './open.ts';

const WAL_BYTES = 100_000;
const ROWS = 60_000;

let directory: string;
let store: Store;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-database-'));
  store = await open();
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const open = () => openSqliteStore({ directory, create: true, clock: systemClock, walBytes: WAL_BYTES });
const walBytes = () => statSync(join(directory, `${STORE_FILE}-wal`)).size;

const replace = (from: number, target = 'all') =>
  store.replaceList({
    actor: 'admin/alice',
    reason: '',
    name: 'l',
    action: 'block',
    selector: parseSelector(target),
    chunks: addressRows(ROWS, from),
    dryRun: false,
  });

async function content(): Promise<string> {
  const [list] = await store.lists();
  const rows = [];
  for await (const each of store.listRows('l'))
    rows.push(`${entryCount(each)}:${Buffer.from(each.v4.addresses).toString('hex')}`);
  return JSON.stringify([list, rows]);
}

it.each([1, 4, 10, 20, 40, 80])('is closed %i turns into a large change: nothing of it is there', async (turns) => {
  await replace(0);
  const before = await content();
  const { head } = store;
  const change = replace(ROWS, 'host:web-1');
  const ended = change.then(
    () => 'done',
    () => 'refused',
  );
  for (let i = 0; i < turns; i++) await turn();
  await store.close();
  const outcome = await ended;
  store = await open();
  if (outcome === 'done') expect(store.head).toBe(head + 1n);
  else {
    expect(store.head).toBe(head);
    expect(await content()).toBe(before);
  }
});

it('moves the log to the main file, so that it restarts while changes go on', async () => {
  let longest = 0;
  for (let i = 0; i < 40; i++) {
    await replace(i * ROWS);
    longest = Math.max(longest, walBytes());
    // As long as the thread takes: a log that is still being moved cannot restart.
    for (let waited = 0; i === 0 && waited < 500 && statSync(join(directory, STORE_FILE)).size < ROWS * 4; waited++)
      await sleep(20);
  }
  // Forty changes of more than half a megabyte each.
  expect(longest).toBeLessThan(10_000_000);
});
