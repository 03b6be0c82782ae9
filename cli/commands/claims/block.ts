// fleetblock block: drop all packets from these prefixes on these hosts, and prove it.

import type { Command } from 'commander';
import type { Cli } from '../../environment.ts';
import {
  addExamples,
  addFile,
  addOutput,
  addReason,
  addStages,
  addTarget,
  addWait,
  durationOption,
  type StageOptions,
  stagesOf,
} from '../options.ts';
import { type AddOptions, runAdd } from './add.ts';

interface BlockOptions extends AddOptions, StageOptions {
  readonly monitor?: boolean;
  readonly force?: boolean;
  /** Milliseconds. */
  readonly confirm?: number;
}

/** EXIT.partial when a targeted host has not proved the block in time. */
export function register(program: Command, cli: Cli): void {
  const command = program
    .command('block')
    .summary('drop packets from prefixes, and prove it host by host')
    .description('Drops all packets from these addresses or CIDR prefixes, in the kernel of every targeted host.')
    .argument('[prefix...]', 'IPv4 or IPv6 addresses or prefixes');
  addTarget(command)
    .addOption(durationOption('-d, --duration <time>', 'unblock by itself after this time: 30m, 4h, 1d12h, 2w'))
    .option('--monitor', 'count what would be dropped, drop nothing')
    .option('--dry-run', 'check and say what would happen, change nothing')
    .option('--force', 'override the guard against wide and protected prefixes (role admin); sets --confirm 60s')
    .addOption(
      durationOption(
        '--confirm <time>',
        'undone everywhere after this time unless fleetblock confirm follows (1s to 24h)',
      ),
    );
  addStages(addWait(addOutput(addReason(addFile(command)))));
  addExamples(
    command,
    'fleetblock block 192.168.1.100 --all-hosts',
    "fleetblock block 203.0.113.0/24 2001:db8:bad::/48 -l env=prod -d 4h -R 'scan, ticket 4711'",
    'fleetblock block -f addresses.txt --host web1 --host web2',
    'fleetblock block 198.51.100.0/22 --all-hosts --confirm 5m',
    'fleetblock block -f scanners.txt --all-hosts --stages 1%,10%,100% --bake 5m',
    "grep -oE '^[0-9.]+' attackers.log | fleetblock block -f - --all-hosts -o json",
  );
  command.action(async (args: string[]) => {
    const options = command.optsWithGlobals<BlockOptions>();
    await runAdd(cli, args, options, options.monitor ? 'monitor' : 'block', {
      force: options.force ?? false,
      confirmMs: options.confirm ?? 0,
      ...stagesOf(options),
    });
  });
}
