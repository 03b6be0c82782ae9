// `fleetblock-agent status` for people.
import type { StatusReport } from './status-schema.ts';

/** The default output of `fleetblock-agent status`: a title and a text per line. */
export function formatStatus(report: StatusReport): string {
  const { host, counters, interfaces } = report;
  const number = (value: number) => value.toLocaleString('en-US');
  const rows: [string, string][] = [
    ['host', host ? `${host.name} of fleet ${host.fleet}` : 'not enrolled: run fleetblock-agent join'],
    ['agent', report.running ? `running, ${linkText(report)}` : 'not running'],
    [
      'list',
      report.epoch === ''
        ? 'none recorded'
        : `${number(report.entries)} entries at revision ${report.revision}${report.running ? '' : ', as recorded on disk'}`,
    ],
    ['maps', mapsText(report)],
    [
      'interfaces',
      interfaces.length === 0
        ? 'none attached: nothing is enforced'
        : interfaces
            .map(({ name, mode, problem }) => `${name} ${mode}${problem === '' ? '' : ` (${problem})`}`)
            .join(', '),
    ],
  ];
  if (counters)
    rows.push([
      'packets',
      `${number(counters.droppedPackets)} dropped, ${number(counters.passedPackets)} passed, ${number(counters.allowedPackets)} allowed, ${number(counters.monitoredPackets)} monitored`,
    ]);
  if (counters && counters.overtaggedPackets > 0)
    rows.push(['', `${number(counters.overtaggedPackets)} of the dropped were behind more than eight VLAN tags`]);
  const { waiting, taken, refused, lastRefusal, lastDelay } = report.reports;
  if (waiting + taken + refused > 0)
    rows.push([
      'reports',
      `${number(taken)} taken, ${number(refused)} refused${lastRefusal === '' ? '' : ` (last: ${lastRefusal})`}, ${number(waiting)} not answered yet${waiting === 0 || lastDelay === '' ? '' : ` (last: ${lastDelay})`}`,
    ]);
  if (report.driftRepairs > 0) rows.push(['drift', `repaired ${number(report.driftRepairs)} times`]);
  for (const [i, { address, why, blocked }] of report.protected.entries())
    rows.push([i === 0 ? 'protected' : '', `${address} (${why})${blocked ? ', although the list blocks it' : ''}`]);
  for (const [i, problem] of report.problems.entries()) rows.push([i === 0 ? 'problems' : '', problem]);
  const width = Math.max(...rows.map(([title]) => title.length)) + 2;
  return rows.map(([title, value]) => `${title.padEnd(width)}${value}\n`).join('');
}

/** For `systemctl status`, of a running agent. */
export function statusLine(report: StatusReport): string {
  const attached = report.interfaces.filter(({ mode }) => mode !== 'none').map(({ name }) => name);
  const where = attached.length === 0 ? 'no interface: nothing is enforced' : attached.join(', ');
  return `${report.entries.toLocaleString('en-US')} entries at revision ${report.revision} on ${where}; ${linkText(report)}`;
}

function mapsText({ capacity, kernelMemoryBytes, pinned }: StatusReport): string {
  if (kernelMemoryBytes === null) return 'none pinned';
  const size = `${Math.round(kernelMemoryBytes / 2 ** 20)} MiB in the kernel`;
  const kept = pinned ? 'pinned' : 'NOT ALL PINNED: they end with the agent';
  return capacity === null
    ? `${kept}, ${size}`
    : `${kept}, ${size}, room for ${capacity.toLocaleString('en-US')} addresses of each family and as many prefixes`;
}

function linkText({ link, controller }: StatusReport): string {
  return link === 'connected' ? `connected to ${controller}` : `not connected to ${controller}, still enforcing`;
}
