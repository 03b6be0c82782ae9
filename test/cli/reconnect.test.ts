// Commands that run until Ctrl-C survive a restart of the controller, and say so once.
import { expect, test } from 'vitest';
import { FleetblockError } from '../../common/errors.ts';
import { NOW, ScriptedCli } from './support/scripted-cli.ts';

const cli = ScriptedCli.forFile();
const gone = () => new FleetblockError('UNAVAILABLE', 'the controller restarts');
const said = 'the controller restarts; trying again until it answers\nconnected again\n';
const event = (sequence: number, atMs: number, text: string) => ({ sequence, atMs, kind: 'change', text });

test('faults row 96: events -f continues after what it has shown', async () => {
  let calls = 0;
  cli.controller.script.watchEvents = function* ({ last }) {
    calls++;
    if (calls === 1) {
      yield event(7, NOW - 3000, 'first');
      yield event(8, NOW - 2000, 'second');
      throw gone();
    }
    expect(last).toBe(0);
    // One that was shown, and one of a controller that counts from one again. The end is no break.
    yield event(8, NOW - 2000, 'second');
    yield event(1, NOW - 1000, 'third');
  };
  const { stdout, stderr, exitCode } = await cli.fleetblock(['events', '-f', '-o', 'json']);
  expect(exitCode).toBe(0);
  const texts = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).text);
  expect(texts).toEqual(['first', 'second', 'third']);
  expect(stderr).toBe(said);
});

test.each([
  ['watch', []],
  ['top', ['-f']],
])('faults row 96: %s %s waits for the controller', async (command, words) => {
  const stop = new AbortController();
  let calls = 0;
  cli.controller.script.listHosts = () => {
    calls++;
    if (calls === 2 || calls === 3) throw gone();
    if (calls === 4) setTimeout(() => stop.abort(), 100);
    return { hosts: [], revision: calls };
  };
  const args = [command, ...words, '--interval', '200ms', '-o', 'json'];
  const { stderr, exitCode } = await cli.fleetblock(args, { signal: stop.signal });
  expect({ stderr, exitCode }).toEqual({ stderr: said, exitCode: 0 });
  expect(calls).toBeGreaterThanOrEqual(4);
});

test('a controller that never was there is not waited for', async () => {
  const words = ['watch', '--controller', '127.0.0.1:1'];
  const { stderr, exitCode } = await cli.fleetblock(words);
  expect(stderr).toMatch(/^fleetblock: nothing listens at 127\.0\.0\.1:1/);
  expect(exitCode).toBe(5);
});

test('--interval has a floor', async () => {
  const { stderr, exitCode } = await cli.fleetblock(['watch', '--interval', '1ms']);
  expect(stderr).toMatch(/at least 200ms/);
  expect(exitCode).toBe(2);
});
