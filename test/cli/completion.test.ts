// Completion: what a real bash offers at the end of a line, and what the scripts for the other shells say.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { MAIN } from './support/cli.ts';
import { NOW, ScriptedCli } from './support/scripted-cli.ts';

const cli = ScriptedCli.forFile();
const directory = mkdtempSync(join(tmpdir(), 'fleetblock-completion-'));
afterAll(() => rmSync(directory, { recursive: true }));

beforeEach(() => {
  const host = (name: string, labels: Record<string, string>) => ({ name, status: 'synced', labels });
  cli.controller.script = {
    listHosts: () => ({
      hosts: [host('web1', { env: 'prod', role: 'web' }), host('web2', { env: 'dev' }), host('db1', {})],
    }),
    listLists: () => ({ lists: [{ name: 'feed' }, { name: 'drop' }] }),
    listFeeds: () => ({ feeds: [{ spec: { name: 'spamhaus' } }] }),
    listDetectors: () => ({ detectors: [{ policy: { pattern: 'fail2ban:sshd', scope: 'fleet' } }] }),
    listHooks: () => ({ hooks: [{ spec: { name: 'siem' } }] }),
    listTokens: () => ({ tokens: [{ id: 'k7m2pq' }] }),
    listConfirmations: () => ({ confirmations: [{ id: 'c0nf1r', prefixes: ['192.0.2.0/24'] }] }),
    listApiKeys: () => ({
      apiKeys: [
        { name: 'feeds', role: 'viewer' },
        { name: 'former', revokedAtMs: NOW },
      ],
    }),
    listOperators: () => ({ operators: [{ name: 'eve', role: 'viewer', expiresAtMs: NOW }] }),
  };
});

/** The words that bash would put at the cursor, which stands at the end of `line`. */
async function bash(line: string): Promise<string[]> {
  const { stdout: SCRIPT } = await cli.fleetblock(['completion', 'bash']);
  const script = `
fleetblock() { "$NODE" "$MAIN" "$@"; }
eval "$SCRIPT"
COMP_LINE="$1" COMP_POINT=\${#1}
read -ra COMP_WORDS <<< "$1"
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_fleetblock
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await execa('bash', ['-c', script, 'bash', line], {
    cwd: directory,
    env: { ...cli.env, NODE: process.execPath, MAIN, SCRIPT },
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

test.each([
  ['unb', ['unblock']],
  ['token ', ['create', 'list', 'revoke']],
  ['block 192.0.2.1 --all', ['--all-hosts']],
  ['list -o j', ['json']],
  ['export -o ', ['plain', 'json', 'csv', 'nft', 'ipset']],
  ['export --output=n', ['--output=nft']],
  ['--context x hos', ['hosts', 'host']],
  ['block 192.0.2.1 --host ', ['web1', 'web2', 'db1']],
  ['block 192.0.2.1 -H web1 w', ['web1', 'web2']],
  ['block 192.0.2.1 -H db1,w', ['db1,web1', 'db1,web2']],
  ['hosts web1 d', ['db1']],
  ['host label web', ['web1', 'web2']],
  ['host label web1 env=', ['env=dev', 'env=prod']],
  ['block -l ', ['env=', 'role=']],
  ['block -l env=prod,ro', ['env=prod,role=']],
  ['block -l env!=d', ['env!=dev']],
  ['unblock 192.0.2.1 --origin l', ['list:feed', 'list:drop']],
  ['lists rm ', ['feed', 'drop']],
  ['lists include f', ['feed']],
  ['feed refresh ', ['spamhaus']],
  ['detector rm ', ['fail2ban:sshd']],
  ['hook rm ', ['siem']],
  ['hook add x --secret-file ', [':files']],
  ['import x --list ', ['feed', 'drop']],
  ['import ', [':files']],
  ['token revoke ', ['k7m2pq']],
  ['confirm ', ['c0nf1r']],
  ['operator revoke e', ['eve']],
  ['apikey revoke f', ['feeds']],
  ['context use ', ['default']],
  ['--context ', ['default']],
  ['block --reason ', []],
  ['completion ', ['bash', 'zsh', 'fish']],
])('fleetblock %s', async (line, offered) => {
  const { stdout, stderr } = await cli.fleetblock(['__complete', '--', ...line.split(' ')]);
  const words = stdout.split('\n').map((each) => each.split('\t')[0]);
  expect({ offered: words.filter((word) => word !== ''), stderr }).toEqual({ offered, stderr: '' });
});

describe('bash', () => {
  test.each([
    ['unb', ['unblock']],
    ['block 192.0.2.1 -H ', ['web1', 'web2', 'db1']],
    ['block 192.0.2.1 --host=d', ['db1']],
    // bash replaces what comes after a colon or an equals sign.
    ['export --origin list:f', ['feed']],
    ['block -l env=prod,ro', ['prod,role=']],
  ])('fleetblock %s', async (line, offered) => {
    expect(await bash(`fleetblock ${line}`)).toEqual(offered);
  });

  test('names of files', async () => {
    for (const name of ['feed.txt', 'other.csv']) writeFileSync(join(directory, name), '');
    expect(await bash('fleetblock import f')).toEqual(['feed.txt']);
    expect(await bash('fleetblock block -A -f o')).toEqual(['other.csv']);
    expect(await bash('fleetblock block -A --file=o')).toEqual(['other.csv']);
    expect((await bash('fleetblock --config ')).sort()).toEqual(['feed.txt', 'other.csv']);
  });

  test('nothing, and no word, without a controller, credentials, or the right to ask', async () => {
    cli.controller.script = {};
    expect(await bash('fleetblock token revoke ')).toEqual([]);
    expect(await bash('fleetblock --controller 127.0.0.1:1 hosts --status synced we')).toEqual([]);
    expect(await bash('fleetblock --config /nonexistent block -H w')).toEqual([]);
  });
});

test('the scripts for zsh and fish ask the same command', async () => {
  const zsh = (await cli.fleetblock(['completion', 'zsh'])).stdout;
  expect(zsh).toMatch(/^#compdef fleetblock\n/);
  expect(zsh).toContain('fleetblock __complete -- ');
  const fish = (await cli.fleetblock(['completion', 'fish'])).stdout;
  expect(fish).toContain('(fleetblock __complete -- $before[2..] "$current" 2>/dev/null)');
  const { stdout } = await cli.fleetblock(['__complete', '--', 'hosts', 'd']);
  expect(stdout).toBe('db1\tsynced\n');
  expect((await cli.fleetblock(['--help'])).stdout).not.toContain('__complete');
});
