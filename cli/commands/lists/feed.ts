// fleetblock feed add|list|show|refresh|pause|resume|rm: lists that the controller fetches by itself.
import { type Command, Option } from 'commander';
import { FleetblockError } from '../../../common/errors.ts';
import { readSecretFile } from '../../../common/files.ts';
import { LIST_FORMATS } from '../../../common/lists/forms.ts';
import { selectorToWire } from '../../../common/rpc/selector.ts';
import type { FeedReply__Output } from '../../../proto/gen/fleetblock/v1/FeedReply.ts';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { EXIT } from '../../exit-codes.ts';
import { feedColumns, feedFacts, feedJson, lookJson, lookText } from '../../output/feeds.ts';
import { type OutputForm, printValue } from '../../output/format.ts';
import { printRows } from '../../output/rows.ts';
import { say } from '../../output/say.ts';
import { plural } from '../../output/text.ts';
import { type FeedClient, withFeeds } from '../../services/feed-client.ts';
import { requireTarget, type TargetOptions } from '../../targets.ts';
import {
  addExamples,
  addOutput,
  addReason,
  addTarget,
  countOption,
  durationOption,
  haltDropsOption,
  repeatedOption,
} from '../options.ts';

interface FeedOptions extends GlobalOptions {
  readonly output: OutputForm;
  readonly reason?: string;
  readonly dryRun?: boolean;
  readonly accept?: boolean;
  readonly keepList?: boolean;
  readonly ignoreHost?: readonly string[];
}

interface AddOptions extends FeedOptions, TargetOptions {
  /** Milliseconds. */
  readonly every?: number;
  readonly format: string;
  readonly at?: string;
  readonly skipInvalid: number;
  readonly skipRefused?: boolean;
  readonly keyFile?: string;
  readonly keyHeader?: string;
  readonly allowPrivate?: boolean;
  readonly monitor?: boolean;
  /** Packets per second. */
  readonly haltDrops?: number;
}

/** Read by the controller alone, each with its own rules. */
const OTHER_FORMATS = ['spamhaus', 'crowdsec'];

/** All subcommands. */
export function register(program: Command, cli: Cli): void {
  const group = program
    .command('feed')
    .summary('lists that the controller fetches by itself')
    .description(
      'Feeds: lists that the controller fetches again and again. The entries of a feed are the list of its name.',
    );
  registerAdd(group, cli);
  registerLooks(group, cli);
  registerRefresh(group, cli);
  registerPause(group, cli, true);
  registerPause(group, cli, false);
  registerRemove(group, cli);
}

function registerAdd(group: Command, cli: Cli): void {
  const command = group
    .command('add')
    .description(
      'Fetch a list from now on, and put it in force on these hosts. What is unusual about it (empty, half of it gone, many times as long) is held until an operator accepts it.',
    )
    .argument('<name>', 'of the feed and of its list')
    .argument('<url>', 'http or https; {key} in it stands for the key');
  addTarget(command)
    .addOption(durationOption('--every <time>', 'from one look to the next (default: 1h; crowdsec: 1s)'))
    .addOption(
      new Option('--format <format>', 'form of the list').choices([...LIST_FORMATS, ...OTHER_FORMATS]).default('auto'),
    )
    .option('--at <place>', 'where in it the addresses are: a column of CSV, a pointer into JSON (/data/*/ip)')
    .addOption(countOption('--skip-invalid <lines>', 'leave bad lines out, at most this many', 0))
    .option('--skip-refused', 'leave out what the guard refuses')
    .option('--key-file <file>', 'the key that its server wants, in a file that only you can read')
    .option('--key-header <name>', 'the header that it is sent in (default: Authorization: Bearer)')
    .option('--allow-private', 'its server may have a loopback or private address (role admin)')
    .option('--monitor', 'count what would be dropped, drop nothing')
    .addOption(
      haltDropsOption(
        'undo a change that goes in stages when a host drops more packets per second (default: any number)',
      ),
    )
    .option('--dry-run', 'fetch it and say what would change, change nothing');
  addExamples(
    addOutput(addReason(command)),
    'fleetblock feed add drop https://www.spamhaus.org/drop/drop_v4.json --format spamhaus --all-hosts --every 12h',
    "fleetblock feed add bots https://example.com/bots.json --at '/data/*/ip' -l env=prod --dry-run",
    'fleetblock feed add crowdsec http://127.0.0.1:8080/ --format crowdsec --key-file lapi.key --allow-private --all-hosts',
    'fleetblock feed add paid https://example.com/list.txt --key-file list.key --key-header X-Api-Key --all-hosts',
  );
  command.action(async (name: string, url: string) => {
    const options = command.optsWithGlobals<AddOptions>();
    const { dryRun = false } = options;
    const feed = {
      ...{
        name,
        url,
        target: selectorToWire(requireTarget(options)),
        everyMs: options.every ?? 0,
        format: options.format,
      },
      ...{ at: options.at ?? '', skipInvalid: options.skipInvalid, skipRefused: options.skipRefused ?? false },
      ...{ keyHeader: options.keyHeader ?? '', allowPrivate: options.allowPrivate ?? false },
      ...{ monitor: options.monitor ?? false, haltDrops: options.haltDrops ?? 0, reason: options.reason ?? '' },
    };
    const key = options.keyFile === undefined ? '' : readSecretFile(options.keyFile, 'key').trim();
    const outcome = await look(cli, options, name, (client) => client.add({ feed, key, dryRun }));
    if (outcome === 'FAILED' && !dryRun)
      say(
        cli,
        `it stays declared, and is tried again; fleetblock feed rm ${name} takes it back, as before another attempt`,
      );
  });
}

function registerLooks(group: Command, cli: Cli): void {
  const list = group
    .command('list')
    .description('Show the feeds, how their last looks went, and what of them is held.');
  addExamples(addOutput(list), 'fleetblock feed list', 'fleetblock feed list -o json');
  list.action(async () => {
    const options = list.optsWithGlobals<FeedOptions>();
    const credentials = await loadCredentials(cli, options);
    const feeds = await withFeeds(cli, credentials, (client) => client.list());
    await printRows(cli, options.output, feeds, feedColumns(cli.now()), feedJson);
  });
  const show = group.command('show').description('Show all that is known of a feed.').argument('<name>', 'of the feed');
  addExamples(addOutput(show), 'fleetblock feed show drop');
  show.action(async (name: string) => {
    const options = show.optsWithGlobals<FeedOptions>();
    const credentials = await loadCredentials(cli, options);
    const feeds = await withFeeds(cli, credentials, (client) => client.list());
    const feed = feeds.find(({ spec }) => spec?.name === name);
    if (!feed)
      throw new FleetblockError('NOT_FOUND', `there is no feed ${JSON.stringify(name)}: see fleetblock feed list`);
    if (options.output === 'json' || options.output === 'yaml') await printValue(cli, options.output, feedJson(feed));
    else for (const [fact, value] of feedFacts(feed, cli.now())) cli.stdout.write(`${fact.padEnd(10)}${value}\n`);
  });
}

function registerRefresh(group: Command, cli: Cli): void {
  const command = group
    .command('refresh')
    .description('Look at a feed now.')
    .argument('<name>', 'of the feed')
    .option('--accept', 'take the list that is held: what is unusual about it is meant')
    .addOption(
      repeatedOption('--ignore-host <name>', 'go on although this host says that it talks to a listed address'),
    )
    .option('--dry-run', 'fetch it and say what would change, change nothing');
  addExamples(addOutput(command), 'fleetblock feed refresh drop', 'fleetblock feed refresh drop --accept');
  command.action(async (name: string) => {
    const options = command.optsWithGlobals<FeedOptions>();
    const { accept = false, dryRun = false, ignoreHost = [] } = options;
    await look(cli, options, name, (client) => client.refresh({ name, accept, dryRun, ignoreHosts: [...ignoreHost] }));
  });
}

function registerPause(group: Command, cli: Cli, paused: boolean): void {
  const word = paused ? 'pause' : 'resume';
  const command = group
    .command(word)
    .description(
      paused
        ? 'Look at a feed no more; its list stays, and a change that is on its way in stages is undone.'
        : 'Look at a feed again.',
    )
    .argument('<name>', 'of the feed');
  addExamples(addOutput(addReason(command)), `fleetblock feed ${word} drop`);
  command.action(async (name: string) => {
    const options = command.optsWithGlobals<FeedOptions>();
    const credentials = await loadCredentials(cli, options);
    const request = { name, paused, reason: options.reason ?? '' };
    const feed = await withFeeds(cli, credentials, (client) => client.pause(request));
    if (options.output === 'json' || options.output === 'yaml') await printValue(cli, options.output, feedJson(feed));
    else cli.stdout.write(`${word}d feed ${name}\n`);
  });
}

function registerRemove(group: Command, cli: Cli): void {
  const command = group
    .command('rm')
    .description('Forget a feed, and remove its list.')
    .argument('<name>', 'of the feed')
    .option('--keep-list', 'leave its list as it is');
  addExamples(addOutput(addReason(command)), 'fleetblock feed rm drop', 'fleetblock feed rm drop --keep-list');
  command.action(async (name: string) => {
    const options = command.optsWithGlobals<FeedOptions>();
    const { keepList = false, reason = '' } = options;
    const credentials = await loadCredentials(cli, options);
    const { removed } = await withFeeds(cli, credentials, (client) => client.remove({ name, keepList, reason }));
    if (options.output === 'json' || options.output === 'yaml')
      await printValue(cli, options.output, { name, removed: Number(removed) });
    else cli.stdout.write(`removed feed ${name}${keepList ? '' : ` and ${plural(removed, 'entry', 'entries')}`}\n`);
  });
}

/** Shows what came of a look, and sets the exit code. */
async function look(
  cli: Cli,
  options: FeedOptions,
  name: string,
  ask: (client: FeedClient) => Promise<FeedReply__Output>,
): Promise<FeedReply__Output['outcome']> {
  const credentials = await loadCredentials(cli, options);
  const reply = await withFeeds(cli, credentials, ask);
  const { outcome, acceptable, notes } = reply;
  if (outcome === 'FAILED') cli.exitCode = EXIT.failure;
  if (outcome === 'HELD') cli.exitCode = EXIT.partial;
  if (options.output === 'json' || options.output === 'yaml') await printValue(cli, options.output, lookJson(reply));
  else cli.stdout.write(`${lookText(name, reply, options.dryRun ?? false)}\n`);
  for (const note of notes) say(cli, note);
  if (outcome === 'HELD' && !options.dryRun)
    say(
      cli,
      `what the feed had before stays${acceptable ? `; take it with fleetblock feed refresh ${name} --accept` : ''}`,
    );
  return outcome;
}
