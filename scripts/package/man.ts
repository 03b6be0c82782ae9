// Manual pages from the command lines themselves: one for each program, and one for each command of `fleetblock`.
// `man.ts DIRECTORY` writes them there.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { buildProgram as agentProgram } from '../../agent/config.ts';
import { buildProgram as cliProgram } from '../../cli/program.ts';
import { VERSION } from '../../common/version.ts';
import { buildProgram as controllerProgram } from '../../controller/config.ts';

/** Text as roff prints it: no request, no escape, and every hyphen one that can be copied. */
function plain(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^([.'])/gm, '\\&$1');
}

/** What the command prints after its options: examples and notes, as they are. */
function helpAfter(command: Command): string {
  const parts: string[] = [];
  command.configureOutput({ writeOut: (text) => parts.push(text) });
  command.outputHelp();
  return parts.join('').slice(command.helpInformation().length).trim();
}

function section(title: string, body: string): string {
  return body === '' ? '' : `.SH ${title}\n${body}\n`;
}

function optionsOf(command: Command): string {
  const help = command.createHelp();
  return help
    .visibleOptions(command)
    .map((option) => `.TP\n.B ${plain(help.optionTerm(option))}\n${plain(help.optionDescription(option))}`)
    .join('\n');
}

/** Options of a program's commands stand with each of them when there are no pages of their own. */
function commandsOf(command: Command, isWhole: boolean): string {
  const help = command.createHelp();
  return help
    .visibleCommands(command)
    .filter((each) => each.name() !== 'help')
    .map((each) => {
      const head = `${plain(help.subcommandTerm(each))}`;
      const about = plain(help.subcommandDescription(each));
      if (!isWhole) return `.TP\n.B ${head}\n${about}`;
      const inner = commandsOf(each, true);
      return [`.SS ${head}`, about, optionsOf(each), inner].filter((part) => part !== '').join('\n');
    })
    .join('\n');
}

/** @param name as the page is called: fleetblock-block */
function page(name: string, number: number, command: Command, isWhole: boolean): string {
  const help = command.createHelp();
  const after = helpAfter(command);
  return [
    `.TH ${name.toUpperCase()} ${number} "" "fleetblock ${VERSION}" "fleetblock"\n`,
    section(
      'NAME',
      `${plain(name)} \\- ${plain((help.commandDescription(command).split('\n')[0] ?? '').replace(/\.$/, ''))}`,
    ),
    section('SYNOPSIS', `.B ${plain(help.commandUsage(command))}`),
    section('DESCRIPTION', plain(help.commandDescription(command))),
    section('OPTIONS', optionsOf(command)),
    section('COMMANDS', commandsOf(command, isWhole)),
    section('NOTES', after === '' ? '' : `.nf\n${plain(after)}\n.fi`),
  ].join('');
}

const [directory = ''] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });
const write = (name: string, number: number, command: Command, isWhole: boolean): void =>
  writeFileSync(join(directory, `${name}.${number}`), page(name, number, command, isWhole));

const cli = await cliProgram([], {
  env: {},
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  now: Date.now,
  signal: new AbortController().signal,
  exitCode: 0,
});
write('fleetblock', 1, cli, false);
for (const command of cli.createHelp().visibleCommands(cli))
  if (command.name() !== 'help') write(`fleetblock-${command.name()}`, 1, command, true);

const none = async (): Promise<void> => undefined;
const agent = agentProgram({
  join: none,
  run: none,
  detach: none,
  status: none,
  health: none,
  resync: none,
  report: none,
  doctor: none,
});
write('fleetblock-agent', 8, agent, true);
const controller = {
  init: none,
  run: none,
  health: none,
  credentials: none,
  backup: none,
  restore: none,
  rotate: none,
};
write('fleetblock-controller', 8, controllerProgram(controller), true);
