// fleetblock list: the claims, one row each, streamed.
import type { Command } from 'commander';
import type { Cli, GlobalOptions } from '../context.ts';
import { loadCredentials } from '../credentials.ts';
import { printClaims } from '../output/claims.ts';
import type { OutputForm } from '../output/format.ts';
import { say } from '../output/say.ts';
import { plural } from '../output/text.ts';
import { withOperator } from '../services/operator-client.ts';
import { addExamples, addOutput } from './options.ts';

interface ListOptions extends GlobalOptions {
  readonly origin?: string;
  readonly host?: string;
  readonly expired?: boolean;
  readonly output: OutputForm;
}

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('list')
    .summary('what is blocked and allowed, by whom, until when, why')
    .description('Shows the claims: what is blocked and allowed, on which hosts, by whom, until when, and why.')
    .option('--origin <origin>', 'only of this origin: manual, list:NAME')
    .option('-H, --host <name>', 'only what targets this host')
    .option('--expired', 'also what has ended and is not removed yet');
  addExamples(
    addOutput(command),
    'fleetblock list',
    'fleetblock list --host web1 --origin manual -o wide',
    "fleetblock list -o json | jq -r '.[] | select(.expiresAt == null) | .prefix'",
  );
  command.action(async () => {
    const options = command.optsWithGlobals<ListOptions>();
    const credentials = await loadCredentials(cli, options);
    await withOperator(cli, credentials, async (client) => {
      const batches = client.listEntries({
        origin: options.origin ?? '',
        host: options.host ?? '',
        expired: options.expired ?? false,
      });
      const total = await printClaims(cli, options.output, batches);
      if (cli.stderr.isTTY && options.output === 'table') say(cli, plural(total, 'claim'));
    });
  });
}
