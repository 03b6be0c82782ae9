// fleetblock unblock: remove a claim, and say what else still blocks the prefix.
import type { Command } from 'commander';
import { selectorToWire } from '../../../common/rpc/selector.ts';
import { listOfOrigin, MANUAL } from '../../../common/text/origin.ts';
import type { Cli } from '../../environment.ts';
import { say } from '../../output/say.ts';
import { readPrefixes } from '../../prefixes.ts';
import { splitHosts, type TargetOptions, targetOf } from '../../targets.ts';
import { addExamples, addFile, addOutput, addReason, addTarget, addWait } from '../options.ts';
import { type ChangeOptions, runChange, waitOf } from './change.ts';

interface UnblockOptions extends ChangeOptions, TargetOptions {
  readonly origin: string;
}

/** Removes claims of one origin only and names what still blocks the prefix afterwards. */
export function register(program: Command, cli: Cli): void {
  const command = program
    .command('unblock')
    .summary('remove the block of prefixes')
    .description(
      'Removes the block of exactly these prefixes: never a range around them or an address inside. Other origins (an imported list, a range) keep theirs, and are named, with exit code 3. Without a target, whatever hosts the claim has. With --origin list:NAME the list leaves these prefixes out from now on, whatever is imported.',
    )
    .argument('[prefix...]', 'IPv4 or IPv6 addresses or prefixes')
    .option('--origin <origin>', 'whose claims: manual, list:NAME', MANUAL)
    .option('--dry-run', 'check and say what would happen, change nothing');
  addWait(addOutput(addReason(addFile(addTarget(command)))));
  addExamples(
    command,
    'fleetblock unblock 192.168.1.100',
    "fleetblock unblock 203.0.113.7 --origin list:spamhaus -R 'false positive, ticket 4712'",
    'fleetblock unblock -f addresses.txt -o json',
  );
  command.action(async (args: string[]) => {
    const options = command.optsWithGlobals<UnblockOptions>();
    const { words, target } = splitHosts(args, options);
    const prefixes = await readPrefixes(cli, words, options.file);
    const selector = targetOf(target);
    await runChange(cli, options, {
      verb: 'unblock',
      origin: options.origin,
      send: (client) =>
        client.unblock({
          prefixes,
          action: 'ACTION_BLOCK',
          origin: options.origin,
          reason: options.reason ?? '',
          dryRun: options.dryRun ?? false,
          ...(selector ? { target: selectorToWire(selector) } : {}),
          ...waitOf(options),
        }),
    });
    const list = listOfOrigin(options.origin);
    if (list !== undefined && !options.dryRun) sayKept(cli, list, prefixes);
  });
}

/** It is more than the line above says: imports to come are different, too. */
function sayKept(cli: Cli, list: string, prefixes: readonly string[]): void {
  const which = prefixes.length === 1 ? prefixes[0] : 'PREFIX...';
  say(cli, `list ${list} keeps this as an exception; to take it back: fleetblock lists include ${list} ${which}`);
}
