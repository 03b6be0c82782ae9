// What docs/api.md shows is typed, in its order, by a shell with the real curl, and answers what the page says.
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
/** What each block printed, in order. */
let printed: string[];

/** Blocks for a shell, each with what is shown of its output. */
const blocks = [
  ...readFileSync(join(ROOT, 'docs/api.md'), 'utf8').matchAll(/^```sh\n(.*?)^```\n(?:\n^```(?:json)?\n(.*?)^```$)?/gms),
].map(([, typed = '', shown]) => ({ typed, shown }));

beforeAll(async () => {
  running = await RunningFleet.start();
  await running.serve({ http: OVER_TLS });
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-docs-'));
  writeFileSync(join(directory, 'root.pem'), running.fleet.authority.rootCertificate);
  const cli = join(directory, 'fleetblock');
  writeFileSync(cli, `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'cli/main.ts')}' "$@"\n`);
  chmodSync(cli, 0o755);
  const script = blocks.map(({ typed }) => `printf '%s\n' '${SEPARATOR}'\n${typed}`).join('');
  const { stdout } = await execa('sh', ['-eu'], {
    cwd: directory,
    input: script,
    stripFinalNewline: false,
    env: {
      PATH: `${directory}:${process.env.PATH}`,
      CONTROLLER: `127.0.0.1:${running.httpPort}`,
      FLEETBLOCK_CONFIG: join(running.dataDir, 'operators/admin.yaml'),
      FLEETBLOCK_CONTROLLER: running.address,
    },
  });
  printed = stdout.split(`${SEPARATOR}\n`).slice(1);
});
afterAll(async () => {
  await running.stop();
  rmSync(directory, { recursive: true, force: true });
});

it('all of it is typed, to its end', () => {
  expect(blocks.length).toBeGreaterThan(8);
  expect(printed).toHaveLength(blocks.length);
});

it('answers are those that are shown, but for times', () => {
  const shown = blocks.flatMap((block, i) => (block.shown ? [{ shown: block.shown, real: printed[i] ?? '' }] : []));
  expect(shown.length).toBeGreaterThanOrEqual(2);
  for (const { shown: text, real } of shown)
    if (text.startsWith('{\n'))
      expect({ ...JSON.parse(real), elapsedMs: 0 }).toEqual({ ...JSON.parse(text), elapsedMs: 0 });
    else expect(real).toBe(text);
});

it('did what it says: a block and its end, an import, by that key', async () => {
  const records = [];
  for await (const batch of running.server.store.audit({ actor: 'apikey/ci' })) records.push(...batch);
  const verbs = records.map(({ verb }) => verb).filter((verb) => verb !== 'result');
  expect(verbs).toEqual(['block', 'unblock', 'import']);
  expect(await running.server.store.lists()).toMatchObject([{ name: 'feed', entries: 1 }]);
  expect(JSON.parse(readFileSync(join(directory, 'openapi.json'), 'utf8')).openapi).toBe('3.1.0');
  expect(readFileSync(join(directory, 'entries'), 'utf8')).toMatch(/event: end\ndata: \{\}\n\n$/);
  expect(readFileSync(join(directory, 'api.header'), 'utf8')).toMatch(/^Authorization: Bearer fbk1\./);
});
