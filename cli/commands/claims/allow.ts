// fleetblock allow add|rm|list: prefixes that are never dropped, whatever blocks them.

import type { Command } from 'commander';
import { selectorToWire } from '../../../common/rpc/selector.ts';
import { MANUAL } from '../../../common/text/origin.ts';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { printClaims } from '../../output/claims/claim.ts';
import type { OutputForm } from '../../output/format.ts';
import { readPrefixes } from '../../prefixes.ts';
import { withOperator } from '../../services/operator-client.ts';
import { splitHosts, targetOf } from '../../targets.ts';
import { addExamples, addFile, addOutput, addReason, addTarget, addWait, durationOption } from '../options.ts';
import { type AddOptions, runAdd } from './add.ts';
import { type ChangeOptions, runChange, waitOf } from './change.ts';

type ListOptions = GlobalOptions & { readonly host?: string; readonly output: OutputForm };

/** Three subcommands; an allow entry wins over every block, that of a list too. */
export function register(program: Command, cli: Cli): void {
  const group = program
    .command('allow')
    .summary('the allowlist: prefixes that are never dropped')
    .description('The allowlist: packets from these prefixes are never dropped, whatever blocks them.');
  registerAdd(group, cli);
  registerRm(group, cli);
  registerList(group, cli);
}

function registerAdd(group: Command, cli: Cli): void {
  const command = group
    .command('add')
    .description('Never drop packets from these prefixes on these hosts.')
    .argument('[prefix...]', 'IPv4 or IPv6 addresses or prefixes');
  addTarget(command)
    .addOption(durationOption('-d, --duration <time>', 'only for this time: 30m, 4h, 1d12h, 2w'))
    .option('--dry-run', 'check and say what would happen, change nothing');
  addWait(addOutput(addReason(addFile(command))));
  addExamples(command, "fleetblock allow add 198.51.100.0/24 --all-hosts -R 'our office'");
  command.action(async (args: string[]) => {
    await runAdd(cli, args, command.optsWithGlobals<AddOptions>(), 'allow');
  });
}

function registerRm(group: Command, cli: Cli): void {
  const command = group
    .command('rm')
    .description('Take exactly these prefixes off the allowlist. Without a target, whatever hosts the claim has.')
    .argument('[prefix...]', 'IPv4 or IPv6 addresses or prefixes');
  addTarget(command).option('--dry-run', 'check and say what would happen, change nothing');
  addWait(addOutput(addReason(addFile(command))));
  addExamples(command, 'fleetblock allow rm 198.51.100.0/24');
  command.action(async (args: string[]) => {
    const options = command.optsWithGlobals<ChangeOptions>();
    const { words, target } = splitHosts(args, options);
    const prefixes = await readPrefixes(cli, words, options.file);
    const selector = targetOf(target);
    await runChange(cli, options, {
      verb: 'disallow',
      origin: MANUAL,
      send: (client) =>
        client.unblock({
          prefixes,
          action: 'ACTION_ALLOW',
          origin: MANUAL,
          reason: options.reason ?? '',
          dryRun: options.dryRun ?? false,
          ...(selector ? { target: selectorToWire(selector) } : {}),
          ...waitOf(options),
        }),
    });
  });
}

function registerList(group: Command, cli: Cli): void {
  const command = group
    .command('list')
    .description('Show the allowlist.')
    .option('-H, --host <name>', 'only what targets this host');
  addExamples(addOutput(command), 'fleetblock allow list', 'fleetblock allow list --host web1 -o json');
  command.action(async () => {
    const options = command.optsWithGlobals<ListOptions>();
    const credentials = await loadCredentials(cli, options);
    await withOperator(cli, credentials, async (client) => {
      const batches = client.listEntries({ action: 'ACTION_ALLOW', host: options.host ?? '' });
      await printClaims(cli, options.output, batches);
    });
  });
}
