// What the pages of doors show is typed by a shell with the real curl, and prints what they say.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OVER_TLS, RunningFleet } from '../identity/running.ts';

const ROOT = join(import.meta.dirname, '../..');
const SEPARATOR = '-----block-----';

let running: RunningFleet;
let directory: string;
beforeAll(async () => {
  running = await RunningFleet.start();
  await running.serve({ http: OVER_TLS });
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-doors-'));
  writeFileSync(join(directory, 'root.pem'), running.fleet.authority.rootCertificate);
  const cli = join(directory, 'fleetblock');
  writeFileSync(cli, `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'cli/main.ts')}' "$@"\n`);
  chmodSync(cli, 0o755);
});
afterAll(async () => {
  await running.stop();
  rmSync(directory, { recursive: true, force: true });
});

it.each(['edl', 'bouncers'])('docs/integrate/%s.md', async (page) => {
  const text = readFileSync(join(ROOT, `docs/integrate/${page}.md`), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```\n(?:\n^```\n(.*?)^```$)?/gms)];
  expect(blocks).toHaveLength(3);
  const { stdout } = await execa('sh', ['-eu'], {
    cwd: directory,
    input: blocks.map(([, typed = '']) => `echo '${SEPARATOR}'\n${typed}`).join(''),
    stripFinalNewline: false,
    env: {
      PATH: `${directory}:${process.env.PATH}`,
      CONTROLLER: `127.0.0.1:${running.httpPort}`,
      FLEETBLOCK_CONFIG: join(running.dataDir, 'operators/admin.yaml'),
      FLEETBLOCK_CONTROLLER: running.address,
    },
  });
  const printed = stdout.split(`${SEPARATOR}\n`).slice(1);
  const shown = blocks.map(([, , each]) => each);
  expect(shown.filter((each) => each !== undefined)).toHaveLength(2);
  for (const [i, each] of shown.entries()) if (each !== undefined) expect(printed[i]?.trimEnd()).toBe(each.trimEnd());
});
