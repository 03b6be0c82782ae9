// What the CLI says of itself: completion scripts and --help.
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { RunOptions } from './support/cli.ts';
import { ScriptedCli } from './support/scripted-cli.ts';

const cli = ScriptedCli.forFile();
const fleetblock = (args: string[], options: RunOptions = {}) => cli.fleetblock(args, options);

describe('completion', () => {
  const complete = async (...words: string[]) => {
    const { stdout } = await fleetblock(['completion', 'bash']);
    const script = `${stdout}\nCOMP_WORDS=(fleetblock "$@"); COMP_CWORD=$#; _fleetblock; echo "\${COMPREPLY[*]}"`;
    return execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' })
      .trim()
      .split(' ');
  };

  test('bash completes commands, their commands, options and choices', async () => {
    expect(await complete('unb')).toEqual(['unblock']);
    expect(await complete('token', '')).toEqual(expect.arrayContaining(['create', 'list', 'revoke']));
    expect(await complete('block', '192.0.2.1', '--all')).toEqual(['--all-hosts']);
    expect(await complete('list', '-o', 'j')).toEqual(['json']);
    expect(await complete('--context', 'x', 'ho')).toEqual(['hosts', 'host']);
  });

  test('zsh and fish have every command', async () => {
    expect((await fleetblock(['completion', 'zsh'])).stdout).toMatch(/^#compdef fleetblock\n/);
    const { stdout } = await fleetblock(['completion', 'fish']);
    for (const word of ['block', 'doctor', 'create']) expect(stdout).toMatch(new RegExp(`-a ${word} `));
  });
});

test('every command and subcommand has a description and, but for groups, an example in --help', async () => {
  const { stdout } = await fleetblock(['--help']);
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) .*$/gm)]
    .map((match) => match[1] ?? '')
    .filter((name) => name !== 'help');
  expect(commands.length).toBeGreaterThanOrEqual(19);
  for (const name of commands) {
    const help = (await fleetblock([name, '--help'])).stdout;
    expect(help, name).toMatch(/\n\n[A-Z]/);
    if (!['allow', 'token', 'host', 'operator', 'lists', 'context'].includes(name))
      expect(help, name).toMatch(/Examples:\n {2}\$ /);
  }
});
