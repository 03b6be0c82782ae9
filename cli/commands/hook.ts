// fleetblock hook add|list|show|rm: where other programs post addresses that they have found.
import { type Command, Option } from 'commander';
import { FleetblockError } from '../../common/errors.ts';
import { readSecretFile } from '../../common/files.ts';
import { method } from '../../common/rpc/client/method.ts';
import type { Hook__Output } from '../../proto/gen/fleetblock/v1/Hook.ts';
import { loadCredentials } from '../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../environment.ts';
import { type OutputForm, printValue } from '../output/format.ts';
import { hookColumns, hookFacts, hookJson } from '../output/hooks.ts';
import { printRows } from '../output/rows.ts';
import { say } from '../output/say.ts';
import { type Connection, withConnection } from '../services/connection.ts';
import { addExamples, addOutput, addReason } from './options.ts';

interface HookOptions extends GlobalOptions {
  readonly reason?: string;
  readonly output: OutputForm;
}

interface AddOptions extends HookOptions {
  readonly scheme: string;
  readonly secretFile: string;
  readonly rows?: string;
  readonly address?: string;
  readonly duration?: string;
  readonly why?: string;
  readonly unbanIf?: string;
  readonly replace?: boolean;
}

const SCHEMES = ['standard', 'grafana', 'github', 'bearer'];

/** Viewers list, admins change. */
export function register(program: Command, cli: Cli): void {
  const group = program
    .command('hook')
    .summary('where other programs post addresses to block')
    .description(
      'Webhooks: other programs post what they found to /hooks/NAME of the HTTP port. A webhook blocks nothing until detector set lets hook:NAME.',
    );
  registerAdd(group, cli);
  registerLooks(group, cli);
  registerRemove(group, cli);
}

function registerAdd(group: Command, cli: Cli): void {
  const command = group
    .command('add')
    .description('Take reports at /hooks/NAME from a sender that has the secret.')
    .argument('<name>', 'of its path; it reports as hook:NAME')
    .requiredOption('--secret-file <file>', 'what its sender signs with, in a file that only you can read')
    .addOption(
      new Option('--scheme <scheme>', 'how its sender shows that it has the secret')
        .choices(SCHEMES)
        .default('standard'),
    )
    .option('--rows <pointer>', 'JSON pointer to the array of rows, or to the only one (default: the whole body)')
    .option('--address <pointer>', 'pointer within a row to its address (default: the row is the address)')
    .option('--duration <time>', 'how long, or a pointer to that (default: as long as the policy lets it)')
    .option('--why <text>', 'the reason that blocks are shown with, or a pointer to it')
    .option('--unban-if <pointer=value>', 'a row with this value there takes its ban back')
    .option('--replace', 'in place of the webhook of that name');
  addExamples(
    addOutput(addReason(command)),
    'fleetblock hook add siem --secret-file siem.secret --address /ip --duration /seconds --why /rule',
    'fleetblock hook add alerts --scheme bearer --secret-file am.secret --rows /alerts --address /labels/ip --unban-if /status=resolved',
  );
  command.action(async (name: string) => {
    const options = command.optsWithGlobals<AddOptions>();
    const { scheme, rows = '', address = '', duration = '', why = '', unbanIf = '' } = options;
    const request = {
      hook: { name, scheme, rows, address, duration, reason: why, unbanIf },
      secret: readSecretFile(options.secretFile, 'secret'),
      replace: options.replace ?? false,
      reason: options.reason ?? '',
    };
    const hook = await withHooks(cli, options, (connection) =>
      connection.unary(method('HookService', 'AddHook'), request),
    );
    await print(cli, options, hook, `/hooks/${name} takes reports as hook:${name}\n`);
    if (hook.policy === '')
      say(cli, `it blocks nothing yet: fleetblock detector set hook:${name} --scope fleet --max-duration TIME lets it`);
  });
}

function registerLooks(group: Command, cli: Cli): void {
  const list = group.command('list').description('Show the webhooks, their policies, and what came.');
  addExamples(addOutput(list), 'fleetblock hook list');
  list.action(async () => {
    const options = list.optsWithGlobals<HookOptions>();
    await printRows(cli, options.output, await listHooks(cli, options), hookColumns(cli.now()), hookJson);
  });
  const show = group
    .command('show')
    .description('Show how a webhook is read. Its secret is shown nowhere.')
    .argument('<name>', 'of the webhook');
  addExamples(addOutput(show), 'fleetblock hook show siem');
  show.action(async (name: string) => {
    const options = show.optsWithGlobals<HookOptions>();
    const hook = (await listHooks(cli, options)).find(({ spec }) => spec?.name === name);
    if (!hook)
      throw new FleetblockError('NOT_FOUND', `there is no webhook ${JSON.stringify(name)}: see fleetblock hook list`);
    const facts = hookFacts(hook, cli.now()).map(([fact, value]) => `${fact.padEnd(10)}${value}\n`);
    await print(cli, options, hook, facts.join(''));
  });
}

function registerRemove(group: Command, cli: Cli): void {
  const command = group
    .command('rm')
    .description('Take nothing from a webhook any more. What it has blocked stays until its end.')
    .argument('<name>', 'of the webhook');
  addExamples(addOutput(addReason(command)), 'fleetblock hook rm siem');
  command.action(async (name: string) => {
    const options = command.optsWithGlobals<HookOptions>();
    const request = { name, reason: options.reason ?? '' };
    const hook = await withHooks(cli, options, (connection) =>
      connection.unary(method('HookService', 'RemoveHook'), request),
    );
    await print(cli, options, hook, `removed webhook ${name}; what it has blocked stays until its end\n`);
  });
}

async function listHooks(cli: Cli, options: GlobalOptions): Promise<Hook__Output[]> {
  const reply = await withHooks(cli, options, (connection) => connection.unary(method('HookService', 'ListHooks'), {}));
  return reply.hooks;
}

async function withHooks<T>(cli: Cli, options: GlobalOptions, use: (connection: Connection) => Promise<T>): Promise<T> {
  return withConnection(cli, await loadCredentials(cli, options), use);
}

async function print(cli: Cli, { output }: HookOptions, hook: Hook__Output, text: string): Promise<void> {
  if (output === 'json' || output === 'yaml') await printValue(cli, output, hookJson(hook));
  else cli.stdout.write(text);
}
