// The published package is tested: the commands that the tarball of `npm pack` installs, in a fleet of their own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isOlder, OLDEST_NODE } from '../../common/node-version.ts';
import { BAD, Lab } from '../../lab/lab.ts';
import { toolPath } from '../../lab/namespaces.ts';
import { until } from '../../lab/program.ts';
import { nodeFirst, packAndInstall } from './install.ts';
import { AFTER_RESTORE, DETACH, RESTORE, SESSION, type Step } from './session.ts';
import { Typist } from './typist.ts';

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

  describe('faults row 109: every documented command works as installed', () => {
    let typist: Typist;
    beforeAll(async () => {
      typist = await Typist.at(lab, bin, directory);
      // What `events --drops` and `top` should show.
      await lab.fleetblock('block', BAD, '--all-hosts');
    });
    const typed = (steps: readonly Step[]) =>
      test.each(steps)('$line', async (step) => {
        await typist.type(step);
      });

    typed(SESSION);
    test('the controller is stopped', () => lab.stopController());
    typed(RESTORE);
    test('the controller is started, and the host is back with what it held', async () => {
      await lab.startController();
      await until(
        'host1 to be degraded',
        async () => ((await lab.hostRow('host1')).status === 'degraded' ? true : undefined),
        60_000,
      );
    });
    typed(AFTER_RESTORE);
    test('the agent is stopped', () => lab.host(1).stopAgent());
    typed(DETACH);
  });

  // The fakes always, and a real one where the machine has it.
  const oldNodes = [
    { kind: 'a pretended one', env: { NODE_OPTIONS: `--require=${join(import.meta.dirname, 'old-node.cjs')}` } },
    ...(oldNode === undefined ? [] : [{ kind: oldNode, env: { PATH: `${dirname(oldNode)}:${toolPath}` } }]),
  ];
  test.each(oldNodes)('faults row 110: an old Node.js is refused in one line: $kind', async ({ env }) => {
    for (const name of ['fleetblock', 'fleetblock-agent', 'fleetblock-controller'])
      for (const words of [['--version'], ['--help'], ['doctor'], []])
        expect(await run([join(bin, name), ...words], env)).toMatchObject({
          exitCode: 1,
          stdout: '',
          stderr: expect.stringMatching(/^fleetblock needs Node\.js 24\.14\.1 or newer; this is \d+\.\d+\.\d+ \(.+\)$/),
        });
  });
});

/** Runs a command, with the Node.js of this test unless `env` says otherwise. */
function run([file = '', ...args]: readonly string[], env: Readonly<Record<string, string>>) {
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
