// fleetblock operator create|token|tokens|list|revoke: people and programs that may use the controller.
import { generateKeyPairSync, sign } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { FleetblockError } from '../../../common/errors.ts';
import type { Operator__Output } from '../../../proto/gen/fleetblock/v1/Operator.ts';
import { type Credentials, loadCredentials } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { type OutputForm, printValue } from '../../output/format.ts';
import { jsonTime } from '../../output/json.ts';
import { printRows } from '../../output/rows.ts';
import { say } from '../../output/say.ts';
import type { Column } from '../../output/table.ts';
import { plural, relative } from '../../output/text.ts';
import { withIdentity } from '../../services/identity-client.ts';
import { addExamples, addOutput, addReason, durationOption } from '../options.ts';
import { loginTokenJson, registerToken, registerTokens } from './operator-tokens.ts';

interface OperatorOptions extends GlobalOptions {
  readonly role: string;
  /** Milliseconds. */
  readonly duration?: number;
  readonly out?: string;
  readonly output: OutputForm;
}

interface RevokeOptions extends GlobalOptions {
  readonly serial?: string;
  /** Id of a login token. */
  readonly token?: string;
  readonly lastAdmin?: boolean;
  readonly reason?: string;
  readonly output: OutputForm;
}

/** Its subcommands are in this file and in operator-tokens.ts; all need the role admin. */
export function register(program: Command, cli: Cli): void {
  const group = program
    .command('operator')
    .summary('people and programs that may use the controller')
    .description('Credentials of people and programs (role admin).');
  registerCreate(group, cli);
  registerToken(group, cli);
  registerTokens(group, cli);
  registerList(group, cli);
  registerRevoke(group, cli);
}

function registerCreate(group: Command, cli: Cli): void {
  const command = group
    .command('create')
    .description('Make credentials: the key is made here and never sent. The file is written with mode 0600.')
    .argument('<name>', 'of the person or program')
    .addOption(
      new Option('--role <role>', 'what they may do').choices(['viewer', 'operator', 'admin']).makeOptionMandatory(),
    )
    .addOption(durationOption('-d, --duration <time>', 'valid for this time, 12h to 30d (default: 7d)'))
    .option('--out <file>', 'where the credentials are written (default: NAME.yaml here)');
  addExamples(addOutput(command), 'fleetblock operator create alice --role operator --out alice.yaml');
  command.action(async (name: string) => {
    const options = command.optsWithGlobals<OperatorOptions>();
    const path = options.out ?? `${name}.yaml`;
    if (existsSync(path))
      throw new FleetblockError('INVALID_ARGUMENT', `${path} exists already: name another file with --out`);
    const credentials = await loadCredentials(cli, options);
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const reply = await withIdentity(cli, credentials, (client) =>
      client.createOperator({
        name,
        role: options.role,
        ttlMs: options.duration ?? 0,
        publicKey: publicKey.export({ type: 'spki', format: 'der' }),
        possession: sign('sha256', Buffer.from(`fleetblock-operator:${name}`), privateKey),
      }),
    );
    // Loaded for this command alone: yaml takes time.
    const { writeNewCredentials } = await import('../../../common/credentials-file.ts');
    writeNewCredentials(path, {
      controller: reply.controller,
      fleet: reply.fleet,
      operator: name,
      ca: reply.rootCertificate,
      certificate: reply.certificateChain,
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    });
    const expiresAt = jsonTime(reply.expiresAtMs);
    if (options.output === 'json' || options.output === 'yaml')
      await printValue(cli, options.output, { name, role: options.role, serial: reply.serial, expiresAt, path });
    else cli.stdout.write(`${path}\n`);
    say(
      cli,
      `credentials of ${name} (${options.role}), valid until ${expiresAt}: put them in ~/.config/fleetblock/config.yaml there`,
    );
  });
}

function registerList(group: Command, cli: Cli): void {
  const command = group.command('list').description('Show the certificates of operators.');
  addExamples(addOutput(command), 'fleetblock operator list');
  command.action(async () => {
    const options = command.optsWithGlobals<OperatorOptions>();
    const credentials = await loadCredentials(cli, options);
    const operators = await withIdentity(cli, credentials, (client) => client.listOperators());
    await printRows(cli, options.output, operators, columns(cli.now()), operatorJson);
  });
}

function registerRevoke(group: Command, cli: Cli): void {
  const command = group
    .command('revoke')
    .description(
      'Refuse the certificates and the login tokens of a name from now on, or just one of them; open calls end. Others are not affected.',
    )
    .argument('[name]', 'of the person or program')
    .option('--serial <hex>', 'just this certificate, with its renewals')
    .option('--token <id>', 'just this login token, as operator tokens shows it; a certificate that came of it stays')
    .option('--last-admin', 'even when no admin is left who could use the controller');
  addExamples(addOutput(addReason(command)), "fleetblock operator revoke alice -R 'laptop stolen'");
  command.action(async (name: string | undefined) => {
    const options = command.optsWithGlobals<RevokeOptions>();
    const { serial, token, reason = '', output } = options;
    if ([name, serial, token].filter((each) => each !== undefined).length !== 1)
      throw new FleetblockError('INVALID_ARGUMENT', 'whose? give a name, one with --serial or one with --token');
    const credentials = await loadCredentials(cli, options);
    if (token !== undefined) return await revokeToken(cli, credentials, token, { reason, output });
    const { revoked, tokens } = await withIdentity(cli, credentials, (client) =>
      client.revokeOperator({
        name: name ?? '',
        serial: serial ?? '',
        reason,
        lastAdmin: options.lastAdmin ?? false,
      }),
    );
    if (output === 'json' || output === 'yaml') {
      await printValue(cli, output, revoked.map(operatorJson));
      return;
    }
    const names = [...new Set([...revoked, ...tokens].map((each) => each.name))].join(', ');
    const and = tokens.length > 0 ? ` and ${plural(tokens.length, 'login token')}` : '';
    cli.stdout.write(`revoked ${plural(revoked.length, 'certificate')}${and} of ${names}\n`);
  });
}

async function revokeToken(
  cli: Cli,
  credentials: Credentials,
  id: string,
  { reason, output }: { readonly reason: string; readonly output: OutputForm },
): Promise<void> {
  if (/^fbo1\./.test(id))
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      'that is a whole token, which must not be on a command line: give its id, as fleetblock operator tokens shows it',
    );
  const { token } = await withIdentity(cli, credentials, (client) => client.revokeOperatorToken({ id, reason }));
  if (!token) throw new FleetblockError('INTERNAL', 'the controller sent no token: see its log');
  if (output === 'json' || output === 'yaml') {
    await printValue(cli, output, loginTokenJson(token, cli.now()));
    return;
  }
  cli.stdout.write(`revoked login token ${token.id} of ${token.name}\n`);
  if (token.serial !== '')
    say(cli, `it was used: to end that too, fleetblock operator revoke --serial ${token.serial}`);
}

function columns(now: number): Column<Operator__Output>[] {
  return [
    { title: 'NAME', cell: (operator) => operator.name },
    { title: 'ROLE', cell: (operator) => operator.role },
    { title: 'STATE', cell: (operator) => stateOf(operator, now) },
    { title: 'EXPIRES', cell: (operator) => relative(Number(operator.expiresAtMs), now) },
    { title: 'SERIAL', cell: (operator) => operator.serial },
  ];
}

function stateOf(operator: Operator__Output, now: number): string {
  if (operator.revokedAtMs !== '0') return 'revoked';
  return Number(operator.expiresAtMs) <= now ? 'expired' : 'valid';
}

function operatorJson(operator: Operator__Output): object {
  return {
    name: operator.name,
    role: operator.role,
    serial: operator.serial,
    createdAt: jsonTime(operator.createdAtMs),
    expiresAt: jsonTime(operator.expiresAtMs),
    revokedAt: jsonTime(operator.revokedAtMs),
  };
}
