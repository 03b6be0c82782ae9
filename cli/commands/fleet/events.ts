// fleetblock events: what happened in the fleet recently, with --follow what happens now, with --drops what the kernels drop now.
import type { Command } from 'commander';
import type { Event__Output } from '../../../proto/gen/fleetblock/v1/Event.ts';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { followDrops } from '../../output/fleet/drops.ts';
import { followEvents } from '../../output/fleet/follow-events.ts';
import type { OutputForm } from '../../output/format.ts';
import { jsonInteger, jsonTime } from '../../output/json.ts';
import { streamRows } from '../../output/rows.ts';
import type { Column } from '../../output/table.ts';
import { printable } from '../../output/text.ts';
import { timeText } from '../../output/time.ts';
import { withOperator } from '../../services/operator-client.ts';
import { addExamples, addOutput, parseCount } from '../options.ts';

interface EventsOptions extends GlobalOptions {
  readonly follow?: boolean;
  readonly drops?: boolean;
  readonly last: number;
  readonly host?: string;
  readonly output: OutputForm;
}

/** Events of the past stream from the controller's memory; --follow and --drops run until Ctrl-C. */
export function register(program: Command, cli: Cli): void {
  const command = program
    .command('events')
    .summary('recent events of the fleet; -f to follow')
    .description(
      'Shows recent events: changes, hosts that connected, went offline, fell behind or were repaired. With --follow it continues until Ctrl-C; JSON is then one object per line. --drops shows packets instead: who was dropped, where, and how many.',
    )
    .option('--drops', 'what the kernels drop as it happens, sampled, until Ctrl-C')
    .option('-f, --follow', 'continue with new events')
    .option('--last <number>', 'show this many past events (0: all that are remembered)', parseCount, 100)
    .option('-H, --host <name>', 'only of this host');
  addExamples(
    addOutput(command),
    'fleetblock events --last 20',
    'fleetblock events -f --host web1 -o json',
    'fleetblock events --drops',
  );
  command.action(async () => {
    const options = command.optsWithGlobals<EventsOptions>();
    const credentials = await loadCredentials(cli, options);
    await withOperator(cli, credentials, async (client) => {
      const { host = '', last, output } = options;
      const json = output === 'json' || output === 'yaml';
      const line = json ? (event: Event__Output) => JSON.stringify(eventJson(event)) : eventLine(cli);
      if (options.drops) await followDrops(cli, output, client, host);
      else if (options.follow) await followEvents(cli, client, { host, last }, line);
      else await streamRows(cli, output, client.watchEvents({ host, last }), eventColumns(cli), eventJson);
    });
  });
}

function eventLine(cli: Cli): (event: Event__Output) => string {
  const time = timeText(cli);
  return (event) => {
    const host = event.host === '' ? '' : `${printable(event.host)}: `;
    return `${time(event.atMs)}  ${event.kind.padEnd(17)}  ${host}${printable(event.text)}`;
  };
}

function eventColumns(cli: Cli): readonly Column<Event__Output>[] {
  const time = timeText(cli);
  return [
    { title: 'TIME', cell: (event) => time(event.atMs) },
    { title: 'KIND', cell: (event) => event.kind },
    { title: 'HOST', cell: (event) => event.host || '-' },
    { title: 'REVISION', cell: (event) => (event.revision === '0' ? '-' : event.revision), align: 'right' },
    { title: 'WHAT', cell: (event) => event.text, flexible: true },
  ];
}

function eventJson(event: Event__Output): object {
  return {
    sequence: jsonInteger(event.sequence),
    at: jsonTime(event.atMs),
    kind: event.kind,
    host: event.host === '' ? null : event.host,
    text: event.text,
    revision: event.revision === '0' ? null : jsonInteger(event.revision),
  };
}
