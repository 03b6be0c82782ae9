// Watching drops: what the hosts report, handed on as fast as it is read and no faster.
import type { DropReport } from '../../fleet/hub/drop-watchers.ts';
import type { HostDeps } from './hosts.ts';

/** Reports that may wait for a slow reader: the oldest are left out then, and counted. */
const MAX_UNREAD = 1000;
const MAX_UNREAD_ROWS = 20_000;

/** `lost` is above 0 when the reader fell behind by 1,000 reports or 20,000 rows. */
export interface WatchedReport {
  /** Its name. */
  readonly host: string;
  readonly report: DropReport;
  /** Reports before this one that were left out. */
  readonly lost: number;
}

/** Until `signal` aborts. `hostName`: empty for all. @throws FleetblockError NOT_FOUND (host) */
export async function* watchDrops(
  { hub, targets, registry }: HostDeps,
  hostName: string,
  signal: AbortSignal,
): AsyncGenerator<WatchedReport> {
  const hostId = hostName === '' ? undefined : targets.host(hostName).id;
  const unread: DropReport[] = [];
  let rows = 0;
  let lost = 0;
  let wake = () => {};
  const stop = hub.watchDrops(hostId, (report) => {
    unread.push(report);
    rows += report.events.rows.length;
    while (unread.length > MAX_UNREAD || rows > MAX_UNREAD_ROWS) {
      rows -= unread.shift()?.events.rows.length ?? 0;
      lost++;
    }
    wake();
  });
  signal.addEventListener('abort', () => wake());
  try {
    while (!signal.aborted) {
      const report = unread.shift();
      if (report) {
        rows -= report.events.rows.length;
        const before = lost;
        lost = 0;
        yield { host: registry.find(report.hostId)?.name ?? report.hostId, report, lost: before };
      } else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    stop();
  }
}
