// A store with a million rows of a list and a million records in its audit: start, verification, backup, and forgetting a million rows
// of history at once.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseSelector } from '../../common/text/selector.ts';
import { systemClock } from '../../common/time/clock.ts';
import { DataDirectory } from '../../controller/store/data-dir.ts';
import { STORE_FILE } from '../../controller/store/sqlite/file/open.ts';
import { openSqliteStore } from '../../controller/store/sqlite/sqlite-store.ts';
import type { Store } from '../../controller/store/store.ts';
import type { Lab } from '../../lab/lab.ts';
import { addressRows } from '../../test/sync/rows.ts';
import { fillAudit } from '../abuse/full-audit.ts';
import { benchLab, changed, ENTRIES, importList, listFile, scratch, timed } from './bench-lab.ts';
import type { PartResult } from './part.ts';

const AUDIT_RECORDS = 1_000_000;
const BY = { actor: 'admin/bench', reason: '' };
const ALL = parseSelector('all');
/** Revisions of history that are kept, and rows that each of the first ones touches: a tenth of them is forgotten at once. */
const KEPT_REVISIONS = 100;
const TOUCHED_ROWS = 100_000;

export async function fullStore(): Promise<PartResult> {
  const file = listFile(0);
  const { lab, stalls } = await benchLab(0);
  await using _ = lab;
  await importList(lab, file);
  const clean = await restarted(lab, () => {});
  const filled = await restarted(lab, () =>
    fillAudit(join(new DataDirectory(lab.dataDir).store, STORE_FILE), AUDIT_RECORDS),
  );
  await stalls.during('start with 1 M rows and 1 M audit records, until it serves', async () => {});
  const verified = await stalls.during('audit verify, 1 M records', () => timed(lab, 'audit', 'verify'));
  const target = join(scratch, 'backup.db');
  const backedUp = await stalls.during('backup', async () => {
    const started = performance.now();
    const { exitCode, stderr } = await lab.controllerCommand('backup', '--data-dir', lab.dataDir, target);
    if (exitCode !== 0) throw new Error(`backup: ${stderr}`);
    return performance.now() - started;
  });
  rmSync(target);
  await stalls.during('one block', () => changed(lab, 'block', '198.51.100.1', '--all-hosts', '--no-wait'));
  const forgotten = await compaction();
  const serving = stalls.rows.filter(({ what }) => !what.startsWith('start'));
  return {
    findings: [
      { question: 'controller with 1 M rows, started to serving', value: clean, unit: 'ms' },
      { question: 'the same with 1 M audit records', value: filled, unit: 'ms' },
      { question: 'fleetblock audit verify, 1 M records', value: verified, unit: 'ms' },
      { question: 'fleetblock-controller backup, 1 M rows and 1 M records', value: backedUp, unit: 'ms' },
      {
        question: 'longest stall of the controller meanwhile',
        value: Math.max(...serving.map(({ controller }) => controller)),
        unit: 'ms',
        limit: { relation: '<=', value: 100 },
      },
      {
        question: 'longest stall while 1 M rows of history are forgotten',
        value: forgotten,
        unit: 'ms',
        limit: { relation: '<=', value: 100 },
      },
    ],
    details: {},
    stalls: stalls.rows,
  };
}

/** @returns milliseconds from the start of a stopped controller to its first answer */
async function restarted(lab: Lab, meanwhile: () => void): Promise<number> {
  await lab.stopController();
  meanwhile();
  const started = performance.now();
  await lab.startController();
  return performance.now() - started;
}

/** @returns the longest time for which this process was blocked when a tenth of the history, a million rows, is forgotten, milliseconds */
async function compaction(): Promise<number> {
  const directory = join(scratch, 'compaction');
  mkdirSync(directory);
  const store = await openSqliteStore({
    directory,
    create: true,
    clock: systemClock,
    historyRevisions: KEPT_REVISIONS,
  });
  for (let i = 0; i < ENTRIES / TOUCHED_ROWS; i++) {
    const chunks = addressRows(TOUCHED_ROWS / 2, i * TOUCHED_ROWS);
    await store.replaceList({
      ...BY,
      name: 'bench',
      action: 'block',
      selector: ALL,
      chunks,
      dryRun: false,
    });
  }
  const longest = await ownLongestHold(async () => {
    while (store.head < BigInt(KEPT_REVISIONS + ENTRIES / TOUCHED_ROWS)) await block(store, Number(store.head));
  });
  await store.close();
  return longest;
}

async function block(store: Store, last: number): Promise<void> {
  const prefixes = [{ family: 4, address: Uint8Array.of(198, 51, 100, last), length: 32 }] as const;
  const more = {
    action: 'block',
    origin: 'manual',
    selector: ALL,
    expiresMs: 0,
    dryRun: false,
  } as const;
  await store.addClaims({ ...BY, ...more, prefixes });
}

async function ownLongestHold(work: () => Promise<void>): Promise<number> {
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 5);
    last = now;
  }, 5);
  await work();
  clearInterval(timer);
  return Math.max(longest, performance.now() - last - 5);
}
