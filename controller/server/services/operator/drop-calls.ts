// Watching drops: what the hosts tell, handed on as fast as it is read and no faster.
import type { DropReport as DropReportWire } from '../../../../proto/gen/fleetblock/v1/DropReport.ts';
import type { OperatorServiceHandlers } from '../../../../proto/gen/fleetblock/v1/OperatorService.ts';
import type { WatchDropsRequest__Output } from '../../../../proto/gen/fleetblock/v1/WatchDropsRequest.ts';
import type { DropReport } from '../../../fleet/hub/drop-watchers.ts';
import type { Hub } from '../../../fleet/hub/hub.ts';
import type { HostRegistry } from '../../../fleet/registry.ts';
import type { Targets } from '../../../operations/targets.ts';
import { answers, type CallDeps } from '../calls.ts';

export interface DropCallDeps extends CallDeps {
  readonly registry: HostRegistry;
  readonly hub: Hub;
  readonly targets: Targets;
}

/** Reports that may wait for a slow reader: the oldest are left out then, and counted. */
const MAX_UNREAD = 1000;
const MAX_UNREAD_ROWS = 20_000;

export function dropHandlers(deps: DropCallDeps): Pick<OperatorServiceHandlers, 'WatchDrops'> {
  return { WatchDrops: answers(deps, (request, signal) => watchDrops(deps, request, signal)) };
}

async function* watchDrops(
  { hub, targets, registry }: DropCallDeps,
  request: WatchDropsRequest__Output,
  signal: AbortSignal,
): AsyncGenerator<DropReportWire> {
  const hostId = request.host === '' ? undefined : targets.host(request.host).id;
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
        const lostReports = `${lost}`;
        lost = 0;
        yield { ...toWire(report, registry.find(report.hostId)?.name ?? report.hostId), lostReports };
      } else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    stop();
  }
}

function toWire({ atMs, events }: DropReport, host: string): DropReportWire {
  return {
    host,
    unreportedPackets: events.unreportedPackets,
    drops: events.rows.map(({ source, interface: name, packets, bytes, monitored, lastAgoMs }) => ({
      ...{ source, interface: name, packets, bytes, monitored },
      atMs: `${atMs - Number(lastAgoMs)}`,
    })),
  };
}
