// fleetblock audit verify: checks that the audit's chain of hashes is whole.
import type { Command } from 'commander';
import { FleetblockError } from '../../common/errors.ts';
import { loadCredentials } from '../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../environment.ts';
import { type OutputForm, printValue } from '../output/format.ts';
import { withIdentity } from '../services/identity-client.ts';
import { addExamples, addOutput } from './options.ts';

interface VerifyOptions extends GlobalOptions {
  readonly head?: string;
  readonly output: OutputForm;
}

/** Adds `verify` to `audit`. It throws DATA_LOSS, so scripts see a tampered audit by the exit code. */
export function registerVerify(audit: Command, cli: Cli): void {
  const command = audit
    .command('verify')
    .summary('check that the chain of records is whole')
    .description(
      'Has the controller recompute the chain of hashes over all records: one that was changed, removed or inserted breaks it. ' +
        'The hash of the last record, kept elsewhere and given as --head while nothing was added, shows a cut end too.',
    )
    .option('--head <hash>', 'what the hash of the last record must be');
  addExamples(addOutput(command), 'fleetblock audit verify', 'fleetblock audit verify -o json');
  command.action(async () => {
    const options = command.optsWithGlobals<VerifyOptions>();
    const credentials = await loadCredentials(cli, options);
    const { records, head, brokenAt } = await withIdentity(cli, credentials, (client) => client.verifyAudit());
    const hash = Buffer.from(head).toString('hex');
    if (Number(brokenAt) !== 0)
      throw new FleetblockError(
        'DATA_LOSS',
        `the audit was tampered with: record ${brokenAt} does not follow from the ${records} before it`,
      );
    if (options.head !== undefined && options.head.toLowerCase() !== hash)
      throw new FleetblockError('DATA_LOSS', `the last record has the hash ${hash}, not the one given with --head`);
    if (options.output === 'json' || options.output === 'yaml')
      await printValue(cli, options.output, { records: Number(records), head: hash });
    else cli.stdout.write(`${records} records, whole; the last has the hash\n${hash}\n`);
  });
}
