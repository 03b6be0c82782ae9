// A release of a throwaway clone with a throwaway key: what it refuses, and that what it makes can be verified by anyone with the public key.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { patience } from '../../lab/patience.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Higher than whatever this version is. */
const NEXT = '1000.0.0';

let scratch: string;
let clone: string;
let head: string;
const key = () => join(scratch, 'release.key');
const git = async (...words: string[]) => (await execa('git', ['-C', clone, ...words])).stdout;
/** As `npm run release`, without the set-up before it: after a release, that would install everything again. */
const release = (...args: string[]) =>
  execa('node', ['scripts/release.ts', ...args], {
    cwd: clone,
    reject: false,
    // No container engine, whatever this machine has: test/containers/ builds images.
    env: { FLEETBLOCK_PACKAGE_XZ: '0', DOCKER_HOST: `unix://${scratch}/docker.sock` },
    timeout: patience(1_500_000),
  });
const made = (name = '') => join(clone, 'build/release', NEXT, name);

beforeAll(async () => {
  await execa('sh', [join(ROOT, 'scripts/package/tools.sh'), 'minisign']);
  scratch = mkdtempSync(join(tmpdir(), 'fleetblock-release-test-'));
  clone = join(scratch, 'clone');
  await execa('minisign', ['-G', '-W', '-s', key(), '-p', `${key()}.pub`]);
  await execa('git', ['clone', '--quiet', ROOT, clone]);
  for (const [name, value] of [
    ['user.name', 'A maintainer'],
    ['user.email', 'maintainer@fleetblock.invalid'],
  ] as const)
    await git('config', name, value);
  // A release installs its own; this is for the command itself.
  await execa('sh', [
    '-c',
    'cp -al "$1" "$2" 2>/dev/null || cp -a "$1" "$2"',
    'copy',
    join(ROOT, 'node_modules'),
    clone,
  ]);
  head = await git('rev-parse', 'HEAD');
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('refused, and nothing is made', () => {
  afterEach(async () => {
    expect(await git('rev-parse', 'HEAD')).toBe(head);
    expect(await git('tag', '--list', 'v*')).toBe('');
    expect(existsSync(join(clone, 'build/release'))).toBe(false);
    expect(await git('worktree', 'list')).not.toContain('\n');
  });

  test.each<[string, () => string[], RegExp]>([
    ['no version', () => ['--key', key()], /one version, please/],
    ['what is no version', () => ['1.0', '--key', key()], /1\.0 is no version: MAJOR\.MINOR\.PATCH/],
    ['a lower version', () => ['0.0.1', '--key', key()], /0\.0\.1 is (lower|not higher)/],
    ['no key', () => [NEXT], /--key FILE; `minisign -G/],
    ['a public key', () => [NEXT, '--key', `${key()}.pub`], /is no secret key of minisign/],
    ['a key that is not there', () => [NEXT, '--key', '/nowhere'], /\/nowhere is no secret key/],
    ['an architecture', () => [NEXT, '--key', key(), '--architecture', 'riscv64'], /riscv64 is no architecture/],
    ['images of an architecture', () => [NEXT, '--key', key(), '--images', 'riscv64'], /riscv64 is no architecture/],
    ['images without an engine', () => [NEXT, '--key', key()], /no container engine .*--images none/],
    ['an option', () => [NEXT, '--key', key(), '--force'], /--force/],
  ])('%s', async (_, args, because) => {
    const refused = await release(...args());
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(because) });
  });

  test('a tree with what is not committed', async () => {
    writeFileSync(join(clone, 'new.txt'), '');
    expect(await release(NEXT, '--key', key())).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('commit'),
    });
    rmSync(join(clone, 'new.txt'));
  });

  test('a changelog that says nothing of it', async () => {
    const before = head;
    const changelog = join(clone, 'CHANGELOG.md');
    const [introduction = ''] = readFileSync(changelog, 'utf8').split('## [Unreleased]');
    writeFileSync(changelog, `${introduction}## [Unreleased]\n`);
    await git('commit', '--quiet', '--all', '--message', 'Forget what is new');
    head = await git('rev-parse', 'HEAD');
    const refused = await release(NEXT, '--key', key());
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('nothing under [Unreleased]') });
    await git('reset', '--quiet', '--hard', before);
    head = before;
  });
});

describe('made', () => {
  beforeAll(async () => {
    const done = await release(NEXT, '--key', key(), '--architecture', 'amd64', '--images', 'none');
    expect(done, done.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('no images') });
  }, patience(1_500_000));

  test('the commit has the version, the section of the changelog and the record, and is tagged', async () => {
    expect(await git('log', '-1', '--format=%s %P')).toBe(`Release ${NEXT} ${head}`);
    expect(await git('rev-parse', `v${NEXT}^{commit}`)).toBe(await git('rev-parse', 'HEAD'));
    expect(await git('status', '--porcelain')).toBe('');
    expect(await git('worktree', 'list')).not.toContain('\n');
    const date = await git('log', '-1', '--format=%cs', head);
    expect(readFileSync(join(clone, 'CHANGELOG.md'), 'utf8')).toContain(`## [Unreleased]\n\n## [${NEXT}] - ${date}\n`);
    expect(await git('show', '--stat', '--format=', 'HEAD')).toContain(`test/compat/traces/${NEXT}.trace`);
  });

  test('one version, everywhere', async () => {
    const files = readdirSync(made()).sort();
    const packages = ['fleetblock', 'fleetblock-agent', 'fleetblock-controller', 'fleetblock-runtime'];
    const debs = packages.map((name) => `${name}_${NEXT}_amd64.deb`);
    const others = [`fleetblock-${NEXT}.cdx.json`, `fleetblock-${NEXT}.tgz`, 'SHA256SUMS', 'SHA256SUMS.minisig'];
    expect(files).toEqual([...debs, ...others].sort());
    for (const deb of debs) expect((await execa('dpkg-deb', ['-f', made(deb), 'Version'])).stdout).toBe(NEXT);
    const { stdout } = await execa('tar', ['-xOf', made(`fleetblock-${NEXT}.tgz`), 'package/package.json']);
    expect(JSON.parse(stdout)).toMatchObject({ version: NEXT });
    const lock = JSON.parse(readFileSync(join(clone, 'package-lock.json'), 'utf8'));
    expect(lock).toMatchObject({ version: NEXT, packages: { '': { version: NEXT } } });
  });

  test('the list of contents names what is shipped, the runtime too, and nothing of the tests', () => {
    const shape = z.object({ bomFormat: z.literal('CycloneDX'), components: z.array(z.object({ name: z.string() })) });
    const { components } = shape.parse(JSON.parse(readFileSync(made(`fleetblock-${NEXT}.cdx.json`), 'utf8')));
    const names = components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['node', '@grpc/grpc-js', 'koffi', '@koromix/koffi-linux-arm64']));
    expect(names).not.toContain('vitest');
  });

  test('it is verified with the public key alone, and not when a byte is changed', async () => {
    const verify = () =>
      execa('minisign', ['-V', '-p', `${key()}.pub`, '-m', 'SHA256SUMS'], { cwd: made(), reject: false });
    const check = () => execa('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: made(), reject: false });
    expect(await verify()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`fleetblock ${NEXT}`) });
    expect(await check()).toMatchObject({ exitCode: 0 });
    const listed = readFileSync(made('SHA256SUMS'), 'utf8').match(/\S+$/gm);
    expect(listed).toEqual(readdirSync(made()).filter((name) => !name.startsWith('SHA256SUMS')));
    for (const [name, broken] of [
      ['SHA256SUMS', verify],
      [`fleetblock-${NEXT}.tgz`, check],
    ] as const) {
      const bytes = readFileSync(made(name));
      writeFileSync(made(name), Buffer.from(bytes).fill((bytes[0] ?? 0) ^ 1, 0, 1));
      expect(await broken(), name).toMatchObject({ exitCode: 1 });
      writeFileSync(made(name), bytes);
    }
  });

  test('the same version is not released twice', async () => {
    expect(await release(NEXT, '--key', key())).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`${NEXT} is released`),
    });
  });
});
