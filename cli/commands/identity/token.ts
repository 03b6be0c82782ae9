// fleetblock token create|list|revoke: enrollment tokens for new hosts.
import { type Command, InvalidArgumentError } from 'commander';
import { FleetblockError } from '../../../common/errors.ts';
import { formatDuration } from '../../../common/text/duration.ts';
import { isValidName } from '../../../common/text/selector.ts';
import type { Token__Output } from '../../../proto/gen/fleetblock/v1/Token.ts';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { type OutputForm, printValue } from '../../output/format.ts';
import { jsonTime } from '../../output/json.ts';
import { printRows } from '../../output/rows.ts';
import { say } from '../../output/say.ts';
import type { Column } from '../../output/table.ts';
import { plural, relative } from '../../output/text.ts';
import { withIdentity } from '../../services/identity-client.ts';
import { withOperator } from '../../services/operator-client.ts';
import { parseLabels } from '../fleet/labels.ts';
import { addExamples, addOutput, addReason, durationOption, repeatedOption } from '../options.ts';

interface TokenOptions extends GlobalOptions {
  readonly reason?: string;
  readonly output: OutputForm;
}

interface CreateOptions extends GlobalOptions {
  /** Milliseconds. */
  readonly duration?: number;
  readonly uses: number;
  readonly label?: readonly string[];
  readonly host?: string;
  readonly keepIdentity?: boolean;
  readonly onlyTheseLabels?: boolean;
  readonly output: OutputForm;
}

/** Tokens by which hosts join, not those by which operators log in. */
export function register(program: Command, cli: Cli): void {
  const group = program
    .command('token')
    .summary('enrollment tokens for new hosts')
    .description('Enrollment tokens: what a new host needs to join the fleet.');
  registerCreate(group, cli);
  registerList(group, cli);
  registerRevoke(group, cli);
}

function registerCreate(group: Command, cli: Cli): void {
  const command = group
    .command('create')
    .description('Make an enrollment token. It is shown once: pass it to fleetblock-agent join through a pipe.')
    .addOption(durationOption('-d, --duration <time>', 'valid for this time (default: 1h)'))
    .option('--uses <number>', 'how many hosts may join with it', parseUses, 1)
    .addOption(repeatedOption('--label <key=value>', 'every host that joins with it gets this label; repeatable'))
    .option('--only-these-labels', 'hosts get only the labels of --label: those that they ask for at join are ignored')
    .option('-H, --host <name>', 'only for a host of this name')
    .option('--keep-identity', 'the host exists and keeps its id, name and labels; its old certificate is refused');
  addExamples(
    addOutput(command),
    'fleetblock token create | ssh root@web1 fleetblock-agent join controller.example.com:7443 --token-file -',
    'fleetblock token create -d 15m --uses 20 --label env=prod',
    'fleetblock token create --host web1 --keep-identity',
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
        keepIdentity: options.keepIdentity ?? false,
        onlyLabels: options.onlyTheseLabels ?? false,
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
    say(
      cli,
      `for ${options.uses === 1 ? 'one host' : `${options.uses} hosts`}, valid ${left}: fleetblock-agent join ${credentials.controller} --token-file -`,
    );
  });
}

function parseUses(text: string): number {
  const uses = Number(text);
  if (!Number.isInteger(uses) || uses < 1 || uses > 1_000_000)
    throw new InvalidArgumentError('write a number from 1 to 1000000');
  return uses;
}

function registerList(group: Command, cli: Cli): void {
  const command = group.command('list').description('Show the enrollment tokens, without their secrets.');
  addExamples(addOutput(command), 'fleetblock token list');
  command.action(async () => {
    const options = command.optsWithGlobals<TokenOptions>();
    const credentials = await loadCredentials(cli, options);
    const tokens = await withIdentity(cli, credentials, (client) => client.listTokens());
    await printRows(cli, options.output, tokens, columns(cli.now()), (token) => tokenJson(token, cli.now()));
  });
}

function registerRevoke(group: Command, cli: Cli): void {
  const command = group
    .command('revoke')
    .description('Refuse an enrollment token from now on. Hosts that joined with it stay.')
    .argument('<id>', 'of the token, as token list shows it');
  addExamples(addOutput(addReason(command)), "fleetblock token revoke q3K9xT2b -R 'pasted into a chat'");
  command.action(async (id: string) => {
    const options = command.optsWithGlobals<TokenOptions>();
    if (/^fbt1\./.test(id))
      throw new FleetblockError(
        'INVALID_ARGUMENT',
        'that is a whole token, which must not be on a command line: give its id, as fleetblock token list shows it',
      );
    const credentials = await loadCredentials(cli, options);
    const { token } = await withIdentity(cli, credentials, (client) =>
      client.revokeToken({ id, reason: options.reason ?? '' }),
    );
    if (!token) throw new FleetblockError('INTERNAL', 'the controller sent no token: see its log');
    if (options.output === 'json' || options.output === 'yaml')
      await printValue(cli, options.output, tokenJson(token, cli.now()));
    else cli.stdout.write(`revoked token ${token.id}: ${plural(token.uses, 'host')} joined with it\n`);
  });
}

function stateOf(token: Token__Output, now: number): 'revoked' | 'expired' | 'used' | 'valid' {
  if (token.revokedAtMs !== '0') return 'revoked';
  if (Number(token.expiresAtMs) <= now) return 'expired';
  return token.uses >= token.maxUses ? 'used' : 'valid';
}

function columns(now: number): Column<Token__Output>[] {
  return [
    { title: 'ID', cell: (token) => token.id },
    { title: 'STATE', cell: (token) => stateOf(token, now) },
    { title: 'USES', cell: (token) => `${token.uses}/${token.maxUses}`, align: 'right' },
    { title: 'EXPIRES', cell: (token) => relative(Number(token.expiresAtMs), now) },
    { title: 'HOST', cell: (token) => token.hostName || 'any' },
    {
      title: 'LABELS',
      cell: (token) =>
        Object.entries(token.labels)
          .map(([key, value]) => `${key}=${value}`)
          .join(',') || '-',
    },
    { title: 'BY', cell: (token) => token.actor },
  ];
}

function tokenJson(token: Token__Output, now: number): object {
  return {
    id: token.id,
    state: stateOf(token, now),
    uses: token.uses,
    maxUses: token.maxUses,
    host: token.hostName === '' ? null : token.hostName,
    labels: token.labels,
    onlyLabels: token.onlyLabels,
    actor: token.actor,
    createdAt: jsonTime(token.createdAtMs),
    expiresAt: jsonTime(token.expiresAtMs),
    revokedAt: jsonTime(token.revokedAtMs),
  };
}
