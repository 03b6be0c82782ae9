// faults row 38: secrets are in no argument, log or error text, through a whole life of a token in real programs.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadEnrollment } from '../../../agent/identity/enrollment.ts';
import { parseToken } from '../../../common/text/token.ts';
import { ControllerProcess } from '../port/process.ts';

const PROGRAMS = {
  cli: fileURLToPath(new URL('../../../cli/main.ts', import.meta.url)),
  agent: fileURLToPath(new URL('../../../agent/main.ts', import.meta.url)),
};

let controller: ControllerProcess;
beforeAll(async () => {
  controller = await ControllerProcess.start();
});
afterAll(() => controller.stop());

const path = (...names: string[]) => join(controller.dataDir, '..', ...names);

/** Runs a program to its end; its exit code and words are for the caller to judge. */
function run(
  program: keyof typeof PROGRAMS,
  args: readonly string[],
  options: { input?: string; env?: Record<string, string> } = {},
) {
  const env = {
    FLEETBLOCK_CONFIG: join(controller.dataDir, 'operators', 'admin.yaml'),
    FLEETBLOCK_CONTROLLER: controller.address,
    ...options.env,
  };
  return execa(process.execPath, [PROGRAMS[program], ...args], {
    env,
    input: options.input ?? '',
    reject: false,
    timeout: 20_000,
  });
}

const newToken = async () => (await run('cli', ['token', 'create'])).stdout.trim();

/** Every form in which a secret might slip out. */
function formsOf(token: string): string[] {
  const secret = Buffer.from(parseToken(token).secret);
  return [secret.toString('base64url'), secret.toString('base64').slice(0, 40), secret.toString('hex'), token];
}

function expectNone(text: string, secrets: readonly string[]): void {
  for (const secret of secrets) expect(text.includes(secret)).toBe(false);
}

describe('faults row 38', () => {
  it('a token goes from program to program by a pipe, and is nowhere else afterwards', async () => {
    const token = await newToken();
    const joined = await run(
      'agent',
      ['join', controller.address, '--token-file', '-', '--state-dir', path('a1'), '--name', 'a1'],
      {
        input: token,
      },
    );
    expect(joined.exitCode).toBe(0);
    const again = await run(
      'agent',
      ['join', controller.address, '--token-file', '-', '--state-dir', path('a2'), '--name', 'a2'],
      {
        input: token,
      },
    );
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toMatch(/used up, revoked or expired/);
    const { privateKey } = loadEnrollment(path('a1')).identity;
    const keyLine = privateKey.split('\n')[1] ?? '';
    const words = `${joined.stdout}${joined.stderr}${again.stdout}${again.stderr}${controller.log}`;
    expectNone(words, [...formsOf(token), keyLine, 'PRIVATE KEY']);
    expectNone(readFileSync(path('a1', 'enrollment.json'), 'utf8'), formsOf(token));
    const listed = await run('cli', ['token', 'list']);
    expectNone(listed.stdout, formsOf(token));
  });

  it('a lost host gets its identity back, and the audit of all that is whole', async () => {
    const { hostId } = loadEnrollment(path('a1'));
    const { stdout: token } = await run('cli', ['token', 'create', '--host', 'a1', '--keep-identity']);
    const args = ['join', controller.address, '--token-file', '-', '--state-dir', path('a1-again'), '--name', 'a1'];
    expect((await run('agent', args, { input: token })).exitCode).toBe(0);
    expect(loadEnrollment(path('a1-again')).hostId).toBe(hostId);
    const verified = await run('cli', ['audit', 'verify', '-o', 'json']);
    expect(verified.exitCode).toBe(0);
    const { records, head } = JSON.parse(verified.stdout);
    expect(records).toBeGreaterThan(3);
    expect((await run('cli', ['audit', 'verify', '--head', head])).exitCode).toBe(0);
    expect((await run('cli', ['audit', 'verify', '--head', '00'])).exitCode).toBe(1);
  });

  it('the store holds a hash of it', async () => {
    const token = await newToken();
    const secret = Buffer.from(parseToken(token).secret);
    for (const name of ['store.db', 'store.db-wal'])
      expect(readFileSync(join(controller.dataDir, 'store', name)).includes(secret)).toBe(false);
  });

  it('no program takes a token as an argument, nor repeats one that was given as one', async () => {
    const token = await newToken();
    for (const args of [['--token', token], [token], [`--token=${token}`], ['--token-file', token]]) {
      const refused = await run('agent', [
        'join',
        controller.address,
        ...args,
        '--state-dir',
        path('a3'),
        '--name',
        'a3',
      ]);
      expect(refused.exitCode).not.toBe(0);
      expectNone(refused.stderr, [formsOf(token)[0] ?? '']);
    }
    const help = await run('agent', ['join', '--help']);
    expect(help.stdout).not.toMatch(/--token[ =]/);
  });

  it('a token file, a key or credentials that others may read are refused by name', async () => {
    const token = await newToken();
    writeFileSync(path('token'), token, { mode: 0o644 });
    const joined = await run('agent', [
      'join',
      controller.address,
      '--token-file',
      path('token'),
      '--state-dir',
      path('a4'),
      '--name',
      'a4',
    ]);
    expect(joined.exitCode).toBe(1);
    expect(joined.stderr).toContain(`chmod 600 ${path('token')}`);
    expectNone(joined.stderr, formsOf(token));

    const credentials = path('mine.yaml');
    writeFileSync(credentials, readFileSync(join(controller.dataDir, 'operators', 'admin.yaml')), { mode: 0o640 });
    const listed = await run('cli', ['hosts'], { env: { FLEETBLOCK_CONFIG: credentials } });
    expect(listed.exitCode).not.toBe(0);
    expect(listed.stderr).toContain(`chmod 600 ${credentials}`);
    chmodSync(credentials, 0o600);
    expect((await run('cli', ['hosts'], { env: { FLEETBLOCK_CONFIG: credentials } })).exitCode).toBe(0);
  });
});
