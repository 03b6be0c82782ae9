// What is published is what is tested: the commands that the tarball of `npm pack` installs, in a fleet of their own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isOlder, OLDEST_NODE } from '../../common/node-version.ts';
import { Lab } from '../lab/lab.ts';
import { toolPath } from '../lab/namespaces.ts';
import { nodeFirst, packAndInstall } from './install.ts';

const reason = Lab.whyNot();
/** A Node.js of this machine that is too old for fleetblock. */
const oldNode = await findOldNode();

describe.skipIf(reason)(`the package${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let directory: string;
  let bin: string;
  let lab: Lab;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'fleetblock-package-'));
    bin = await packAndInstall(directory);
    lab = await Lab.create({ hosts: 1, programs: { installed: bin } });
    await lab.startHosts();
  }, 600_000);
  afterAll(async () => {
    await lab?.close();
    await rm(directory, { recursive: true, force: true });
  });

  test('faults row 109: login makes credentials that block', async () => {
    const config = join(directory, 'alice.yaml');
    const token = await lab.fleetblock('operator', 'token', 'alice', '--role', 'operator');
    const as = (...args: string[]) =>
      lab.fleetblockAs({ FLEETBLOCK_CONFIG: config, FLEETBLOCK_LOGIN_TOKEN: token.stdout.trim() }, ...args);
    expect(await as('login', lab.controller)).toMatchObject({ exitCode: 0 });
    expect((await as('block', '192.0.2.1', '--all-hosts')).stdout).toMatch(/^blocked 192\.0\.2\.1\/32 on 1\/1 hosts /);
  });

  // The fakes always, and a real one where the machine has it.
  const oldNodes = [
    { kind: 'a pretended one', env: { NODE_OPTIONS: `--require=${join(import.meta.dirname, 'old-node.cjs')}` } },
    ...(oldNode === undefined ? [] : [{ kind: oldNode, env: { PATH: `${dirname(oldNode)}:${toolPath}` } }]),
  ];
  test.each(oldNodes)('faults row 110: an old Node.js is refused in one line: $kind', async ({ env }) => {
    for (const name of ['fleetblock', 'fleetblock-agent', 'fleetblock-controller'])
      for (const words of [['--version'], ['--help'], ['doctor'], []])
        expect(await typed([join(bin, name), ...words], env)).toMatchObject({
          exitCode: 1,
          stdout: '',
          stderr: expect.stringMatching(/^fleetblock needs Node\.js 24\.14\.1 or newer; this is \d+\.\d+\.\d+ \(.+\)$/),
        });
  });
});

/** Runs a command, with the Node.js of this test unless `env` says otherwise. */
function typed([file = '', ...args]: readonly string[], env: Readonly<Record<string, string>>) {
  return execa(file, args, { env: { PATH: nodeFirst(), ...env }, reject: false, timeout: 60_000 });
}

async function findOldNode(): Promise<string | undefined> {
  for (const directory of toolPath.split(':')) {
    const path = join(directory, 'node');
    const { stdout } = await execa(path, ['--version'], { reject: false });
    if (stdout && isOlder(stdout.slice(1), OLDEST_NODE)) return path;
  }
  return undefined;
}
