// The help texts of the CLI.
import { expect, test } from 'vitest';
import type { RunOptions } from './support/cli.ts';
import { ScriptedCli } from './support/scripted-cli.ts';

const cli = ScriptedCli.forFile();
const fleetblock = (args: string[], options: RunOptions = {}) => cli.fleetblock(args, options);

test('every command and subcommand has a description and, except groups, an example in --help', async () => {
  const { stdout } = await fleetblock(['--help']);
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) .*$/gm)]
    .map((match) => match[1] ?? '')
    .filter((name) => name !== 'help');
  expect(commands.length).toBeGreaterThanOrEqual(19);
  for (const name of commands) {
    const help = (await fleetblock([name, '--help'])).stdout;
    expect(help, name).toMatch(/\n\n[A-Z]/);
    if (
      ![
        ...['allow', 'token', 'host', 'operator', 'apikey', 'lists', 'context', 'rollout', 'feed', 'detector', 'hook'],
      ].includes(name)
    )
      expect(help, name).toMatch(/Examples:\n {2}\$ /);
  }
});
