// What feeds cost the controller: 50 of 100,000 rows each, refreshed from a web server that is another process. Processor time is that of
// the controller's whole process, its threads included.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../common/logger.ts';
import { systemClock } from '../common/time/clock.ts';
import { startController } from '../controller/controller.ts';
import type { NewFeed } from '../controller/feeds/feeds.ts';
import type { Caller } from '../controller/identity/auth/caller.ts';
import { openSqliteStore } from '../controller/store/sqlite/sqlite-store.ts';
import { report } from './report.ts';

const FEEDS = Number(process.env.FEEDS ?? 50);
const ROWS = Number(process.env.ROWS ?? 100_000);

const directory = mkdtempSync(join(tmpdir(), 'fleetblock-bench-feeds-'));
const server = fork(join(import.meta.dirname, 'feeds/serve.ts'), [`${ROWS}`]);
process.once('exit', () => server.kill());
const [port] = await once(server, 'message');
const store = await openSqliteStore({
  create: true,
  directory,
  clock: systemClock,
  onFollowerError: (error) => console.error(error),
});
const log = createLogger('bench', 'silent');
const controller = await startController({ store, clock: systemClock, log, trustClock: true });
const { feeds } = controller;
const caller: Caller = { role: 'admin', id: 'bench', actor: 'admin/bench', serial: '01', from: '' };

const feed = (i: number): NewFeed => ({
  ...{ name: `feed${i}`, url: `http://127.0.0.1:${port}/${i}`, target: 'all', action: 'block', everyMs: 86_400_000 },
  ...{
    format: 'auto',
    at: '',
    skipInvalid: 0,
    skipRefused: false,
    haltDrops: 0,
    keyHeader: '',
    allowPrivate: true,
    reason: '',
  },
});

/** Processor time of one look at every feed, milliseconds. */
async function looks(look: (i: number) => Promise<{ outcome: { kind: string } }>, expected: string): Promise<number> {
  const before = process.cpuUsage();
  const kinds = await Promise.all(Array.from({ length: FEEDS }, async (_, i) => (await look(i)).outcome.kind));
  const { user, system } = process.cpuUsage(before);
  if (kinds.some((kind) => kind !== expected)) throw new Error(`not all looks were ${expected}: ${kinds.join()}`);
  return (user + system) / 1000;
}

/** From now on each list has other rows, this many per thousand. */
async function change(perThousand: number): Promise<void> {
  server.send(perThousand);
  await once(server, 'message');
}

const refresh = (i: number) => feeds.refresh(`feed${i}`, { accept: false, dryRun: false, ignoreHosts: [] }, caller);
const added = await looks((i) => feeds.add(feed(i), '', caller, false), 'taken');
const head = store.head;
const unchanged = await looks(refresh, 'unchanged');
if (store.head !== head) throw new Error('looks that found nothing new made a revision');
await change(10);
const refreshed = await looks(refresh, 'taken');

await controller.close();
await store.close();
server.kill();
rmSync(directory, { recursive: true, force: true });
report(
  'feeds',
  [
    { question: `${FEEDS} feeds of ${ROWS} rows declared, processor time`, value: added, unit: 'ms' },
    {
      question: 'refreshed, 1 % of each changed',
      value: refreshed,
      unit: 'ms',
      limit: { relation: '<=', value: 5000 },
    },
    { question: 'refreshed, nothing changed (304)', value: unchanged, unit: 'ms' },
  ],
  { feeds: FEEDS, rows: ROWS, added, unchanged, refreshed },
);
