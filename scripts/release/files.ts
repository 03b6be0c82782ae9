// The files of a release, made in a checkout of its commit.
import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa, type Options } from 'execa';
import { z } from 'zod';
import { makeImages } from './images.ts';
import type { Plan } from './plan.ts';

const sbomShape = z.looseObject({
  metadata: z.looseObject({ component: z.looseObject({ 'bom-ref': z.string() }) }),
  components: z.array(
    z.looseObject({ 'bom-ref': z.string(), properties: z.array(z.looseObject({ name: z.string() })) }),
  ),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

/** Packages, tarball, images, list of contents, checksums and their signature into `out`; `tree`: the checkout. */
export async function makeFiles(tree: string, out: string, plan: Plan): Promise<void> {
  const options = {
    cwd: tree,
    env: { SOURCE_DATE_EPOCH: `${plan.epoch}` },
    stdout: 'inherit',
    stderr: 'inherit',
  } satisfies Options;
  await execa('sh', ['scripts/package.sh', ...plan.architectures], options);
  const packages = join(tree, 'build/package');
  for (const name of readdirSync(packages))
    if (name.endsWith('.deb')) copyFileSync(join(packages, name), join(out, name));
  // Built for the packages.
  await execa('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', out], options);
  const { version, images: architectures, epoch } = plan;
  await makeImages({ tree, out, version, architectures, epoch });
  const { stdout } = await execa('npm', ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'], { cwd: tree });
  writeFileSync(join(out, `fleetblock-${plan.version}.cdx.json`), sbomOf(stdout));
  writeFileSync(join(out, 'SHA256SUMS'), checksums(out));
  // A key with a password asks for it.
  const sign = ['-S', '-s', plan.key, '-m', 'SHA256SUMS', '-t', `fleetblock ${plan.version}`];
  await execa('minisign', sign, { cwd: out, stdio: 'inherit' });
}

/** What is shipped of npm's list, and the runtime that the packages bring; without a time and an id, so that it is the same again. */
function sbomOf(text: string): string {
  const { serialNumber: _, ...sbom } = sbomShape.parse(JSON.parse(text));
  const { timestamp: __, ...metadata } = sbom.metadata;
  // Not `npm sbom --omit=dev`: it leaves out libraries that a development dependency also names as an optional peer.
  const isShipped = ({ properties }: (typeof sbom.components)[number]) =>
    !properties.some(({ name }) => name === 'cdx:npm:package:development');
  const libraries = sbom.components.filter(isShipped);
  const shipped = new Set([metadata.component, ...libraries].map((each) => each['bom-ref']));
  const dependencies = sbom.dependencies
    .filter(({ ref }) => shipped.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => shipped.has(each)) }));
  const runtime = process.versions.node;
  const node = {
    'bom-ref': `node@${runtime}`,
    type: 'application',
    name: 'node',
    version: runtime,
    purl: `pkg:generic/node@${runtime}`,
  };
  return `${JSON.stringify({ ...sbom, metadata, components: [...libraries, node], dependencies }, undefined, 2)}\n`;
}

/** As sha256sum(1) writes them. */
function checksums(directory: string): string {
  const hashOf = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(directory, name)))
      .digest('hex');
  return readdirSync(directory)
    .sort()
    .map((name) => `${hashOf(name)}  ${name}\n`)
    .join('');
}
