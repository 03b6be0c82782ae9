// fleetblock context list|use|remove: the fleets that this operator has credentials for.
import { X509Certificate } from 'node:crypto';
import type { Command } from 'commander';
import { FleetblockError } from '../../../common/errors.ts';
import { ContextFile } from '../../credentials/context-file.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import type { OutputForm } from '../../output/format.ts';
import { printRows } from '../../output/rows.ts';
import { say } from '../../output/say.ts';
import type { Column } from '../../output/table.ts';
import { relative } from '../../output/text.ts';
import { addExamples, addOutput } from '../options.ts';

type ContextOptions = GlobalOptions & { readonly output: OutputForm };

interface Row {
  readonly name: string;
  readonly current: boolean;
  readonly controller: string;
  readonly fleet: string;
  readonly operator: string;
  /** Unix milliseconds; undefined: its certificate cannot be read. */
  readonly expiresMs: number | undefined;
}

/** Works on the credentials file alone and asks no controller. */
export function register(program: Command, cli: Cli): void {
  const group = program
    .command('context')
    .summary('the fleets that you have credentials for')
    .description(
      'The contexts of the credentials file: one per fleet. Others are named with --context or FLEETBLOCK_CONTEXT.',
    );
  registerList(group, cli);
  registerChange(group, cli, 'use', 'Make a context the current one.', (file, name) => file.use(name));
  registerChange(
    group,
    cli,
    'remove',
    'Forget a context, its key with it. The certificate stays valid elsewhere: see operator revoke.',
    (file, name) => file.remove(name),
  );
}

function registerList(group: Command, cli: Cli): void {
  const command = group.command('list').description('Show the contexts; * marks the current one.');
  addExamples(addOutput(command), 'fleetblock context list');
  command.action(async () => {
    const options = command.optsWithGlobals<ContextOptions>();
    const file = await ContextFile.read(cli, options);
    const current = options.context ?? (cli.env.FLEETBLOCK_CONTEXT || file.current);
    const rows = file.names.map(
      (name): Row => ({
        name,
        current: name === current,
        controller: file.text(name, 'controller'),
        fleet: file.text(name, 'fleet'),
        operator: file.text(name, 'operator'),
        expiresMs: expiryOf(file.text(name, 'certificate')),
      }),
    );
    await printRows(cli, options.output, rows, columns(cli.now()), rowJson);
  });
}

function registerChange(
  group: Command,
  cli: Cli,
  verb: 'use' | 'remove',
  description: string,
  change: (file: ContextFile, name: string) => void,
): void {
  const command = group.command(verb).description(description).argument('<name>', 'context');
  addExamples(command, `fleetblock context ${verb} prod`);
  command.action(async (name: string) => {
    const file = await ContextFile.read(cli, command.optsWithGlobals<GlobalOptions>());
    if (!file.has(name))
      throw new FleetblockError(
        'INVALID_ARGUMENT',
        `${file.path} has no context ${name}: it has ${file.names.join(', ') || 'none'}`,
      );
    change(file, name);
    say(cli, verb === 'use' ? `${name} is the current context` : `removed context ${name}`);
  });
}

function expiryOf(certificate: string): number | undefined {
  try {
    return new X509Certificate(certificate).validToDate.getTime();
  } catch {
    return undefined;
  }
}

function columns(now: number): Column<Row>[] {
  return [
    { title: '', cell: ({ current }) => (current ? '*' : ' ') },
    { title: 'NAME', cell: ({ name }) => name },
    { title: 'CONTROLLER', cell: ({ controller }) => controller || '-' },
    { title: 'FLEET', cell: ({ fleet }) => fleet || '-' },
    { title: 'OPERATOR', cell: ({ operator }) => operator || '-' },
    { title: 'EXPIRES', cell: ({ expiresMs }) => (expiresMs === undefined ? '?' : relative(expiresMs, now)) },
  ];
}

function rowJson({ expiresMs, ...row }: Row): object {
  return { ...row, expiresAt: expiresMs === undefined ? null : new Date(expiresMs).toISOString() };
}
