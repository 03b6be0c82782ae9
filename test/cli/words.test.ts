// What people mistype, and what the answer tells them.
import { describe, expect, test } from 'vitest';
import { whole } from './support/replies.ts';
import { NOW, ScriptedCli } from './support/scripted-cli.ts';

const cli = ScriptedCli.forFile();

test.each([
  [['block', '1.1.1.1', '--all'], "fleetblock: unknown option '--all' (Did you mean --all-hosts?)"],
  [['block', '1.1.1.1', '-A', '--ttl', '5m'], "fleetblock: unknown option '--ttl' (Did you mean --duration?)"],
  [['delete', '1.1.1.1'], "fleetblock: unknown command 'delete' (Did you mean unblock?)"],
  [['get', 'hosts'], "fleetblock: unknown command 'get' (Did you mean list, hosts or lists?)"],
  [
    ['block', '1.1.1.1', '-A', '-d', '5'],
    'fleetblock: -d, --duration: "5" is not a duration: write one like 90s, 30m, 4h, 1d12h or 2w (at most 100 years)',
  ],
])('%j', async (words, line) => {
  expect(await cli.fleetblock(words)).toMatchObject({ exitCode: 2, stderr: `${line}\n`, stdout: '' });
});

test('version', async () => {
  expect((await cli.fleetblock(['version'])).stdout).toBe((await cli.fleetblock(['--version'])).stdout);
});

test('prefixes separated by commas, and ranges', async () => {
  let asked: string[] = [];
  cli.controller.script.block = (request) => {
    asked = request.prefixes;
    return whole(request);
  };
  await cli.fleetblock(['block', '5.5.5.5,6.6.6.6', '1.2.3.4-1.2.3.6', '-A']);
  expect(asked).toEqual(['5.5.5.5/32', '6.6.6.6/32', '1.2.3.4/31', '1.2.3.6/32']);
});

test('--timeout 0s does not wait for hosts', async () => {
  let waited: number | undefined;
  cli.controller.script.block = (request) => {
    waited = request.wait?.timeoutMs;
    return whole(request);
  };
  expect((await cli.fleetblock(['block', '5.5.5.5', '-A', '--timeout', '0s'])).exitCode).toBe(0);
  expect(waited).toBe(0);
});

describe('faults row 98: what is not as it was meant is said', () => {
  test('a duration that has no effect', async () => {
    cli.controller.script.block = (request) => whole(request, 'UNCHANGED');
    const claim = { prefix: '9.9.9.9/32', origin: 'manual', selector: { allHosts: true } };
    cli.controller.script.listEntries = () => [{ ...claim, selector: { labels: 'a=b' } }, claim];
    const never = await cli.fleetblock(['block', '9.9.9.9', '-A', '-d', '1m']);
    expect(never.stderr).toBe('9.9.9.9/32 ends never (kept, longer than 1m): unblock it first to shorten it\n');
    cli.controller.script.listEntries = () => [{ ...claim, expiresAtMs: NOW + 3_600_000 }];
    expect((await cli.fleetblock(['block', '9.9.9.9', '-A', '-d', '1m'])).stderr).toMatch(/ends in 1h \(kept/);
    expect((await cli.fleetblock(['block', '9.9.9.9', '-A', '-d', '1h'])).stderr).toBe('');
  });

  test('labels that no host has', async () => {
    cli.controller.script.block = (request) => ({ ...whole(request), hosts: {} });
    const { stderr, exitCode } = await cli.fleetblock(['block', '9.9.9.9', '-l', 'env=prd']);
    expect(stderr).toBe('warning: no host matches now: it holds for those that join later\n');
    expect(exitCode).toBe(3);
    cli.controller.script.unblock = (request) => ({ ...whole(request, 'REMOVED'), hosts: {} });
    expect(await cli.fleetblock(['unblock', '9.9.9.9', '-l', 'env=prd'])).toMatchObject({ stderr: '', exitCode: 0 });
  });

  test('a dry run of what would pass', async () => {
    const failed = [{ name: 'host1', code: 'ALLOWED', text: 'its own address' }];
    cli.controller.script.block = (request) => ({ ...whole(request), hosts: { targeted: 3, failed } });
    expect((await cli.fleetblock(['block', '9.9.9.9', '-A', '--dry-run'])).exitCode).toBe(3);
  });

  test('hosts that do not answer a check', async () => {
    const hosts = ['a', 'b', 'c', 'd'].map((name) => ({
      name,
      status: 'offline',
      desired: 'drop',
      problem: 'offline',
    }));
    cli.controller.script.check = () => ({ prefix: '9.9.9.9/32', hosts });
    const { stderr, exitCode } = await cli.fleetblock(['check', '9.9.9.9']);
    expect(stderr).toBe('4 hosts (a, b, c, ...): no answer: offline\n');
    expect(exitCode).toBe(3);
  });
});
