// The bill of materials of an image: of what npm knows (CycloneDX, on standard input) the libraries that are in it, and beside them the
// Node.js that runs this and the Debian packages. `sbom.ts ROOT APP ARCHITECTURE` prints it, APP below ROOT; the same image gives the same
// bytes.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const Component = z.looseObject({
  'bom-ref': z.string(),
  name: z.string(),
  properties: z.array(z.object({ name: z.string(), value: z.string() })),
});
const Bom = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  metadata: z.looseObject({ component: z.looseObject({ 'bom-ref': z.string() }) }),
  components: z.array(Component),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

const [root = '', app = '', architecture = ''] = process.argv.slice(2);
const { serialNumber: _, ...bom } = Bom.parse(JSON.parse(await text(process.stdin)));
const { timestamp: __, ...metadata } = bom.metadata;
// Not `npm sbom --omit=dev`: it leaves out libraries that a development dependency also names as an optional peer.
const libraries = bom.components.filter(
  ({ name, properties }) =>
    !properties.some((each) => each.name === 'cdx:npm:package:development') &&
    // Those for other machines are in the lock file only.
    existsSync(join(root, app, 'node_modules', name)),
);
const refs = new Set([metadata.component['bom-ref'], ...libraries.map((each) => each['bom-ref'])]);
const dependencies = bom.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) }));

const records = join(root, 'var/lib/dpkg/status.d');
const debian = readdirSync(records).map((name) => {
  const [, version = ''] = /^Version: (.+)$/m.exec(readFileSync(join(records, name), 'utf8')) ?? [];
  const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}&distro=debian-12`;
  return { 'bom-ref': purl, type: 'library', name, version, purl };
});
const { node: version } = process.versions;
const node = {
  'bom-ref': `node@${version}`,
  type: 'application',
  name: 'node',
  version,
  purl: `pkg:generic/node@${version}`,
};
const whole = { ...bom, metadata, components: [...libraries, node, ...debian], dependencies };
process.stdout.write(`${JSON.stringify(whole, undefined, 2)}\n`);
