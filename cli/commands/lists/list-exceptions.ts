// fleetblock lists exceptions, lists include: what a list leaves out of every import, and how to take that back.

import type { Command } from 'commander';
import { listOrigin } from '../../../common/text/origin.ts';
import type { ListException__Output } from '../../../proto/gen/fleetblock/v1/ListException.ts';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import type { OutputForm } from '../../output/format.ts';
import { jsonTime } from '../../output/json.ts';
import { streamRows } from '../../output/rows.ts';
import type { Column } from '../../output/table.ts';
import { relative } from '../../output/text.ts';
import { readPrefixes } from '../../prefixes.ts';
import { withOperator } from '../../services/operator-client.ts';
import { type ChangeOptions, runChange, waitOf } from '../claims/change.ts';
import { addExamples, addFile, addOutput, addReason, addWait } from '../options.ts';

type ShowOptions = GlobalOptions & { readonly output: OutputForm };

/** Below `fleetblock lists`. */
export function registerExceptions(group: Command, cli: Cli): void {
  const show = group
    .command('exceptions')
    .description('Show the prefixes that a list leaves out of every import.')
    .argument('<name>', 'name of the list, without list:');
  addExamples(addOutput(show), 'fleetblock lists exceptions spamhaus');
  show.action(async (name: string) => {
    const options = show.optsWithGlobals<ShowOptions>();
    const credentials = await loadCredentials(cli, options);
    await withOperator(cli, credentials, async (client) => {
      await streamRows(cli, options.output, client.listExceptions(name), columns(cli.now()), exceptionJson);
    });
  });
  const include = group
    .command('include')
    .description('Take exceptions of a list back: it blocks again what its last import has of them.')
    .argument('<name>', 'name of the list, without list:')
    .argument('[prefix...]', 'exceptions, as lists exceptions shows them')
    .option('--dry-run', 'say what would happen, change nothing');
  addWait(addOutput(addReason(addFile(include))));
  addExamples(include, 'fleetblock lists include spamhaus 203.0.113.7');
  include.action(async (name: string, words: string[]) => {
    const options = include.optsWithGlobals<ChangeOptions>();
    const prefixes = await readPrefixes(cli, words, options.file);
    await runChange(cli, options, {
      verb: 'include',
      origin: listOrigin(name),
      send: (client) =>
        client.includeInList({
          list: name,
          prefixes,
          reason: options.reason ?? '',
          dryRun: options.dryRun ?? false,
          ...waitOf(options),
        }),
    });
  });
}

function columns(now: number): Column<ListException__Output>[] {
  return [
    { title: 'PREFIX', cell: ({ prefix }) => prefix },
    { title: 'SINCE', cell: ({ createdAtMs }) => relative(Number(createdAtMs), now) },
    { title: 'BY', cell: ({ actor }) => actor },
    { title: 'REASON', cell: ({ reason }) => reason || '-', flexible: true },
  ];
}

function exceptionJson({ prefix, reason, actor, createdAtMs }: ListException__Output): object {
  return { prefix, reason, actor, createdAt: jsonTime(createdAtMs) };
}
