// Drops as they happen: one line per source of a report, and a count of the packets that no line reports.
import { formatAddress } from '../../../common/text/prefix.ts';
import type { Drop__Output } from '../../../proto/gen/fleetblock/v1/Drop.ts';
import type { DropReport__Output } from '../../../proto/gen/fleetblock/v1/DropReport.ts';
import type { Cli } from '../../environment.ts';
import type { OperatorClient } from '../../services/operator-client.ts';
import type { OutputForm } from '../format.ts';
import { jsonInteger, jsonTime } from '../json.ts';
import { retrying } from '../retrying.ts';
import { drained } from '../rows.ts';
import { plural, printable } from '../text.ts';
import { timeText } from '../time.ts';

/** Of one host, or of all (''), until the run is interrupted, through restarts of the controller. */
export async function followDrops(cli: Cli, form: OutputForm, client: OperatorClient, host: string): Promise<void> {
  const lines = form === 'json' || form === 'yaml' ? jsonLines : textLines(timeText(cli));
  const start = () => client.watchDrops(host);
  for await (const reports of retrying(cli, start, () => client.connected)) {
    for (const report of reports) for (const line of lines(report, cli.now())) cli.stdout.write(`${line}\n`);
    await drained(cli);
  }
}

const textLines =
  (time: (ms: string) => string) =>
  ({ host, drops, unreportedPackets, lostReports }: DropReport__Output, now: number): string[] => {
    const from = printable(host);
    const at = time(String(now));
    return [
      ...(lostReports === '0'
        ? []
        : [`${at}  ${plural(lostReports, 'report')} left out: they came faster than they were read`]),
      ...drops.map(
        (drop) =>
          `${time(drop.atMs)}  ${from}  ${printable(drop.interface)}  ${sourceOf(drop)}  ${plural(drop.packets, 'packet')} ${drop.monitored ? 'monitored' : 'dropped'}`,
      ),
      ...(unreportedPackets === '0'
        ? []
        : [`${at}  ${from}  ${plural(unreportedPackets, 'packet')} more, not sampled`]),
    ];
  };

function jsonLines({ host, drops, unreportedPackets, lostReports }: DropReport__Output, now: number): string[] {
  const objects: object[] = drops.map((drop) => ({
    at: jsonTime(drop.atMs),
    host,
    interface: drop.interface,
    source: sourceOf(drop),
    verdict: drop.monitored ? 'monitor' : 'drop',
    packets: jsonInteger(drop.packets),
    bytes: jsonInteger(drop.bytes),
  }));
  if (unreportedPackets !== '0' || lostReports !== '0')
    objects.push({
      at: jsonTime(String(now)),
      host,
      unreportedPackets: jsonInteger(unreportedPackets),
      lostReports: jsonInteger(lostReports),
    });
  return objects.map((object) => JSON.stringify(object));
}

function sourceOf({ source }: Drop__Output): string {
  return formatAddress(source.length === 4 ? 4 : 6, source);
}
