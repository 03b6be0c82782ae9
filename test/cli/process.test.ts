// The command as a process: what a shell, a pipe and a script see.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FleetblockError } from '../../common/errors.ts';
import { MAIN, runProcess } from './support/cli.ts';
import { ScriptedController } from './support/scripted-controller.ts';

let controller: ScriptedController;
let env: Record<string, string>;
beforeAll(async () => {
  controller = await ScriptedController.start();
  env = { FLEETBLOCK_CONFIG: controller.credentials(), XDG_CACHE_HOME: join(controller.directory, 'cache') };
  controller.script = {
    block: ({ prefixes }) => {
      if (prefixes.includes('10.0.0.1/32'))
        throw new FleetblockError('PERMISSION_DENIED', 'the role viewer may not block');
      const enforced = prefixes.includes('10.0.0.2/32') ? 2 : 3;
      return {
        revision: 42,
        outcomes: prefixes.map((prefix) => ({ prefix, change: 'ADDED' })),
        hosts: { targeted: 3, enforced },
        elapsedMs: 9,
      };
    },
    listEntries: function* () {
      for (let i = 0; i < 200_000; i++)
        yield { prefix: '192.0.2.1/32', action: 'ACTION_BLOCK', selector: { allHosts: true } };
    },
    createToken: () => ({
      token: 'fbt1.abcdefgh.SECRETSECRET.pin',
      id: 'abcdefgh',
      expiresAtMs: Date.now() + 3_600_000,
    }),
  };
});
afterAll(() => controller?.close());

describe('exit codes', () => {
  test.each<[number, string, string[], RegExp]>([
    [0, 'done', ['block', '192.0.2.1', '--all-hosts'], /^$/],
    [1, 'of another version', ['hosts'], /is of another version/],
    [2, 'usage', ['block', '--bogus'], /unknown option/],
    [2, 'bad input', ['block', '10.0.0.5/8', '--all-hosts'], /10\.0\.0\.0\/8/],
    [2, 'no command', [], /Usage: fleetblock/],
    [2, 'unknown command', ['blck'], /Did you mean block/],
    [3, 'partial', ['block', '10.0.0.2', '--all-hosts'], /^$/],
    [4, 'refused', ['block', '10.0.0.1', '--all-hosts'], /viewer may not block/],
    [5, 'unreachable', ['hosts', '--controller', '127.0.0.1:1'], /nothing listens at 127\.0\.0\.1:1/],
    [0, 'help', ['block', '--help'], /^$/],
    [0, 'version', ['--version'], /^$/],
  ])('%i: %s', async (exitCode, _, words, text) => {
    const result = await runProcess(words, { env });
    expect(result.stderr).toMatch(text);
    expect(result.stderr).not.toMatch(/\n\s+at /);
    expect(result.exitCode).toBe(exitCode);
  });
});

test('stdin', async () => {
  const { stdout } = await runProcess(['block', '-f', '-', '--all-hosts'], { env, stdin: '192.0.2.1\n192.0.2.2\n' });
  expect(stdout).toBe('blocked 192.0.2.1/32, 192.0.2.2/32 on 3/3 hosts in 9 ms (revision 42)\n');
});

test('--version is the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect((await runProcess(['--version'], { env })).stdout).toBe(`${version}\n`);
});

test('a reader that has seen enough is no error: list | head', async () => {
  const shell = `"$0" "$1" list -o json | head -2; echo "codes \${PIPESTATUS[*]}"`;
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', shell, process.execPath, MAIN], {
    env: { ...process.env, ...env },
  });
  expect(stdout).toMatch(/^\[\n\{"prefix":"192\.0\.2\.1\/32".*\ncodes 0 0\n$/);
  expect(stderr).toBe('');
});

test('Ctrl-C ends a call at once, and says what is not known', async () => {
  let called = () => {};
  const waiting = new Promise<void>((resolve) => {
    called = resolve;
  });
  const { block } = controller.script;
  controller.script.block = () => {
    called();
    return new Promise(() => {});
  };
  const child = spawn(process.execPath, [MAIN, 'block', '192.0.2.1', '--all-hosts'], {
    env: { ...process.env, ...env },
  });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => {
    stderr += text.toString();
  });
  await waiting;
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  if (block) controller.script.block = block;
  expect(code).toBe(1);
  expect(stderr).toBe(
    'fleetblock: interrupted: a change may or may not have been made: see fleetblock list, or run the command again, which is safe\n',
  );
});

test('faults row 38: the compile cache is for this user only and holds no secret', async () => {
  const cache = join(controller.directory, 'private-cache');
  mkdirSync(cache, { mode: 0o755 });
  const result = await runProcess(['token', 'create'], { env: { ...env, XDG_CACHE_HOME: cache } });
  expect(result.stdout).toContain('SECRETSECRET');
  expect(result.stderr).not.toContain('SECRETSECRET');
  expect(statSync(join(cache, 'fleetblock')).mode & 0o077).toBe(0);
  const files = readdirSync(cache, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(0);
  for (const file of files)
    expect(readFileSync(join(file.parentPath, file.name), 'latin1')).not.toMatch(/SECRETSECRET|BEGIN PRIVATE/);
});

test('a cache that cannot be written costs only time', async () => {
  const result = await runProcess(['block', '192.0.2.1', '--all-hosts'], {
    env: { ...env, XDG_CACHE_HOME: '/proc/none' },
  });
  expect(result).toMatchObject({ exitCode: 0, stderr: '' });
});
