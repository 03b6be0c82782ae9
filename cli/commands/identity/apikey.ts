// fleetblock apikey create|list|revoke: keys by which programs call the HTTP API.
import { type Command, Option } from 'commander';
import { FleetblockError } from '../../../common/errors.ts';
import type { ApiKey__Output } from '../../../proto/gen/fleetblock/v1/ApiKey.ts';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { type OutputForm, printValue } from '../../output/format.ts';
import { jsonTime } from '../../output/json.ts';
import { printRows } from '../../output/rows.ts';
import { say } from '../../output/say.ts';
import type { Column } from '../../output/table.ts';
import { relative } from '../../output/text.ts';
import { withIdentity } from '../../services/identity-client.ts';
import { addExamples, addOutput, addReason, durationOption } from '../options.ts';

interface CreateOptions extends GlobalOptions {
  readonly role: string;
  readonly origin?: string;
  /** Milliseconds. */
  readonly duration?: number;
  readonly output: OutputForm;
}

interface KeyOptions extends GlobalOptions {
  readonly reason?: string;
  readonly output: OutputForm;
}

/** All need the role admin. */
export function register(program: Command, cli: Cli): void {
  const group = program
    .command('apikey')
    .summary('keys by which programs call the HTTP API')
    .description('API keys: what a program sends to the HTTP port of the controller (role admin).');
  registerCreate(group, cli);
  registerList(group, cli);
  registerRevoke(group, cli);
}

function registerCreate(group: Command, cli: Cli): void {
  const command = group
    .command('create')
    .description('Make an API key. It is shown once: keep it in a file that only its program can read.')
    .argument('<name>', 'of the key, as the audit will show it')
    .addOption(new Option('--role <role>', 'what it may do').choices(['viewer', 'operator']).makeOptionMandatory())
    .option('--origin <origin>', 'the only origin whose claims it may change, such as crowdsec or list:NAME')
    .addOption(durationOption('-d, --duration <time>', 'valid for this time (default: until it is revoked)'));
  addExamples(
    addOutput(command),
    'fleetblock apikey create grafana --role viewer > grafana.key',
    'fleetblock apikey create crowdsec --role operator --origin crowdsec -d 365d',
  );
  command.action(async (name: string) => {
    const options = command.optsWithGlobals<CreateOptions>();
    const { role, origin = '', duration = 0, output } = options;
    const credentials = await loadCredentials(cli, options);
    const { key, apiKey } = await withIdentity(cli, credentials, (client) =>
      client.createApiKey({ name, role, origin, ttlMs: duration }),
    );
    if (!apiKey) throw new FleetblockError('INTERNAL', 'the controller sent no key: see its log');
    const expiresAt = jsonTime(apiKey.expiresAtMs);
    if (output === 'json' || output === 'yaml') {
      await printValue(cli, output, { key, id: apiKey.id, name, role, origin: origin || null, expiresAt });
      return;
    }
    cli.stdout.write(`${key}\n`);
    const bound = origin === '' ? '' : ` of the origin ${origin}`;
    say(cli, `key ${name} (${role}${bound}), valid until ${expiresAt ?? 'it is revoked'}: Authorization: Bearer KEY`);
  });
}

function registerList(group: Command, cli: Cli): void {
  const command = group.command('list').description('Show the API keys, without their secrets.');
  addExamples(addOutput(command), 'fleetblock apikey list');
  command.action(async () => {
    const options = command.optsWithGlobals<KeyOptions>();
    const credentials = await loadCredentials(cli, options);
    const keys = await withIdentity(cli, credentials, (client) => client.listApiKeys());
    await printRows(cli, options.output, keys, columns(cli.now()), (key) => keyJson(key, cli.now()));
  });
}

function registerRevoke(group: Command, cli: Cli): void {
  const command = group
    .command('revoke')
    .description('Refuse an API key from now on; its open calls end. What it blocked stays.')
    .argument('<name>', 'of the key, as apikey list shows it');
  addExamples(addOutput(addReason(command)), "fleetblock apikey revoke crowdsec -R 'found in a repository'");
  command.action(async (name: string) => {
    const options = command.optsWithGlobals<KeyOptions>();
    if (/^fbk1\./.test(name))
      throw new FleetblockError(
        'INVALID_ARGUMENT',
        'that is a whole key, which must not be on a command line: give its name, as fleetblock apikey list shows it',
      );
    const credentials = await loadCredentials(cli, options);
    const { apiKey } = await withIdentity(cli, credentials, (client) =>
      client.revokeApiKey({ name, reason: options.reason ?? '' }),
    );
    if (!apiKey) throw new FleetblockError('INTERNAL', 'the controller sent no key: see its log');
    if (options.output === 'json' || options.output === 'yaml')
      await printValue(cli, options.output, keyJson(apiKey, cli.now()));
    else cli.stdout.write(`revoked API key ${apiKey.name}\n`);
  });
}

function stateOf({ revokedAtMs, expiresAtMs }: ApiKey__Output, now: number): 'revoked' | 'expired' | 'valid' {
  if (revokedAtMs !== '0') return 'revoked';
  return expiresAtMs !== '0' && Number(expiresAtMs) <= now ? 'expired' : 'valid';
}

function columns(now: number): Column<ApiKey__Output>[] {
  const time = (ms: string) => (ms === '0' ? 'never' : relative(Number(ms), now));
  return [
    { title: 'NAME', cell: (key) => key.name },
    { title: 'ROLE', cell: (key) => key.role },
    { title: 'ORIGIN', cell: (key) => key.origin || 'any' },
    { title: 'STATE', cell: (key) => stateOf(key, now) },
    { title: 'LAST USED', cell: (key) => time(key.usedAtMs) },
    { title: 'EXPIRES', cell: (key) => time(key.expiresAtMs) },
    { title: 'MADE BY', cell: (key) => key.actor },
  ];
}

function keyJson(key: ApiKey__Output, now: number): object {
  return {
    name: key.name,
    id: key.id,
    role: key.role,
    origin: key.origin || null,
    state: stateOf(key, now),
    actor: key.actor,
    createdAt: jsonTime(key.createdAtMs),
    expiresAt: jsonTime(key.expiresAtMs),
    revokedAt: jsonTime(key.revokedAtMs),
    lastUsedAt: jsonTime(key.usedAtMs),
  };
}
