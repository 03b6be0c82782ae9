// Starts and stops of the store that are cut short: no crash and no power cut may leave a store that calls itself damaged.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../common/time/clock.ts';
import { openSqliteStore } from '../../controller/store/sqlite/sqlite-store.ts';

const opener = fileURLToPath(new URL('store-opener.ts', import.meta.url));
const hasStrace = spawnSync('strace', ['-V'], { stdio: 'ignore' }).status === 0;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-store-open-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const store = () => join(directory, 'store');
const run = (failpoints: string) =>
  spawnSync(process.execPath, [opener, store()], {
    encoding: 'utf8',
    env: { ...process.env, FLEETBLOCK_FAILPOINTS: failpoints },
  });

it.each([
  ['store.open.made', ''],
  ['store.open.created', ''],
  ['store.open.wal-made', ''],
  ['store.open.marked', ''],
  ['store.commit.before', 'opened\n'],
  ['store.commit.after', 'opened\n'],
  ['store.close.flushed', 'opened\ncommitted\n'],
  ['store.close.marked', 'opened\ncommitted\n'],
])('faults row 21: killed at %s, of a new store and of one that was there, it opens again', async (point, said) => {
  for (const round of ['new', 'there']) {
    const { stdout, stderr, signal } = run(`${point}=kill`);
    // An existing store is not recreated.
    if (round === 'there' && (point === 'store.open.made' || point === 'store.open.created')) continue;
    expect({ stdout, signal }, `${round}: ${stderr}`).toEqual({ stdout: said, signal: 'SIGKILL' });
    const again = run('');
    expect(again.stdout, again.stderr).toBe('opened\ncommitted\nclosed\n');
  }
  const opened = await openSqliteStore({ directory: store(), clock: systemClock });
  // Every run that said committed, and at most the one more that was killed with its answer still to come.
  expect(Number(opened.head)).toBeGreaterThanOrEqual(said.includes('committed') ? 4 : 1);
  await opened.close();
});

/** What reached the disk, in order, of a traced run: the names that a power cut at some moment would leave. */
it.skipIf(!hasStrace)('the WAL is durably in its directory before the store says that there is one', () => {
  const trace = join(directory, 'trace');
  execFileSync('strace', [
    '-f',
    '-y',
    '-e',
    'trace=openat,unlink,fsync,write',
    '-o',
    trace,
    process.execPath,
    opener,
    store(),
  ]);
  const wal = `${store()}/store.db-wal`;
  let walSynced = false;
  let marked = false;
  let opened = false;
  for (const line of readFileSync(trace, 'utf8').split('\n')) {
    if (line.includes(`"${wal}"`) && line.includes('O_CREAT') && !marked) walSynced = false;
    if (line.includes('unlink') && line.includes(`"${wal}"`)) {
      expect(opened, 'the WAL is taken away before the store is open').toBe(true);
      break;
    }
    if (/fsync\(\d+<(.*)>\)/.exec(line)?.[1] === store()) walSynced = true;
    // The mark is what is written to the main file first after it has its name.
    if (/fsync\(\d+<(.*)>\)/.exec(line)?.[1] === `${store()}/store.db` && !marked) {
      marked = true;
      expect(walSynced, 'the main file says that there is a WAL before its directory is synced').toBe(true);
    }
    if (line.includes('"opened')) opened = true;
  }
  expect({ marked, opened }).toEqual({ marked: true, opened: true });
  expect(existsSync(wal)).toBe(false);
});
