// The images of a release, built by the container engine that answers to `docker`.
import { createReadStream, createWriteStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { execa, type Options } from 'execa';
import { Refused } from './refused.ts';

const SBOM = '/usr/share/doc/fleetblock/sbom.cdx.json';
const WITHOUT = '--images none releases without them';

/**
 * Checks that the engine builds for all of these.
 * @param architectures Debian's names, which are also the engine's
 * @throws Refused when none answers, or it does not build for one of them
 */
export async function assertBuildsImages(architectures: readonly string[]): Promise<void> {
  if (architectures.length === 0) return;
  // buildx is content with an engine that does not answer: it names no platform then.
  const ask = (...words: string[]) => execa('docker', words, { reject: false, timeout: 60_000 });
  const engine = await ask('version', '--format', '{{.Server.Version}}');
  const asked = engine.exitCode === 0 ? await ask('buildx', 'inspect', '--bootstrap') : engine;
  if (asked.exitCode !== 0) {
    const [because = ''] = (asked.stderr || asked.shortMessage || '').split('\n');
    throw new Refused(`no container engine to build images with: ${because}; start one with buildx, or ${WITHOUT}`);
  }
  const [, platforms = ''] = /^Platforms:\s*(.*)$/m.exec(asked.stdout) ?? [];
  const builds = new Set(platforms.split(',').map((each) => each.trim().replace(/\*$/, '')));
  const missing = architectures.find((each) => !builds.has(`linux/${each}`));
  if (missing !== undefined)
    throw new Refused(
      `the container engine builds no images for ${missing}: install qemu-user-static on its machine, name others by --images, or ${WITHOUT}`,
    );
}

/** What is built, and where it goes. */
export interface Images {
  /** The checkout. */
  readonly tree: string;
  readonly out: string;
  readonly version: string;
  readonly architectures: readonly string[];
  /** The date of the images, Unix seconds. */
  readonly epoch: number;
}

/**
 * Writes for each architecture `fleetblock_VERSION_ARCHITECTURE.image.tar.gz`, which `docker load` reads, and its bill of materials beside it.
 * NODE_IMAGE in the environment names the image that they are built on, by its digest.
 */
export async function makeImages({ tree, out, version, architectures, epoch }: Images): Promise<void> {
  const options = { cwd: tree, stdout: 'inherit', stderr: 'inherit', stdin: 'ignore' } satisfies Options;
  const tag = `fleetblock:${version}`;
  for (const architecture of architectures) {
    const file = join(out, `fleetblock_${version}_${architecture}.image`);
    const built = ['--platform', `linux/${architecture}`, '--build-arg', `SOURCE_DATE_EPOCH=${epoch}`, '--tag', tag];
    const base = process.env.NODE_IMAGE ? ['--build-arg', 'NODE_IMAGE'] : [];
    await execa('docker', ['build', ...built, ...base, '.'], options);
    try {
      const { stdout: container } = await execa('docker', ['create', tag, 'none']);
      await execa('docker', ['cp', `${container}:${SBOM}`, `${file}.cdx.json`], options);
      await execa('docker', ['rm', container]);
      await execa('docker', ['save', '--output', `${file}.tar`, tag], options);
    } finally {
      await execa('docker', ['image', 'rm', tag], { reject: false });
    }
    await pipeline(createReadStream(`${file}.tar`), createGzip(), createWriteStream(`${file}.tar.gz`));
    rmSync(`${file}.tar`);
  }
}
