// What others wrote into errors, verdicts and names: a terminal must not obey it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FleetblockError } from '../../common/errors.ts';
import { ScriptedCli } from './support/scripted-cli.ts';

const cli = ScriptedCli.forFile();
/** Sets the title, clears the screen (by the 8-bit introducer too), turns the direction. */
const EVIL = '\u001b]0;PWNED\u0007\u001b[2J\u009b2J\u202ekcolb\u200f\u061c\r';
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

test('faults row 93: an error of the controller', async () => {
  cli.controller.script.listLists = () => {
    throw new FleetblockError('FAILED_PRECONDITION', `no: ${EVIL}`);
  };
  const { stderr } = await cli.fleetblock(['lists']);
  expect(stderr).toContain('PWNED');
  expect(stderr).not.toMatch(OBEYED);
});

test('faults row 93: what a host says that its kernel does', async () => {
  cli.controller.script.check = () => ({
    prefix: '192.0.2.1/32',
    hosts: [
      { name: 'web1', status: 'synced', desired: 'drop', realized: `pass${EVIL}`, entry: EVIL },
      { name: 'web2', status: 'synced', desired: 'drop', problem: `down${EVIL}` },
    ],
  });
  const { stdout, stderr } = await cli.fleetblock(['check', '192.0.2.1']);
  expect(stderr).toContain('its kernel does pass');
  expect(stderr).toContain('web2: no answer: down');
  expect(stdout + stderr).not.toMatch(OBEYED);
});

test.each([
  ['a line of a file', ['block', '-A', '-f', 'FILE']],
  ['a line of a list', ['import', 'FILE', '--list', 'a', '-A']],
  ['an argument', ['block', '-A', EVIL]],
  ['an option', [`--${EVIL}`]],
  ['a command', [EVIL]],
])('faults row 93: %s', async (_, words) => {
  const file = join(cli.controller.directory, 'evil.txt');
  writeFileSync(file, `203.0.113.7\u202e\u009b2J${EVIL}\n`);
  const { stderr, exitCode } = await cli.fleetblock(words.map((word) => (word === 'FILE' ? file : word)));
  expect(exitCode).toBe(2);
  expect(stderr).not.toMatch(OBEYED);
});

test('faults row 93: what the controller says of a revoked login token', async () => {
  const token = { id: 'q3K9xT2b', name: 'alice', role: 'viewer', used: true, serial: EVIL };
  cli.controller.script.revokeOperatorToken = () => ({ token });
  const { stderr } = await cli.fleetblock(['operator', 'revoke', '--token', 'q3K9xT2b']);
  expect(stderr).toContain('--serial');
  expect(stderr).not.toMatch(OBEYED);
});
