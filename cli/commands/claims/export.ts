// fleetblock export: what is blocked, in the form of another tool.
import { type Command, Option } from 'commander';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { EXPORT_FORMS, type ExportForm, writeExport } from '../../output/claims/export.ts';
import { withOperator } from '../../services/operator-client.ts';
import { addExamples } from '../options.ts';

interface ExportOptions extends GlobalOptions {
  readonly output: ExportForm;
  readonly origin?: string;
  readonly host?: string;
  readonly allow?: boolean;
}

/** Has `-o` of its own: the forms are those of other tools. */
export function register(program: Command, cli: Cli): void {
  const command = program
    .command('export')
    .summary('what is blocked, as plain list, JSON, CSV, nft or ipset')
    .description(
      'Writes what is blocked (with --allow: what is allowed) in the form of another tool. plain, nft and ipset have each prefix once and leave out what only monitors; ipset and CSV have times, JSON too; plain and nft have none.',
    )
    .addOption(new Option('-o, --output <form>', 'form').choices(EXPORT_FORMS).default('plain'))
    .option('--origin <origin>', 'only of this origin: manual, list:NAME')
    .option('-H, --host <name>', 'only what targets this host')
    .option('--allow', 'the allowlist instead');
  addExamples(
    command,
    'fleetblock export > blocked.txt',
    'fleetblock export -o nft --host web1 | nft -f -',
    'fleetblock export -o ipset | ipset restore -exist',
    'fleetblock export -o csv --origin manual',
  );
  command.action(async () => {
    const options = command.optsWithGlobals<ExportOptions>();
    const credentials = await loadCredentials(cli, options);
    await withOperator(cli, credentials, async (client) => {
      const chunks = client.export({
        origin: options.origin ?? '',
        host: options.host ?? '',
        action: options.allow ? 'ACTION_ALLOW' : 'ACTION_BLOCK',
      });
      await writeExport(cli, options.output, options.allow ?? false, chunks);
    });
  });
}
