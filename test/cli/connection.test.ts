// Credentials and connections that do not work: each one line that names the fix, with the right exit code, and no secret in it.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TestAuthority } from './support/certificates.ts';
import { runHere } from './support/cli.ts';
import { ScriptedController } from './support/scripted-controller.ts';

let controller: ScriptedController;
beforeAll(async () => {
  controller = await ScriptedController.start();
  controller.script.listHosts = () => ({ hosts: [] });
});
afterAll(() => controller?.close());

const hosts = (config: string, ...more: string[]) =>
  runHere(['hosts', '-o', 'json', ...more], { env: { FLEETBLOCK_CONFIG: config } });

async function expectLine(config: string, exitCode: number, text: RegExp, ...more: string[]) {
  const result = await hosts(config, ...more);
  expect(result.stderr).toMatch(text);
  expect(result.stderr).toMatch(/^fleetblock: [^\n]*\n$/);
  expect(result.stderr).not.toMatch(/PRIVATE|BEGIN| at .*\.ts|Error:/);
  expect(result.stdout).toBe('');
  expect(result.exitCode).toBe(exitCode);
}

describe('the connection', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  const listen = (onSocket: Parameters<typeof createServer>[1]) =>
    new Promise<string>((resolve) => {
      const server = createServer(onSocket);
      servers.push(server);
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(`127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
      });
    });

  test('works', async () => {
    expect(await hosts(controller.credentials())).toEqual({ exitCode: 0, stdout: '[]\n', stderr: '' });
  });

  test('nothing listens', async () => {
    const server = createServer();
    const address = await new Promise<string>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const bound = server.address();
        server.close(() => resolve(`127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`));
      });
    });
    await expectLine(controller.credentials({ address }), 5, new RegExp(`nothing listens at ${address}`));
  });

  test('a name that does not resolve', async () => {
    const address = 'controller.invalid:7443';
    await expectLine(controller.credentials({ address }), 5, /controller\.invalid:7443 does not resolve/);
  });

  test('no TLS there', async () => {
    const address = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await expectLine(controller.credentials({ address }), 5, /does not speak TLS/);
  });

  test('faults row 31: an address that swallows everything is given up after 5 s', async () => {
    const address = await listen((socket) => socket.on('error', () => {}));
    await expectLine(controller.credentials({ address }), 5, /does not answer within 5 s/);
  });

  test("faults row 35: a controller of another fleet's root", async () => {
    const root = (await TestAuthority.create()).root;
    await expectLine(controller.credentials({ root }), 5, /is not the controller of this fleet/);
  });

  test("faults row 35: another fleet's certificate is refused", async () => {
    const pair = await (await TestAuthority.create()).operator();
    await expectLine(controller.credentials({ pair }), 4, /does not accept the certificate/);
  });

  test('faults row 35: an expired certificate, said before connecting', async () => {
    const pair = await controller.authority.operator(-3_600_000);
    const config = controller.credentials({ pair, address: 'controller.invalid:1' });
    await expectLine(config, 4, /expired on \d{4}-\d\d-\d\d: get new credentials/);
  });

  test('the address by flag, by variable, and without a port', async () => {
    const config = controller.credentials({ address: 'controller.invalid:1' });
    expect(await hosts(config, '--controller', controller.address)).toMatchObject({ exitCode: 0 });
    const env = { FLEETBLOCK_CONFIG: config, FLEETBLOCK_CONTROLLER: controller.address };
    expect(await runHere(['hosts', '-o', 'json'], { env })).toMatchObject({ exitCode: 0 });
    await expectLine(config, 5, /controller\.invalid:7443 does not resolve/, '--controller', 'controller.invalid');
    await expectLine(config, 2, /write one like 10\.0\.0\.5:7443/, '--controller', '10.0.0.5:99999');
  });
});

describe('the credentials file', () => {
  const file = (text: string, mode = 0o600) => {
    const path = join(controller.directory, 'odd.yaml');
    writeFileSync(path, text, { mode });
    chmodSync(path, mode);
    return path;
  };

  test('is missing', async () => {
    await expectLine(
      '/nonexistent/config.yaml',
      2,
      /\/nonexistent\/config\.yaml does not exist; copy operators\/admin\.yaml/,
    );
  });

  test('is looked for below XDG_CONFIG_HOME, then HOME', async () => {
    const xdg = await runHere(['hosts'], { env: { XDG_CONFIG_HOME: '/nonexistent/xdg' } });
    expect(xdg.stderr).toMatch(/\/nonexistent\/xdg\/fleetblock\/config\.yaml does not exist/);
    const home = await runHere(['hosts'], { env: { HOME: '/nonexistent/home' } });
    expect(home.stderr).toMatch(/\/nonexistent\/home\/\.config\/fleetblock\/config\.yaml does not exist/);
  });

  test('faults row 38: one that others can read is refused, naming the command that mends it', async () => {
    const path = controller.credentials({ mode: 0o644 });
    await expectLine(path, 2, /open to other users: run chmod 600/);
    chmodSync(path, 0o600);
    expect(await hosts(path)).toMatchObject({ exitCode: 0 });
  });

  test.each([
    ['is not YAML', 'contexts: {a: "unclosed', /is not YAML/],
    ['is something else', '- 1\n- 2\n', /must be a YAML mapping/],
    ['has no contexts', 'currentContext: default\n', /has no contexts/],
    ['has no such context', 'currentContext: b\ncontexts:\n  a:\n    controller: x:1\n', /has no context b: it has a/],
    [
      'has several and chooses none',
      'contexts:\n  a:\n    b: c\n  d:\n    e: f\n',
      /several contexts \(a, d\).*--context/,
    ],
    [
      'has no key',
      'contexts:\n  a:\n    controller: x:1\n    ca: |\n      -----BEGIN CERTIFICATE-----\n',
      /has no certificate in PEM/,
    ],
  ])('%s', async (_, text, expected) => {
    await expectLine(file(text), 2, expected);
  });

  test('faults row 38: a file that does not parse is not quoted in the error', async () => {
    await expectLine(
      file(`contexts:\n  a:\n    key: "-----BEGIN PRIVATE KEY----- MIGHAgEAMBMG\n  : :`),
      2,
      /is not YAML: (?!.*MIGH)/,
    );
  });

  test('in any other good YAML works as well, and contexts are chosen by name', async () => {
    const { contexts } = { contexts: readFileSync(controller.credentials(), 'utf8') };
    const pem = (key: string) => {
      const text = contexts.split(`    ${key}: |\n`)[1]?.split(/\n {4}[a-z]/)[0] ?? '';
      return JSON.stringify(`${text.trimEnd().replace(/^ +/gm, '')}\n`);
    };
    const good = `{"controller": "${controller.address}", "ca": ${pem('ca')}, "certificate": ${pem('certificate')}, "key": ${pem('key')}}`;
    const path = file(`{"currentContext": "bad", "contexts": {"bad": {"controller": "x:1"}, "good one": ${good}}}`);
    await expectLine(path, 2, /has no ca in PEM/);
    expect(await hosts(path, '--context', 'good one')).toMatchObject({ exitCode: 0 });
    const env = { FLEETBLOCK_CONFIG: path, FLEETBLOCK_CONTEXT: 'good one' };
    expect(await runHere(['hosts', '-o', 'json'], { env })).toMatchObject({ exitCode: 0 });
  });
});
