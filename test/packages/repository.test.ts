// The signed apt repository as a host meets it: apt installs from it, and refuses whatever was changed by a single byte or signed by another.
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VERSION } from '../../common/version.ts';
import { DebianRoot, packageFile } from './debian-root.ts';
import { EARLIER, packEarlier } from './earlier.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/repository.sh', import.meta.url));
const SOURCE = '/etc/apt/sources.list.d/fleetblock.list';
const [earlier] = EARLIER;
if (!earlier) throw new Error('no earlier version');
/** Without Debian's own. */
const ONLY_OURS = ['-o', `Dir::Etc::SourceList=${SOURCE}`, '-o', 'Dir::Etc::SourceParts=/dev/null'];

let scratch: string;
let root: DebianRoot;
let server: Server;

const repository = (directory: string, ...args: string[]) =>
  execa('sh', [SCRIPT, join(scratch, directory), ...args], { reject: false, timeout: 600_000 });
const key = (name: string) => join(scratch, `${name}.key`);
const served = (path = '') => join(scratch, 'packages/public', path);
/** The files below that directory of what is served whose names match. */
const servedFiles = (directory: string, pattern: RegExp) =>
  readdirSync(served(directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'fleetblock-repository-'));
  const made = await repository('packages', '--key', key('first'), '--new-key');
  expect(made, made.stderr).toMatchObject({ exitCode: 0 });
  server = createServer((request, response) => {
    const path = served(new URL(request.url ?? '/', 'http://packages').pathname);
    if (existsSync(path)) response.end(readFileSync(path));
    else response.writeHead(404).end();
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
  root = await DebianRoot.minimal();
  copyFileSync(served('fleetblock.asc'), join(root.directory, 'etc/apt/keyrings/fleetblock.asc'));
  const source = `deb [signed-by=/etc/apt/keyrings/fleetblock.asc] http://127.0.0.1:${port} stable main\n`;
  writeFileSync(join(root.directory, SOURCE), source);
  // Whatever proxy this machine has for its mirror.
  writeFileSync(join(root.directory, 'etc/apt/apt.conf.d/direct'), 'Acquire::http::Proxy::127.0.0.1 "DIRECT";\n');
});

afterAll(async () => {
  server?.close();
  await root?.close();
  rmSync(scratch, { recursive: true, force: true });
});

const apt = (...args: string[]) => root.run('apt-get', '-q', '-y', ...args);

/** Reads the index as a host does that has never seen it. */
async function update() {
  await root.must('sh', '-c', 'rm -rf /var/lib/apt/lists/*127.0.0.1* /var/lib/apt/lists/partial/*; apt-get clean');
  return apt('update', ...ONLY_OURS);
}

test('a host installs the command and the agent, with what they depend on', async () => {
  expect(await apt('update')).toMatchObject({ exitCode: 0 });
  const installed = await apt('install', 'fleetblock', 'fleetblock-agent');
  expect(installed, installed.stderr).toMatchObject({ exitCode: 0 });
  expect(await root.must('fleetblock', '--version')).toContain(VERSION);
  expect(await root.must('fleetblock-agent', '--version')).toContain(VERSION);
});

test('a version is added, the earlier one stays, and a host goes back to it', async () => {
  const file = await packEarlier(packageFile('fleetblock-agent'), scratch, earlier);
  const added = await repository('packages', '--key', key('first'), file);
  expect(added, added.stderr).toMatchObject({ exitCode: 0 });
  expect(await update()).toMatchObject({ exitCode: 0 });
  const versions = (await root.must('apt-cache', 'madison', 'fleetblock-agent'))
    .split('\n')
    .map((line) => line.split('|')[1]?.trim());
  expect(versions).toEqual([VERSION, earlier.version]);
  const back = await apt('install', '--allow-downgrades', `fleetblock-agent=${earlier.version}`);
  expect(back, back.stderr).toMatchObject({ exitCode: 0 });
  expect(await root.must('fleetblock-agent', '--version')).toContain(earlier.version);
});

describe('refused by apt', () => {
  /** Runs `meanwhile` with one byte in the middle of each file changed. */
  async function changed(files: readonly string[], meanwhile: () => Promise<void>): Promise<void> {
    expect(files).not.toEqual([]);
    const originals = files.map((file) => readFileSync(file));
    try {
      for (const [i, file] of files.entries()) {
        const bytes = Buffer.from(originals[i] ?? '');
        const middle = bytes.length >> 1;
        bytes[middle] = (bytes[middle] ?? 0) ^ 1;
        writeFileSync(file, bytes);
      }
      await meanwhile();
    } finally {
      for (const [i, file] of files.entries()) writeFileSync(file, originals[i] ?? '');
    }
    expect(await update()).toMatchObject({ exitCode: 0 });
  }

  const agentVersion = () => root.must('fleetblock-agent', '--version');

  /** The index is not taken, and the host stays at the version that it has. */
  async function indexIsRefused(because: RegExp): Promise<void> {
    const updated = await update();
    expect(`${updated.stdout}${updated.stderr}`).toMatch(because);
    expect(updated.exitCode).toBe(100);
    await apt('install', 'fleetblock-agent');
    expect(await agentVersion()).toContain(earlier?.version);
  }

  test('a package with another byte', () =>
    changed(servedFiles('pool', new RegExp(`^fleetblock-agent_${VERSION}_`)), async () => {
      expect(await update()).toMatchObject({ exitCode: 0 });
      const installed = await apt('install', 'fleetblock-agent');
      expect(installed.stderr).toContain('Hash Sum mismatch');
      expect(installed.exitCode).toBe(100);
      expect(await agentVersion()).toContain(earlier?.version);
    }));

  test('an index of packages with another byte', () =>
    changed([...servedFiles('dists', /^(Packages.*|[0-9a-f]{32,})$/)], () =>
      indexIsRefused(/Hash Sum mismatch|File has unexpected size/),
    ));

  test('a release file with another byte', () =>
    changed([...servedFiles('dists', /^InRelease$/)], () =>
      indexIsRefused(/is not signed|signatures? (were|was) invalid/),
    ));

  test('what another key has signed', async () => {
    const made = await repository('other', '--key', key('other'), '--new-key');
    expect(made, made.stderr).toMatchObject({ exitCode: 0 });
    const keyring = join(root.directory, 'etc/apt/keyrings/fleetblock.asc');
    copyFileSync(join(scratch, 'other/public/fleetblock.asc'), keyring);
    await indexIsRefused(/NO_PUBKEY/);
    copyFileSync(served('fleetblock.asc'), keyring);
  });

  test('and nothing of what is as it was published', async () => {
    expect(await update()).toMatchObject({ exitCode: 0 });
    expect(await apt('install', 'fleetblock-agent')).toMatchObject({ exitCode: 0 });
    expect(await agentVersion()).toContain(VERSION);
  });
});

describe('refused by the command, which then makes and changes nothing', () => {
  test.each([
    ['no key', [], /--key FILE/],
    [
      'a key that is not there',
      ['--key', '/nowhere/fleetblock.key'],
      /there is no key \/nowhere\/fleetblock.key: --new-key makes one/,
    ],
    ['a file that is no key', ['--key', SCRIPT], /is no key that gpg reads/],
    ['a package that is not there', ['--key', SCRIPT, 'fleetblock.deb'], /there is no package fleetblock.deb/],
    ['an option that it does not have', ['--sign'], /there is no --sign/],
  ])('%s', async (_, args, because) => {
    const made = await repository('refused', ...args);
    expect(made).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(because) });
    expect(existsSync(join(scratch, 'refused'))).toBe(false);
  });

  test('another key than the one that hosts trust, and a new key in place of one', async () => {
    const before = readFileSync(served('dists/stable/InRelease'), 'utf8');
    expect(await repository('third', '--key', key('third'), '--new-key')).toMatchObject({ exitCode: 0 });
    expect(await repository('packages', '--key', key('third'))).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('hosts trust the key'),
    });
    expect(await repository('packages', '--key', key('first'), '--new-key')).toMatchObject({ exitCode: 2 });
    expect(readFileSync(served('dists/stable/InRelease'), 'utf8')).toBe(before);
  });
});
