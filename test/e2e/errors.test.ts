// Errors of an operator: each is one line that names the fix, with the right exit code.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandResult } from '../../lab/host.ts';
import { BAD, Lab } from '../../lab/lab.ts';

const reason = Lab.whyNot();
const cli = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

describe.skipIf(reason)(`errors${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let lab: Lab;
  let empty: string;
  beforeAll(async () => {
    empty = await mkdtemp(join(tmpdir(), 'fleetblock-errors-'));
    lab = await Lab.create({ hosts: 1 });
    await lab.startHosts();
  });
  afterAll(async () => {
    await lab?.close();
    await rm(empty, { recursive: true, force: true });
  });

  const oneLine = (result: CommandResult, exitCode: number, text: RegExp) => {
    expect(result.stderr).toMatch(text);
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(result.stdout).toBe('');
    expect(result.exitCode).toBe(exitCode);
  };

  test.each<[string, string[], number, RegExp]>([
    ['a malformed address', ['block', '192.168.1.300', '--all-hosts'], 2, /192\.168\.1\.300/],
    ['host bits', ['block', '10.0.0.5/8', '--all-hosts'], 2, /10\.0\.0\.0\/8/],
    ['an unknown host', ['block', BAD, '--host', 'nobody'], 1, /nobody/],
    ['no target', ['block', BAD], 2, /--all-hosts/],
    ['no such command', ['blok', BAD, '--all-hosts'], 2, /block/],
  ])('%s', async (_, words, exitCode, text) => {
    const before = await lab.json(0, 'list');
    const result = await lab.fleetblock(...words);
    expect(result.stderr).toMatch(text);
    expect(result.exitCode).toBe(exitCode);
    expect(await lab.json(0, 'list')).toEqual(before);
  });

  test('faults row 19: an IPv4-mapped address is the IPv4 address', async () => {
    const answer = await lab.json(0, 'block', '::ffff:1.2.3.4', '--all-hosts');
    expect(answer).toMatchObject({ prefixes: ['1.2.3.4/32'] });
    await lab.json(0, 'unblock', '1.2.3.4');
  });

  test('faults row 16: one bad line of a file refuses the whole file and is named', async () => {
    const result = await lab.runAtController(
      [
        'sh',
        '-c',
        'printf "198.51.100.1\\n198.51.100.2\\n198.51.100.0/33\\n" | "$0" "$@"',
        process.execPath,
        cli,
        'block',
        '-f',
        '-',
        '--all-hosts',
      ],
      { FLEETBLOCK_CONFIG: lab.configFile },
    );
    oneLine(result, 2, /line 3.*198\.51\.100\.0\/33/);
    expect(await lab.json(0, 'list')).toEqual([]);
  });

  test('an unreachable controller', async () => {
    const result = await lab.fleetblock('--controller', '192.168.1.10:1', 'hosts');
    oneLine(result, 5, /192\.168\.1\.10:1/);
  });

  test('no credentials', async () => {
    const result = await lab.runAtController([process.execPath, cli, 'hosts'], {
      FLEETBLOCK_CONFIG: join(empty, 'none.yaml'),
    });
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(result.stderr).toMatch(/none\.yaml/);
    expect(result.exitCode).not.toBe(0);
  });

  test('an agent that has not joined', async () => {
    const result = await lab
      .host(1)
      .agent('run', '--state-dir', empty, '--interface', 'eth0', '--pin-dir', `${lab.host(1).pinDir}-x`);
    expect(result.stderr).toMatch(/join/);
    expect(result.exitCode).not.toBe(0);
  });

  test('an interface that does not exist', async () => {
    const host = lab.host(1);
    await host.stopAgent();
    const result = await host.agent(
      'run',
      '--state-dir',
      host.stateDir,
      '--interface',
      'eth9',
      '--pin-dir',
      host.pinDir,
    );
    expect(result.stderr).toMatch(/eth9/);
    expect(result.exitCode).not.toBe(0);
    host.startAgent();
    await lab.synced();
  });

  test('no root', async () => {
    const { stateDir, pinDir, ...host } = lab.host(1);
    const words = [
      'setpriv',
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      process.execPath,
      fileURLToPath(new URL('../../agent/main.ts', import.meta.url)),
    ];
    const result = await lab
      .host(1)
      .run([...words, 'run', '--state-dir', empty, '--interface', host.station.interface, '--pin-dir', `${pinDir}-y`]);
    expect(stateDir).not.toBe(empty);
    expect(result.stderr).toMatch(/root/);
    expect(result.exitCode).not.toBe(0);
  });
});
