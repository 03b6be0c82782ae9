// Operators who log in with a token: the key is made on their machine, there is one context per fleet, and every token is used once.
import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { method } from '../../../common/rpc/client/method.ts';
import { asStranger, callOnce } from '../../../common/rpc/client/once.ts';
import { parseLoginToken } from '../../../common/text/token.ts';
import { runHere } from '../../cli/support/cli.ts';
import { RunningFleet } from '../running.ts';

let running: RunningFleet;
let admin: string;
let home: string;

beforeAll(async () => {
  running = await RunningFleet.start();
  await running.serve();
  admin = join(running.dataDir, 'operators', 'admin.yaml');
});
afterAll(() => running.stop());
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'fleetblock-login-'));
  return () => rmSync(home, { recursive: true, force: true });
});

const asAdmin = (...args: string[]) =>
  runHere(args, { env: { FLEETBLOCK_CONFIG: admin, FLEETBLOCK_CONTROLLER: running.address } });
const as = (args: string[], more: { stdin?: string; env?: Record<string, string> } = {}) =>
  runHere(args, {
    env: { XDG_CONFIG_HOME: home, ...more.env },
    ...(more.stdin !== undefined && { stdin: more.stdin }),
  });
const config = () => join(home, 'fleetblock', 'config.yaml');

async function tokenFor(name: string, role = 'viewer', ...more: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await asAdmin('operator', 'token', name, '--role', role, ...more);
  expect(exitCode, stderr).toBe(0);
  return stdout.trim();
}

describe('login', () => {
  it('gets credentials that work, in a file that only its owner can read', async () => {
    const token = await tokenFor('vera');
    const done = await as(['login', running.address, '--token-file', '-'], { stdin: `${token}\n` });
    expect(done.stderr).toBe(`context lab in ${config()} is the current one\n`);
    expect(done.stdout).toMatch(/^logged in to lab as vera \(viewer\), until 20/);
    expect(statSync(config()).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, 'fleetblock')).mode & 0o777).toBe(0o700);
    expect((await as(['hosts', '-o', 'json'])).exitCode).toBe(0);
    const denied = await as(['block', '203.0.113.1', '--all-hosts']);
    expect(denied).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('viewer/vera may not do this') });
    const { contexts } = parse(readFileSync(config(), 'utf8'));
    expect(new X509Certificate(contexts.lab.certificate).subjectAltName).toBe('URI:spiffe://lab/operator/viewer/vera');
    // The key never was anywhere else.
    expect(readFileSync(join(running.dataDir, 'store', 'store.db')).includes(contexts.lab.key)).toBe(false);
    expect((await running.store.operators()).some(({ name }) => name === 'vera')).toBe(true);
  });

  it('faults row 32: a token is used once, and not after its time; a guesser learns nothing', async () => {
    const token = await tokenFor('oscar', 'operator');
    const login = (stdin: string, ...more: string[]) =>
      as(['login', running.address, '--token-file', '-', ...more], { stdin });
    const both = await Promise.all([login(token, '--name', 'a'), login(token, '--name', 'b')]);
    expect(both.map(({ exitCode }) => exitCode).sort()).toEqual([0, 4]);
    const { id, secret, pin } = parseLoginToken(token);
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
    const wrong = `fbo1.${id}.${text(secret.map((byte) => byte ^ 1))}.${text(pin)}`;
    const unknown = `fbo1.aaaaaaaaaaaa.${text(secret)}.${text(pin)}`;
    const refusals = await Promise.all([token, wrong, unknown].map((each) => login(each, '--name', 'c')));
    for (const { exitCode, stderr } of refusals) {
      expect(exitCode).toBe(4);
      expect(stderr).toBe(
        'fleetblock: the token is unknown, used, revoked or expired: have a new one made with fleetblock operator token\n',
      );
    }
    const soon = await tokenFor('late', 'viewer', '--within', '1s');
    // The controller's clock is steady: its second has to pass.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await login(soon)).exitCode).toBe(4);
  });

  it('may ask again for the same key when the answer was lost, and for no other', async () => {
    const token = parseLoginToken(await tokenFor('lost'));
    const request = (key = generateKeyPairSync('ec', { namedCurve: 'P-256' })) => ({
      tokenId: token.id,
      tokenSecret: Buffer.from(token.secret),
      publicKey: key.publicKey.export({ type: 'spki', format: 'der' }),
      possession: sign('sha256', Buffer.from(`fleetblock-login:${token.id}`), key.privateKey),
    });
    const ask = (what: ReturnType<typeof request>) =>
      callOnce(
        asStranger(running.address, running.fleet.authority.rootCertificate),
        method('EnrollmentService', 'EnrollOperator'),
        what,
        5000,
      );
    const first = request();
    expect(await ask(first)).toMatchObject({ name: 'lost', role: 'viewer' });
    expect(await ask(first)).toMatchObject({ name: 'lost', role: 'viewer' });
    await expect(ask(request())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    // The signature must be the key's own.
    await expect(ask({ ...first, publicKey: request().publicKey })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('sends no secret to a controller that has not the root of the token', async () => {
    const other = await RunningFleet.start();
    await other.serve();
    const token = await tokenFor('mallory');
    const { exitCode, stderr } = await as(['login', other.address, '--token-file', '-'], { stdin: token });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('another key') });
    expect(existsSync(config())).toBe(false);
    // Not spent.
    expect((await as(['login', running.address, '--token-file', '-'], { stdin: token })).exitCode).toBe(0);
    await other.stop();
  });

  it('faults row 38: takes no token from argv, nor from a file that others may read, and repeats none', async () => {
    const token = await tokenFor('eve');
    const path = join(home, 'token');
    writeFileSync(path, token, { mode: 0o644 });
    const open = await as(['login', running.address, '--token-file', path]);
    expect(open).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(`chmod 600 ${path}`) });
    const typed = await as(['login', running.address, token]);
    expect(typed.exitCode).toBe(2);
    for (const { stdout, stderr } of [open, typed]) expect(stdout + stderr).not.toContain(token.split('.')[2]);
    const nonsense = await as(['login', running.address, '--token-file', '-'], { stdin: 'fbt1.x.y.z' });
    expect(nonsense).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('not a login token') });
    const byVariable = await as(['login', running.address], { env: { FLEETBLOCK_LOGIN_TOKEN: token } });
    expect(byVariable.exitCode).toBe(0);
  });

  it('faults row 34: is for admins to give, and the audit says who gave and who came', async () => {
    const token = await tokenFor('ivan', 'operator');
    await as(['login', running.address, '--token-file', '-'], { stdin: token });
    const denied = await as(['operator', 'token', 'x', '--role', 'admin']);
    expect(denied.exitCode).toBe(4);
    const { id } = parseLoginToken(token);
    const { stdout } = await asAdmin('audit', '--subject', 'ivan', '-o', 'json');
    expect(JSON.parse(stdout)).toMatchObject([
      { actor: 'admin/admin', verb: 'operator.token', subject: `${id} for ivan (operator)` },
      { actor: `token/${id}`, verb: 'operator.add', source: expect.stringMatching(/^127\.0\.0\.1:/) },
    ]);
  });
});

describe('contexts', () => {
  const login = async (name: string, role: string, ...more: string[]) =>
    as(['login', running.address, '--token-file', '-', ...more], { stdin: await tokenFor(name, role) });

  it('are one per fleet: listed, chosen by flag, by variable and permanently, and removed', async () => {
    await login('vera', 'viewer', '--name', 'prod');
    await login('otto', 'operator', '--name', 'test');
    expect(JSON.parse((await as(['context', 'list', '-o', 'json'])).stdout)).toMatchObject([
      { name: 'prod', current: false, fleet: 'lab', operator: 'vera', controller: running.address },
      { name: 'test', current: true, fleet: 'lab', operator: 'otto' },
    ]);
    const block = (...more: string[]) => as(['block', '203.0.113.1', '--all-hosts', '--no-wait', ...more]);
    expect((await block()).exitCode).toBe(0);
    expect((await block('--context', 'prod')).exitCode).toBe(4);
    expect(
      (await as(['block', '203.0.113.1', '-A', '--no-wait'], { env: { FLEETBLOCK_CONTEXT: 'prod' } })).exitCode,
    ).toBe(4);
    expect(await as(['context', 'use', 'prod'])).toMatchObject({
      exitCode: 0,
      stderr: 'prod is the current context\n',
    });
    expect((await block()).exitCode).toBe(4);
    expect((await as(['context', 'use', 'none'])).exitCode).toBe(2);
    expect((await as(['context', 'remove', 'prod'])).exitCode).toBe(0);
    expect(readFileSync(config(), 'utf8')).not.toContain('vera');
    expect(statSync(config()).mode & 0o777).toBe(0o600);
    // The only one left.
    expect((await block()).exitCode).toBe(0);
  });

  it('lose nothing: a name that is taken is refused before the token is spent, or gives way', async () => {
    await login('vera', 'viewer');
    const taken = await login('otto', 'operator', '--name', 'lab');
    expect(taken).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('has a context lab already') });
    expect((await login('otto', 'operator')).stderr).toContain('context lab-2 in');
    expect((await login('anna', 'admin', '--name', 'lab', '--replace')).exitCode).toBe(0);
    const rows: { name: string; operator: string }[] = JSON.parse((await as(['context', 'list', '-o', 'json'])).stdout);
    expect(rows.map(({ name, operator }) => `${name} ${operator}`)).toEqual(['lab anna', 'lab-2 otto']);
  });

  it('keep what was written into the file by hand, and need no file to be listed', async () => {
    expect(await as(['context', 'list', '-o', 'json'])).toMatchObject({ exitCode: 0, stdout: '[]\n' });
    await login('vera', 'viewer');
    writeFileSync(config(), `${readFileSync(config(), 'utf8')}note: ours\n`);
    await login('otto', 'operator', '--name', 'other');
    expect(parse(readFileSync(config(), 'utf8'))).toMatchObject({ note: 'ours', currentContext: 'other' });
  });
});
