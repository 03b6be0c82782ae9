// The command line: which command, its options, and what its failure means for the exit code.
import { Command, CommanderError } from 'commander';
import { FleetblockError, messageOf } from '../common/errors.ts';
import { withoutTokens } from '../common/text/token.ts';
import { COMMANDS, type CommandModule } from './commands/registry.ts';
import { suggestion } from './completion/suggestions.ts';
import type { Cli } from './environment.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { say } from './output/say.ts';

/** Runs one command line (without node and script). Returns the exit code; never throws, never exits. */
export async function run(args: readonly string[], cli: Cli): Promise<number> {
  try {
    const program = await buildProgram(args, cli);
    // A value of its own would take the word after a plain --wait with it.
    await program.parseAsync(
      args.map((word) => (word === '--wait=all' ? '--wait-all' : word)),
      { from: 'user' },
    );
    return cli.exitCode;
  } catch (error) {
    // --help and --version end here too, with 0; commander has printed its output.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    say(cli, `fleetblock: ${messageOf(error)}`);
    return error instanceof FleetblockError ? exitCodeOf(error.code) : EXIT.failure;
  }
}

/** The program with the command that `args` name, or with all of them (for help, suggestions and completion). */
export async function buildProgram(args: readonly string[], cli: Cli): Promise<Command> {
  const program = new Command('fleetblock')
    .description('Blocks addresses on every host of the fleet, in the kernel, and proves it host by host.')
    .option('--config <file>', 'credentials (FLEETBLOCK_CONFIG; default ~/.config/fleetblock/config.yaml)')
    .option('--context <name>', 'which of the contexts in it (FLEETBLOCK_CONTEXT)')
    .option('--controller <host:port>', 'another address of the controller (FLEETBLOCK_CONTROLLER)')
    .configureOutput({
      writeOut: (text) => cli.stdout.write(text),
      writeErr: (text) => cli.stderr.write(withoutTokens(text)),
      outputError: (text) => say(cli, oneLine(text)),
      getOutHelpWidth: () => cli.stdout.columns ?? 100,
      getErrHelpWidth: () => cli.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError(true)
    .exitOverride();
  const all = () => buildProgram([], cli);
  const named = commandIn(args);
  if (named !== undefined) {
    (await named()).register(program, cli, all);
    return program;
  }
  const { VERSION } = await import('../common/version.ts');
  program.version(VERSION, '-V, --version', 'show the version').helpOption('-h, --help', 'show help');
  // Asked for by scripts: no reason to load all the commands.
  if (args.length === 1 && (args[0] === '-V' || args[0] === '--version')) return program;
  for (const command of await Promise.all(Object.values(COMMANDS).map((load) => load())))
    command.register(program, cli, all);
  return program;
}

/** The loader of the first word that is no option, if that is a command. */
function commandIn(args: readonly string[]): (() => Promise<CommandModule>) | undefined {
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? '';
    if (['--config', '--context', '--controller'].includes(word)) i++;
    else if (!word.startsWith('-')) return Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  }
  return undefined;
}

function oneLine(text: string): string {
  const line = text
    .trim()
    .replaceAll('\n', ' ')
    // Whatever is wrong with a value says so itself.
    .replace(/^error: option '(.*?)(?: <.*?>)?' argument '.*?' is invalid\. (?=")/s, 'error: $1: ')
    .replace(/^error: /, 'fleetblock: ');
  return `${line}${suggestion(line)}`;
}
