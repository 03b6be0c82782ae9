// fleetblock lists: the imported lists; lists rm: remove one with all its entries.
import type { Command } from 'commander';
import type { List__Output } from '../../../proto/gen/fleetblock/v1/List.ts';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { actionOf } from '../../output/claims/claim.ts';
import type { OutputForm } from '../../output/format.ts';
import { jsonInteger, jsonTime } from '../../output/json.ts';
import { printRows } from '../../output/rows.ts';
import type { Column } from '../../output/table.ts';
import { count, relative } from '../../output/text.ts';
import { type OperatorClient, withOperator } from '../../services/operator-client.ts';
import { waitOf } from '../claims/change.ts';
import { addExamples, addOutput, addReason, addWait } from '../options.ts';
import { listSelector, printListChange } from './list-change.ts';
import { registerExceptions } from './list-exceptions.ts';

type ShowOptions = GlobalOptions & { readonly output: OutputForm };
interface RemoveOptions extends ShowOptions {
  readonly reason?: string;
  readonly dryRun?: boolean;
  readonly wait: boolean;
  readonly waitAll?: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

/** `show` is the default subcommand; exceptions to a list are subcommands, too. */
export function register(program: Command, cli: Cli): void {
  const group = program.command('lists').summary('the imported lists').description('The imported lists.');
  const show = group.command('show', { isDefault: true }).description('Show the imported lists.');
  addExamples(addOutput(show), 'fleetblock lists', 'fleetblock lists -o json');
  show.action(async () => {
    const options = show.optsWithGlobals<ShowOptions>();
    const credentials = await loadCredentials(cli, options);
    const lists = await withOperator(cli, credentials, (client) => client.listLists());
    await printRows(cli, options.output, lists, columns(cli.now()), listJson);
  });
  registerExceptions(group, cli);
  const remove = group
    .command('rm')
    .description('Remove a list, with all its entries and exceptions.')
    .argument('<name>', 'name of the list, without list:')
    .option('--dry-run', 'say what would be removed, change nothing');
  addExamples(addWait(addOutput(addReason(remove))), "fleetblock lists rm scanners -R 'out of date'");
  remove.action(async (name: string) => {
    const options = remove.optsWithGlobals<RemoveOptions>();
    const credentials = await loadCredentials(cli, options);
    const removeList = (client: OperatorClient) =>
      client.removeList({
        list: name,
        reason: options.reason ?? '',
        dryRun: options.dryRun ?? false,
        ...waitOf(options),
      });
    const reply = await withOperator(cli, credentials, removeList, options.output);
    await printListChange(cli, { ...options, list: name }, 'remove', reply);
  });
}

function columns(now: number): Column<List__Output>[] {
  return [
    { title: 'NAME', cell: (list) => list.name },
    { title: 'ACTION', cell: actionOf },
    { title: 'ENTRIES', cell: (list) => count(list.entries), align: 'right' },
    { title: 'EXCEPTIONS', cell: (list) => count(list.exceptions), align: 'right' },
    { title: 'TARGETS', cell: listSelector },
    { title: 'UPDATED', cell: (list) => relative(Number(list.updatedAtMs), now) },
    { title: 'BY', cell: (list) => list.actor || '-' },
    { title: 'REASON', cell: (list) => list.reason || '-', flexible: true },
  ];
}

function listJson(list: List__Output): object {
  return {
    name: list.name,
    action: actionOf(list),
    entries: jsonInteger(list.entries),
    exceptions: jsonInteger(list.exceptions),
    selector: listSelector(list),
    reason: list.reason,
    actor: list.actor,
    createdAt: jsonTime(list.createdAtMs),
    updatedAt: jsonTime(list.updatedAtMs),
  };
}
