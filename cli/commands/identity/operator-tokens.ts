// fleetblock operator token|tokens: one-time tokens that get their holders credentials on their own machines.
import { type Command, Option } from 'commander';
import type { OperatorToken__Output } from '../../../proto/gen/fleetblock/v1/OperatorToken.ts';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { type OutputForm, printValue } from '../../output/format.ts';
import { jsonTime } from '../../output/json.ts';
import { printRows } from '../../output/rows.ts';
import { say } from '../../output/say.ts';
import type { Column } from '../../output/table.ts';
import { relative } from '../../output/text.ts';
import { withIdentity } from '../../services/identity-client.ts';
import { addExamples, addOutput, durationOption } from '../options.ts';

interface TokenOptions extends GlobalOptions {
  readonly role: string;
  /** Milliseconds. */
  readonly duration?: number;
  readonly within?: number;
  readonly output: OutputForm;
}

/** Adds `operator token`, which prints the secret once: the controller does not show it again. */
export function registerToken(group: Command, cli: Cli): void {
  const command = group
    .command('token')
    .description(
      'Make a one-time token that gets its holder such credentials on their own machine: the key is made there and never leaves it.',
    )
    .argument('<name>', 'of the person or program')
    .addOption(
      new Option('--role <role>', 'what they may do').choices(['viewer', 'operator', 'admin']).makeOptionMandatory(),
    )
    .addOption(
      durationOption('-d, --duration <time>', 'the credentials are valid for this time, 12h to 30d (default: 7d)'),
    )
    .addOption(durationOption('--within <time>', 'the token is valid for this time, at most 24h (default: 1h)'));
  addExamples(addOutput(command), 'fleetblock operator token alice --role operator');
  command.action(async (name: string) => {
    const options = command.optsWithGlobals<TokenOptions>();
    const credentials = await loadCredentials(cli, options);
    const reply = await withIdentity(cli, credentials, (client) =>
      client.createOperatorToken({
        name,
        role: options.role,
        ttlMs: options.duration ?? 0,
        tokenTtlMs: options.within ?? 0,
      }),
    );
    const { token, id, controller } = reply;
    const expiresAt = jsonTime(reply.expiresAtMs);
    if (options.output === 'json' || options.output === 'yaml')
      await printValue(cli, options.output, { token, id, name, role: options.role, controller, expiresAt });
    else cli.stdout.write(`${token}\n`);
    say(cli, `for ${name} (${options.role}), once, until ${expiresAt}: fleetblock login ${controller} --token-file -`);
  });
}

/** Adds `operator tokens`, for login tokens that have not expired. */
export function registerTokens(group: Command, cli: Cli): void {
  const command = group
    .command('tokens')
    .description('Show the login tokens that have not expired, without their secrets.');
  addExamples(addOutput(command), 'fleetblock operator tokens');
  command.action(async () => {
    const options = command.optsWithGlobals<TokenOptions>();
    const credentials = await loadCredentials(cli, options);
    const tokens = await withIdentity(cli, credentials, (client) => client.listOperatorTokens());
    await printRows(cli, options.output, tokens, columns(cli.now()), (token) => loginTokenJson(token, cli.now()));
  });
}

function columns(now: number): Column<OperatorToken__Output>[] {
  return [
    { title: 'ID', cell: (token) => token.id },
    { title: 'NAME', cell: (token) => token.name },
    { title: 'ROLE', cell: (token) => token.role },
    { title: 'STATE', cell: (token) => stateOf(token, now) },
    { title: 'EXPIRES', cell: (token) => relative(Number(token.expiresAtMs), now) },
    { title: 'BY', cell: (token) => token.actor },
  ];
}

function stateOf(token: OperatorToken__Output, now: number): 'revoked' | 'expired' | 'used' | 'valid' {
  if (token.revokedAtMs !== '0') return 'revoked';
  if (Number(token.expiresAtMs) <= now) return 'expired';
  return token.used ? 'used' : 'valid';
}

/** An element of `operator tokens -o json`. `now`: Unix milliseconds, by which `state` is decided. */
export function loginTokenJson(token: OperatorToken__Output, now: number): object {
  return {
    id: token.id,
    state: stateOf(token, now),
    name: token.name,
    role: token.role,
    actor: token.actor,
    serial: token.serial === '' ? null : token.serial,
    createdAt: jsonTime(token.createdAtMs),
    expiresAt: jsonTime(token.expiresAtMs),
    revokedAt: jsonTime(token.revokedAtMs),
  };
}
