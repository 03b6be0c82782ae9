// The images of a release: what another engine loads is the image that was built, with its bill of materials beside it.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VERSION } from '../../common/version.ts';
import { assertBuildsImages, makeImages } from '../../scripts/release/images.ts';
import { whyNoEngine } from './engine.ts';

const tree = fileURLToPath(new URL('../..', import.meta.url));
/** Of no release. */
const version = `1000.0.${process.pid}`;
const docker = async (...words: string[]) => (await execa('docker', words, { stdin: 'ignore' })).stdout;
const reason = await whyNoEngine();

describe.skipIf(reason)(`images of a release${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let out: string;
  let architecture: string;

  beforeAll(async () => {
    out = mkdtempSync(join(tmpdir(), 'fleetblock-images-'));
    architecture = await docker('version', '--format', '{{.Server.Arch}}');
    await makeImages({ tree, out, version, architectures: [architecture], epoch: 1_700_000_000 });
  }, 600_000);

  afterAll(async () => {
    await execa('docker', ['image', 'rm', '--force', `fleetblock:${version}`], { reject: false });
    rmSync(out, { recursive: true, force: true });
  });

  test('an engine that builds for an architecture is taken, and what it does not build for is refused by name', async () => {
    await assertBuildsImages([architecture]);
    await expect(assertBuildsImages([architecture, 'pdp11'])).rejects.toThrow(
      /builds no images for pdp11.*--images none/,
    );
  });

  test('an archive and its bill of materials, and nothing is left in the engine', async () => {
    const name = `fleetblock_${version}_${architecture}.image`;
    expect(readdirSync(out).toSorted()).toEqual([`${name}.cdx.json`, `${name}.tar.gz`]);
    expect(await docker('image', 'ls', '--quiet', `fleetblock:${version}`)).toBe('');
  });

  test('loaded, it runs, is dated as the release is, and has the same bill of materials', async () => {
    const image = `fleetblock:${version}`;
    const file = join(out, `fleetblock_${version}_${architecture}.image`);
    expect(await docker('load', '--input', `${file}.tar.gz`)).toContain(image);
    const run = (...words: string[]) => docker('run', '--rm', '--network', 'none', image, ...words);
    expect(await run('fleetblock-agent', '--version')).toBe(VERSION);
    expect(await docker('image', 'inspect', '--format', '{{.Created}} {{.Architecture}}', image)).toBe(
      `2023-11-14T22:13:20Z ${architecture}`,
    );
    const bom = await run('cat', '/usr/share/doc/fleetblock/sbom.cdx.json');
    expect(JSON.parse(bom)).toMatchObject({ bomFormat: 'CycloneDX' });
    expect(readFileSync(`${file}.cdx.json`, 'utf8').trim()).toBe(bom);
  });
});
