// Tokens, hosts and operators from the command line, against a scripted controller over mutual TLS.
import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunOptions } from './support/cli.ts';
import { NOW, ScriptedCli } from './support/scripted-cli.ts';

const cli = ScriptedCli.forFile();
const fleetblock = (args: string[], options: RunOptions = {}) => cli.fleetblock(args, options);
const json = (args: string[], options: RunOptions = {}) => cli.json(args, options);

describe('identity', () => {
  test('token list and revoke; a whole token in a command line is refused and not repeated', async () => {
    const token = {
      id: 'abcdefgh',
      actor: 'admin/a',
      createdAtMs: NOW,
      expiresAtMs: NOW + 60_000,
      maxUses: 2,
      uses: 2,
    };
    cli.controller.script.listTokens = () => ({ tokens: [token, { ...token, uses: 1 }] });
    cli.controller.script.revokeToken = () => ({ token: { ...token, revokedAtMs: NOW } });
    expect((await json(['token', 'list'])).map((row: { state: string }) => row.state)).toEqual(['used', 'valid']);
    expect((await fleetblock(['token', 'revoke', 'abcdefgh'])).stdout).toBe(
      'revoked token abcdefgh: 2 hosts joined with it\n',
    );
    const whole = await fleetblock(['token', 'revoke', 'fbt1.abcdefgh.SECRET.pin']);
    expect(whole.exitCode).toBe(2);
    expect(whole.stderr).not.toMatch(/SECRET/);
  });

  test('host label and revoke', async () => {
    cli.controller.script.labelHost = ({ name, set, remove }) => {
      expect([set, remove]).toEqual([{ env: 'prod' }, ['canary']]);
      return { host: { name, labels: { role: 'web', env: 'prod' } } };
    };
    cli.controller.script.revokeHost = ({ name }) => ({ name, id: 'x-y' });
    expect((await fleetblock(['host', 'label', 'web1', 'env=prod', 'canary-'])).stdout).toBe(
      'web1: env=prod, role=web\n',
    );
    expect((await fleetblock(['host', 'revoke', 'web1'])).stdout).toBe(
      'revoked web1 (x-y): its kernel keeps what it holds\n',
    );
  });

  test('faults row 36: operator create sends only a public key that it proves to hold, and the file works', async () => {
    cli.controller.script.createOperator = ({ name, publicKey, possession }) => {
      const key = createPublicKey({ key: publicKey, format: 'der', type: 'spki' });
      expect(verify('sha256', Buffer.from(`fleetblock-operator:${name}`), key, possession)).toBe(true);
      const { certificate } = cli.controller.operator;
      return {
        certificateChain: certificate,
        rootCertificate: cli.controller.authority.root,
        fleet: 'f',
        controller: cli.controller.address,
        serial: 'ab',
        expiresAtMs: NOW,
      };
    };
    const out = join(cli.controller.directory, 'alice.yaml');
    const { stdout } = await fleetblock(['operator', 'create', 'alice', '--role', 'viewer', '--out', out]);
    expect(stdout).toBe(`${out}\n`);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const text = readFileSync(out, 'utf8');
    expect(text).toContain('currentContext: f\n');
    expect(text).toMatch(/key: \|\n {6}-----BEGIN PRIVATE KEY-----/);
    expect(new X509Certificate(cli.controller.operator.certificate).subject).toBe('CN=operator');
    expect(await fleetblock(['operator', 'create', 'alice', '--role', 'viewer', '--out', out])).toMatchObject({
      exitCode: 2,
    });
  });

  test('operator list and revoke', async () => {
    const operator = { name: 'alice', role: 'viewer', serial: 'ab', createdAtMs: NOW, expiresAtMs: NOW + 86_400_000 };
    cli.controller.script.listOperators = () => ({ operators: [operator, { ...operator, revokedAtMs: NOW }] });
    cli.controller.script.revokeOperator = () => ({ revoked: [operator] });
    expect((await fleetblock(['operator', 'list'])).stdout).toMatch(
      /alice +viewer +valid +in 1d +ab\nalice +viewer +revoked/,
    );
    expect((await fleetblock(['operator', 'revoke', 'alice'])).stdout).toBe('revoked 1 certificate of alice\n');
    for (const args of [[], ['alice', '--serial', 'ab'], ['--serial', 'ab', '--token', 'x'], ['--token', 'fbo1.a.b']])
      expect(await fleetblock(['operator', 'revoke', ...args])).toMatchObject({ exitCode: 2 });
  });

  test('operator tokens, and revoking one', async () => {
    const token = { id: 'q3K9xT2b', name: 'alice', role: 'viewer', actor: 'admin/x', expiresAtMs: NOW + 3_600_000 };
    const used = { ...token, id: 'q3K9xT2c', used: true, serial: 'ab' };
    cli.controller.script.listOperatorTokens = () => ({ tokens: [token, used, { ...used, revokedAtMs: NOW }] });
    cli.controller.script.revokeOperatorToken = ({ id }) => ({ token: { ...used, id, revokedAtMs: NOW } });
    expect((await fleetblock(['operator', 'tokens'])).stdout).toMatch(
      /q3K9xT2b +alice +viewer +valid +in 1h +admin\/x\nq3K9xT2c +alice +viewer +used .*\nq3K9xT2c +alice +viewer +revoked/,
    );
    const json = JSON.parse((await fleetblock(['operator', 'tokens', '-o', 'json'])).stdout);
    expect(json[1]).toMatchObject({ id: 'q3K9xT2c', state: 'used', serial: 'ab', revokedAt: null });
    expect(await fleetblock(['operator', 'revoke', '--token', 'q3K9xT2c'])).toMatchObject({
      stdout: 'revoked login token q3K9xT2c of alice\n',
      stderr: 'it was used: to end that too, fleetblock operator revoke --serial ab\n',
    });
  });

  test('apikey create shows the key once, and says what it is good for', async () => {
    cli.controller.script.createApiKey = ({ name, role, origin, ttlMs }) => ({
      key: 'fbk1.id.secret',
      apiKey: { id: 'id', name, role, origin, expiresAtMs: ttlMs === '0' ? 0 : NOW + Number(ttlMs) },
    });
    expect(await fleetblock(['apikey', 'create', 'feeds', '--role', 'viewer'])).toMatchObject({
      stdout: 'fbk1.id.secret\n',
      stderr: 'key feeds (viewer), valid until it is revoked: Authorization: Bearer KEY\n',
    });
    const bound = ['apikey', 'create', 'cs', '--role', 'operator', '--origin', 'crowdsec', '-d', '1h', '-o', 'json'];
    expect(JSON.parse((await fleetblock(bound)).stdout)).toEqual({
      ...{ key: 'fbk1.id.secret', id: 'id', name: 'cs', role: 'operator', origin: 'crowdsec' },
      expiresAt: new Date(NOW + 3_600_000).toISOString(),
    });
    for (const args of [[], ['x'], ['x', '--role', 'admin']])
      expect(await fleetblock(['apikey', 'create', ...args])).toMatchObject({ exitCode: 2 });
  });

  test('apikey list and revoke', async () => {
    const key = { id: 'i', name: 'feeds', role: 'operator', origin: 'list:feed', actor: 'admin/x', createdAtMs: NOW };
    const ended = { ...key, name: 'old', origin: '', expiresAtMs: NOW - 60_000, usedAtMs: NOW - 3_600_000 };
    cli.controller.script.listApiKeys = () => ({ apiKeys: [key, ended, { ...ended, revokedAtMs: NOW }] });
    cli.controller.script.revokeApiKey = ({ name }) => ({ apiKey: { ...key, name, revokedAtMs: NOW } });
    expect((await fleetblock(['apikey', 'list'])).stdout).toMatch(
      /feeds +operator +list:feed +valid +never +never +admin\/x\nold +operator +any +expired +1h ago +1m ago.*\nold +operator +any +revoked/,
    );
    const [first] = JSON.parse((await fleetblock(['apikey', 'list', '-o', 'json'])).stdout);
    expect(first).toEqual({
      ...{ name: 'feeds', id: 'i', role: 'operator', origin: 'list:feed', state: 'valid', actor: 'admin/x' },
      ...{ createdAt: new Date(NOW).toISOString(), expiresAt: null, revokedAt: null, lastUsedAt: null },
    });
    expect((await fleetblock(['apikey', 'revoke', 'feeds'])).stdout).toBe('revoked API key feeds\n');
    expect(await fleetblock(['apikey', 'revoke', 'fbk1.a.b'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('must not be on a command line'),
    });
  });
});
