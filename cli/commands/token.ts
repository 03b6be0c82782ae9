// fleetblock token create|list|revoke: enrollment tokens for new hosts.
import { type Command, InvalidArgumentError } from 'commander';
import { formatDuration } from '../../common/duration.ts';
import { FleetblockError } from '../../common/errors.ts';
import { isValidName } from '../../common/selector.ts';
import type { Cli, GlobalOptions } from '../context.ts';
import { loadCredentials } from '../credentials.ts';
import { type OutputForm, printValue } from '../output/format.ts';
import { jsonTime } from '../output/json.ts';
import { withOperator } from '../services/operator-client.ts';
import { addExamples, addOutput, durationOption, repeatedOption } from './options.ts';

interface CreateOptions extends GlobalOptions {
  /** Milliseconds. */
  readonly duration?: number;
  readonly uses: number;
  readonly label?: readonly string[];
  readonly host?: string;
  readonly output: OutputForm;
}

export function register(program: Command, cli: Cli): void {
  const group = program
    .command('token')
    .summary('enrollment tokens for new hosts')
    .description('Enrollment tokens: what a new host needs to join the fleet.');
  registerCreate(group, cli);
}

function registerCreate(group: Command, cli: Cli): void {
  const command = group
    .command('create')
    .description('Make an enrollment token. It is shown once: hand the line to fleetblock-agent join, by a pipe.')
    .addOption(durationOption('-d, --duration <time>', 'valid for this time (default: 1h)'))
    .option('--uses <number>', 'how many hosts may join with it', parseUses, 1)
    .addOption(repeatedOption('--label <key=value>', 'every host that joins with it gets this label; repeatable'))
    .option('-H, --host <name>', 'only for a host of this name');
  addExamples(
    addOutput(command),
    'fleetblock token create | ssh root@web1 fleetblock-agent join controller.example.com:7443 --token-file -',
    'fleetblock token create -d 15m --uses 20 --label env=prod',
  );
  command.action(async () => {
    const options = command.optsWithGlobals<CreateOptions>();
    const labels = parseLabels(options.label ?? []);
    if (options.host !== undefined && !isValidName(options.host))
      throw new FleetblockError(
        'INVALID_ARGUMENT',
        `${JSON.stringify(options.host)} cannot be a host name: use letters, digits, dots, hyphens`,
      );
    const credentials = await loadCredentials(cli, options);
    const reply = await withOperator(cli, credentials, (client) =>
      client.createToken({
        ttlMs: options.duration ?? 0,
        maxUses: options.uses,
        labels,
        hostName: options.host ?? '',
      }),
    );
    if (options.output === 'json' || options.output === 'yaml') {
      await printValue(cli, options.output, {
        token: reply.token,
        id: reply.id,
        expiresAt: jsonTime(reply.expiresAtMs),
      });
      return;
    }
    cli.stdout.write(`${reply.token}\n`);
    const left = formatDuration(Number(reply.expiresAtMs) - cli.now());
    cli.stderr.write(
      `for ${options.uses === 1 ? 'one host' : `${options.uses} hosts`}, valid ${left}: fleetblock-agent join ${credentials.controller} --token-file -\n`,
    );
  });
}

function parseUses(text: string): number {
  const uses = Number(text);
  if (!Number.isInteger(uses) || uses < 1 || uses > 1_000_000)
    throw new InvalidArgumentError('write a number from 1 to 1000000');
  return uses;
}

/** @throws FleetblockError INVALID_ARGUMENT: not key=value, or a key or value that no label can have. */
export function parseLabels(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, key = '', value = ''] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
      if (!isValidName(key) || !isValidName(value))
        throw new FleetblockError(
          'INVALID_ARGUMENT',
          `${JSON.stringify(pair)} is not a label: write one like env=prod (letters, digits, dots, hyphens)`,
        );
      return [key, value];
    }),
  );
}
