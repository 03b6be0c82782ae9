// fleetblock operator create|list|revoke: people and programs that may use the controller.
import { generateKeyPairSync, sign } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { FleetblockError } from '../../common/errors.ts';
import { writeFileAtomic } from '../../common/files.ts';
import type { Operator__Output } from '../../proto/gen/fleetblock/v1/Operator.ts';
import type { Cli, GlobalOptions } from '../context.ts';
import { loadCredentials } from '../credentials.ts';
import { type OutputForm, printValue } from '../output/format.ts';
import { jsonTime } from '../output/json.ts';
import { printRows } from '../output/rows.ts';
import type { Column } from '../output/table.ts';
import { plural, relative } from '../output/text.ts';
import { withIdentity } from '../services/identity-client.ts';
import { addExamples, addOutput, addReason, durationOption } from './options.ts';

interface OperatorOptions extends GlobalOptions {
  readonly role: string;
  /** Milliseconds. */
  readonly duration?: number;
  readonly out?: string;
  readonly serial?: string;
  readonly reason?: string;
  readonly output: OutputForm;
}

export function register(program: Command, cli: Cli): void {
  const group = program
    .command('operator')
    .summary('people and programs that may use the controller')
    .description('Credentials of people and programs (role admin).');
  registerCreate(group, cli);
  registerToken(group, cli);
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
    const { stringify } = await import('yaml');
    const context = {
      controller: reply.controller,
      fleet: reply.fleet,
      operator: name,
      ca: reply.rootCertificate,
      certificate: reply.certificateChain,
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
    const document = { currentContext: reply.fleet, contexts: { [reply.fleet]: context } };
    writeFileAtomic(
      path,
      `# fleetblock operator credentials. Keep it to yourself: mode 0600.\n${stringify(document, { lineWidth: 0 })}`,
    );
    const expiresAt = jsonTime(reply.expiresAtMs);
    if (options.output === 'json' || options.output === 'yaml')
      await printValue(cli, options.output, { name, role: options.role, serial: reply.serial, expiresAt, path });
    else cli.stdout.write(`${path}\n`);
    cli.stderr.write(
      `credentials of ${name} (${options.role}), valid until ${expiresAt}: put them in ~/.config/fleetblock/config.yaml there\n`,
    );
  });
}

function registerToken(group: Command, cli: Cli): void {
  const command = group
    .command('token')
    .description(
      'Make a one-time token by which somebody gets such credentials on their own machine: the key is made there and never leaves it.',
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
    const options = command.optsWithGlobals<OperatorOptions & { readonly within?: number }>();
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
    cli.stderr.write(
      `for ${name} (${options.role}), once, until ${expiresAt}: fleetblock login ${controller} --token-file -\n`,
    );
  });
}

function registerList(group: Command, cli: Cli): void {
  const command = group.command('list').description('Show the certificates of operators.');
  addExamples(addOutput(command), 'fleetblock operator list');
  command.action(async () => {
    const options = command.optsWithGlobals<OperatorOptions>();
    const credentials = await loadCredentials(cli, options);
    const { operators } = await withIdentity(cli, credentials, (client) => client.listOperators());
    await printRows(cli, options.output, operators, columns(cli.now()), operatorJson);
  });
}

function registerRevoke(group: Command, cli: Cli): void {
  const command = group
    .command('revoke')
    .description('Refuse the certificates of a name from now on, or with --serial just one; open calls end.')
    .argument('[name]', 'of the person or program')
    .option('--serial <hex>', 'just this certificate');
  addExamples(addOutput(addReason(command)), "fleetblock operator revoke alice -R 'laptop stolen'");
  command.action(async (name: string | undefined) => {
    const options = command.optsWithGlobals<OperatorOptions>();
    if ((name === undefined) === (options.serial === undefined))
      throw new FleetblockError('INVALID_ARGUMENT', 'whose certificates? give a name, or one with --serial');
    const credentials = await loadCredentials(cli, options);
    const { revoked } = await withIdentity(cli, credentials, (client) =>
      client.revokeOperator({ name: name ?? '', serial: options.serial ?? '', reason: options.reason ?? '' }),
    );
    if (options.output === 'json' || options.output === 'yaml') {
      await printValue(cli, options.output, revoked.map(operatorJson));
      return;
    }
    const names = [...new Set(revoked.map((operator) => operator.name))].join(', ');
    cli.stdout.write(`revoked ${plural(revoked.length, 'certificate')} of ${names}\n`);
  });
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
