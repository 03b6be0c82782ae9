// fleetblock import: make one list what a file says, as one change, all or nothing.
import { type Command, Option } from 'commander';
import { FleetblockError } from '../../common/errors.ts';
import { selectorToWire } from '../../common/rpc/selector.ts';
import { isValidName } from '../../common/selector.ts';
import type { Cli, GlobalOptions } from '../context.ts';
import { loadCredentials } from '../credentials.ts';
import { withLine } from '../import/findings.ts';
import { LIST_FORMATS, type ListFormat, readList } from '../import/read-list.ts';
import type { OutputForm } from '../output/format.ts';
import { Progress } from '../output/progress.ts';
import { count } from '../output/text.ts';
import { withOperator } from '../services/operator-client.ts';
import { requireTarget, type TargetOptions } from '../targets.ts';
import { printListChange } from './list-change.ts';
import { addExamples, addOutput, addReason, addTarget, addWait } from './options.ts';

interface ImportOptions extends GlobalOptions, TargetOptions {
  readonly list: string;
  readonly format: ListFormat;
  readonly allow?: boolean;
  readonly monitor?: boolean;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly reason?: string;
  readonly wait: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  readonly output: OutputForm;
}

/** A first import has to reach every kernel: more than one prefix may take. */
const IMPORT_TIMEOUT_MS = 60_000;

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('import')
    .summary('make a list what a file says: plain, .netset, cscli csv and json')
    .description(
      'Makes one list what the file says, as one change: what is new is added, what is gone is removed, all or nothing. Plain lists (.netset, .ipset) have one prefix a line, # starts a comment; CSV and JSON are those of cscli, with their times.',
    )
    .argument('<file>', 'file, or - for stdin')
    .requiredOption('--list <name>', 'name of the list: the origin of its entries is list:NAME');
  addTarget(command)
    .addOption(new Option('--format <format>', 'form of the file').choices(LIST_FORMATS).default('auto'))
    .option('--allow', 'an allowlist: never drop packets from these')
    .option('--monitor', 'count what would be dropped, drop nothing')
    .option('--dry-run', 'check and say what would change, change nothing')
    .option('--force', 'override the guard against wide and protected prefixes (role admin)');
  addWait(addOutput(addReason(command)), IMPORT_TIMEOUT_MS);
  addExamples(
    command,
    'fleetblock import firehol_level1.netset --list firehol --all-hosts',
    'cscli decisions list -o json | fleetblock import - --list crowdsec -l env=prod',
    'fleetblock import addresses.txt --list scanners --all-hosts --dry-run',
  );
  command.action(async (file: string) => {
    const options = command.optsWithGlobals<ImportOptions>();
    const target = requireTarget(options);
    if (!isValidName(options.list))
      throw new FleetblockError(
        'INVALID_ARGUMENT',
        `${JSON.stringify(options.list.slice(0, 80))} cannot be a list's name: use letters, digits, dots, hyphens`,
      );
    const progress = new Progress(cli);
    try {
      const columns = await readList(cli, file, options.format, (bytes, total) =>
        progress.show(`reading ${file}`, bytes, total),
      );
      const credentials = await loadCredentials(cli, options);
      const messages = [...columns.messages()];
      let sent = 0;
      const reply = await withOperator(cli, credentials, (client) =>
        client.importList(
          {
            list: options.list,
            target: selectorToWire(target),
            action: options.allow ? 'ACTION_ALLOW' : 'ACTION_BLOCK',
            monitor: options.monitor ?? false,
            reason: options.reason ?? '',
            dryRun: options.dryRun ?? false,
            force: options.force ?? false,
            ...(options.wait && !options.dryRun ? { wait: { timeoutMs: options.timeout } } : {}),
          },
          messages,
          () => {
            sent++;
            progress.show(`sending ${count(columns.count)} entries`, sent, messages.length + 1);
          },
        ),
      ).catch((error: unknown) => {
        throw withLine(error, file === '-' ? 'stdin' : file, (row) => columns.lineOf(row));
      });
      progress.end();
      await printListChange(cli, options, options.dryRun ? 'would import' : 'imported', reply);
    } finally {
      progress.end();
    }
  });
}
