// fleetblock import: replace a list with the contents of a file, as one change, all or nothing.
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Action } from '../../../common/action.ts';
import { toWire } from '../../../common/entries/wire.ts';
import { FleetblockError } from '../../../common/errors.ts';
import { LIST_FORMATS } from '../../../common/lists/forms.ts';
import { actionFromWire, actionToWire } from '../../../common/rpc/action.ts';
import { selectorToWire } from '../../../common/rpc/selector.ts';
import { isValidName } from '../../../common/text/selector.ts';
import type { ImportBegin } from '../../../proto/gen/fleetblock/v1/ImportBegin.ts';
import type { ListChangeReply__Output } from '../../../proto/gen/fleetblock/v1/ListChangeReply.ts';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { withLine } from '../../import/findings.ts';
import { readList } from '../../import/read-list.ts';
import type { OutputForm } from '../../output/format.ts';
import { Progress } from '../../output/progress.ts';
import { say } from '../../output/say.ts';
import { count } from '../../output/text.ts';
import { canAsk, saysYes } from '../../question.ts';
import { type OperatorClient, withOperator } from '../../services/operator-client.ts';
import { requireTarget, type TargetOptions } from '../../targets.ts';
import {
  addExamples,
  addOutput,
  addReason,
  addStages,
  addTarget,
  addWait,
  type StageOptions,
  stagesOf,
} from '../options.ts';
import { entriesText, printListChange } from './list-change.ts';

interface ImportOptions extends GlobalOptions, TargetOptions, StageOptions {
  readonly list: string;
  readonly format: string;
  readonly at?: string;
  /** True: as many as there may be by default. */
  readonly skipInvalid?: number | true;
  readonly allow?: boolean;
  readonly monitor?: boolean;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly allowShrink?: boolean;
  readonly retarget?: boolean;
  readonly skipRefused?: boolean;
  readonly reason?: string;
  readonly wait: boolean;
  readonly waitAll?: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  readonly output: OutputForm;
}

/** A first import has to reach every kernel: more than one prefix may take. */
const IMPORT_TIMEOUT_MS = 60_000;
/** Bad lines that --skip-invalid leaves out when it names no number. */
const SKIPPED_LINES = 100;

/** Reads and checks the whole file before it sends anything: a bad line changes nothing. */
export function register(program: Command, cli: Cli): void {
  const command = program
    .command('import')
    .summary('replace a list with the contents of a file, in any of the usual forms')
    .description(
      'Replaces one list with the contents of the file, as one change: new entries are added, missing ones removed, all or nothing. The form of the file is recognised (--dry-run reports it), gzip is unpacked; plain lists (.netset, .ipset) have one prefix or range per line, # starts a comment.',
    )
    .argument('<file>', 'file, or - for stdin')
    .requiredOption('--list <name>', 'name of the list: the origin of its entries is list:NAME');
  addTarget(command)
    .addOption(new Option('--format <format>', 'form of the file').choices(LIST_FORMATS).default('auto'))
    .option(
      '--at <place>',
      'where in the file the addresses are: a column of CSV by name, or by number if it has no heading; a pointer into JSON (/data/*/ip)',
    )
    .option(
      '--skip-invalid [lines]',
      `leave bad lines out and list them, at most this many (${SKIPPED_LINES})`,
      lineCount,
    )
    .option('--allow', 'an allowlist: never drop packets from these')
    .option('--monitor', 'count what would be dropped, drop nothing')
    .option('--dry-run', 'check and say what would change, change nothing')
    .option('--allow-shrink', 'the list may lose more than half of its entries, or all of them')
    .option('--retarget', 'the list may be taken away from hosts: other targets, another action')
    .option('--skip-refused', 'leave out what the guard refuses, and say so')
    .option('--force', 'override the guard against wide and protected prefixes (role admin)');
  addStages(addWait(addOutput(addReason(command)), IMPORT_TIMEOUT_MS));
  addExamples(
    command,
    'fleetblock import firehol_level1.netset --list firehol --all-hosts',
    'cscli decisions list -o json | fleetblock import - --list crowdsec -l env=prod',
    'fleetblock import addresses.txt --list scanners --all-hosts --dry-run',
    "fleetblock import answer.json --at '/data/*/ip' --list bots --all-hosts",
    'curl -fsS https://example.com/feed.txt | fleetblock import - --list feed --all-hosts --skip-refused',
  );
  command.action(async (file: string) => {
    const options = command.optsWithGlobals<ImportOptions>();
    const target = requireTarget(options);
    if (!isValidName(options.list))
      throw new FleetblockError(
        'INVALID_ARGUMENT',
        `${JSON.stringify(options.list.slice(0, 80))} cannot be a list's name: use letters, digits, dots, hyphens`,
      );
    const progress = new Progress(cli, options.output);
    try {
      const { columns, notes, invalid } = await readList(cli, file, {
        format: options.format,
        ...(options.at !== undefined && { at: options.at }),
        action: actionOf(options),
        dryRun: options.dryRun ?? false,
        skipInvalid: options.skipInvalid === true ? SKIPPED_LINES : (options.skipInvalid ?? 0),
        onProgress: (bytes, total) => progress.show(`reading ${file}`, bytes, total),
      });
      progress.end();
      for (const note of notes) say(cli, note);
      const credentials = await loadCredentials(cli, options);
      const messages = [...columns.slices()].map(toWire);
      const send = (more: ImportBegin) => {
        let sent = 0;
        const startedMs = cli.now();
        const importList = (client: OperatorClient) =>
          client.importList(
            { ...beginOf(options), ...stagesOf(options), target: selectorToWire(target), ...more },
            messages,
            () => {
              sent++;
              const all = messages.length + 1;
              const perSecond = Math.round(((columns.count * sent) / all / Math.max(1, cli.now() - startedMs)) * 1000);
              if (sent < all)
                progress.show(`sending ${count(columns.count)} entries, ${count(perSecond)}/s`, sent, all);
              else
                progress.show(`sent ${count(columns.count)} entries, waiting for the controller and its hosts`, 1, 0);
            },
          );
        return withOperator(cli, credentials, importList, options.output).finally(() => progress.end());
      };
      const name = file === '-' ? 'stdin' : file;
      const lineOf = (row: number) => columns.lineOf(row);
      const reply = await send({})
        .catch((refusal: unknown) => askedAgain(cli, options, { refusal, file, send }))
        .catch((error: unknown) => {
          throw withLine(error, name, lineOf);
        });
      await printListChange(
        cli,
        { ...options, ...(options.skipInvalid !== undefined && { invalid }), source: { name, lineOf } },
        'import',
        reply,
      );
    } finally {
      progress.end();
    }
  });
}

function beginOf(options: ImportOptions): ImportBegin {
  return {
    list: options.list,
    ...actionToWire(actionOf(options)),
    reason: options.reason ?? '',
    dryRun: options.dryRun ?? false,
    force: options.force ?? false,
    allowShrink: options.allowShrink ?? false,
    retarget: options.retarget ?? false,
    skipRefused: options.skipRefused ?? false,
    ...(options.wait && !options.dryRun ? { wait: { timeoutMs: options.timeout, all: options.waitAll ?? false } } : {}),
  };
}

/** On a terminal, an import that takes much away is shown and asked about. @throws the refusal, unless the answer is yes. */
async function askedAgain(
  cli: Cli,
  options: ImportOptions,
  {
    refusal,
    file,
    send,
  }: { refusal: unknown; file: string; send: (more: ImportBegin) => Promise<ListChangeReply__Output> },
): Promise<ListChangeReply__Output> {
  const asks = canAsk(cli) && file !== '-' && !options.dryRun;
  if (!asks || !(refusal instanceof FleetblockError) || refusal.code !== 'FAILED_PRECONDITION') throw refusal;
  const rehearsed = await send({ dryRun: true, wait: null });
  const kinds = rehearsed.objections.map(({ kind }) => kind);
  if (kinds.length === 0) throw refusal;
  for (const { text } of rehearsed.objections) say(cli, text);
  if (!(await saysYes(cli, `import ${entriesText(options.list, 'import', rehearsed)}?`))) throw refusal;
  // Only what was shown: what changed in the meantime is asked about again.
  return send({
    allowShrink: options.allowShrink === true || kinds.includes('SHRINKS'),
    retarget: options.retarget === true || kinds.includes('RETARGETS'),
  });
}

/** @throws FleetblockError INVALID_ARGUMENT: both flags */
function actionOf({ allow, monitor = false }: ImportOptions): Action {
  return actionFromWire({ action: allow ? 'ACTION_ALLOW' : 'ACTION_BLOCK', monitor });
}

function lineCount(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new InvalidArgumentError(`${JSON.stringify(text)} is not a number of lines.`);
  return Number(text);
}
