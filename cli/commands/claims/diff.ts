// fleetblock diff: how an origin's claims differ from what a file says.
import type { Command } from 'commander';
import type { Action } from '../../../common/action.ts';
import { formatSelector } from '../../../common/text/selector.ts';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { DeclaredClaim } from '../../declared/file.ts';
import type { Differences, LiveClaim } from '../../declared/plan.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { EXIT } from '../../exit-codes.ts';
import { type OutputForm, printValue } from '../../output/format.ts';
import { jsonTime } from '../../output/json.ts';
import { printable, relative } from '../../output/text.ts';
import { withOperator } from '../../services/operator-client.ts';
import { addExamples, addOutput } from '../options.ts';

interface DiffOptions extends GlobalOptions {
  readonly file: string;
  readonly output: OutputForm;
}

/** EXIT.partial when it differs: the fleet is not as the file says. */
export function register(program: Command, cli: Cli): void {
  const command = program
    .command('diff')
    .summary('how the claims differ from what a file says')
    .description(
      'Compares the claims of one origin (apply:NAME, by the name in the file) with a YAML file of fleetblock apply: + is missing, ~ is there but differs, - is not in the file, > is under way in stages. The exit code is 3 when anything differs. Changes nothing.',
    )
    .requiredOption('-f, --file <file>', 'the file (- is stdin)');
  addExamples(addOutput(command), 'fleetblock diff -f blocks.yaml', 'fleetblock diff -f blocks.yaml -o json');
  command.action(async () => {
    const options = command.optsWithGlobals<DiffOptions>();
    const [{ readDeclared }, { differences }, { liveClaims }] = await Promise.all([
      import('../../declared/file.ts'),
      import('../../declared/plan.ts'),
      import('../../declared/live.ts'),
    ]);
    const declared = await readDeclared(cli, options.file);
    const credentials = await loadCredentials(cli, options);
    const live = await withOperator(cli, credentials, (client) => liveClaims(client, declared.origin));
    const found = differences(declared, live);
    const differs = [found.missing, found.different, found.extra, found.staged].some((claims) => claims.length > 0);
    cli.exitCode = differs ? EXIT.partial : EXIT.done;
    if (options.output === 'json' || options.output === 'yaml')
      await printValue(cli, options.output, { origin: declared.origin, ...differencesJson(found) });
    else for (const line of lines(found, cli.now())) cli.stdout.write(`${line}\n`);
  });
}

function differencesJson({ missing, different, extra, staged }: Differences): object {
  return {
    missing: missing.map(wantedJson),
    different: different.map(({ live, wanted }) => ({ ...wantedJson(wanted), live: liveJson(live) })),
    extra: extra.map(liveJson),
    staged: staged.map(liveJson),
  };
}

function wantedJson({ prefix, action, selector, reason }: DeclaredClaim): object {
  return { prefix, action, selector: formatSelector(selector), reason };
}

function liveJson({ prefix, action, selector, reason, endsMs }: LiveClaim): object {
  return { prefix, action, selector, reason, expiresAt: jsonTime(String(endsMs)) };
}

function* lines({ missing, different, extra, staged }: Differences, now: number): Generator<string> {
  for (const { prefix, action, selector, reason } of missing)
    yield `+ ${claimText(prefix, action, formatSelector(selector), reason)}`;
  for (const { live, wanted } of different)
    yield `~ ${claimText(wanted.prefix, wanted.action, live.selector, wanted.reason)} (now ${nowText(live, wanted, now)})`;
  for (const { prefix, action, selector, reason } of extra) yield `- ${claimText(prefix, action, selector, reason)}`;
  for (const { prefix, action, selector, reason } of staged) yield `> ${claimText(prefix, action, selector, reason)}`;
}

function claimText(prefix: string, action: Action, selector: string, reason: string): string {
  return `${action} ${prefix} on ${selector}${reason === '' ? '' : `: ${printable(reason)}`}`;
}

function nowText(live: LiveClaim, wanted: DeclaredClaim, now: number): string {
  return [
    ...(live.action === wanted.action ? [] : [live.action]),
    ...(live.endsMs === 0 ? [] : [`ends ${relative(live.endsMs, now)}`]),
    ...(wanted.reason === '' || live.reason === wanted.reason ? [] : [JSON.stringify(printable(live.reason))]),
  ].join(', ');
}
