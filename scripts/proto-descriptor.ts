// Makes OUT/descriptor.ts: all messages and services in protobufjs's JSON form. The programs read that: they look for no .proto files
// wherever they are installed, and a command that lives for a tenth of a second parses none. Usage: node scripts/proto-descriptor.ts OUT_DIRECTORY
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const [, , out] = process.argv;
if (out === undefined) throw new Error('usage: node scripts/proto-descriptor.ts OUT_DIRECTORY');
const root = new protobuf.Root();
root.resolvePath = (_, target) => fileURLToPath(new URL(`../proto/${target}`, import.meta.url));
root.loadSync(['agent', 'operator', 'identity'].map((name) => `fleetblock/v1/${name}.proto`));
writeFileSync(
  join(out, 'descriptor.ts'),
  `// Made by scripts/proto-descriptor.ts from proto/fleetblock/v1/*.proto: do not edit, run npm run proto.
/** JSON text for protobufjs's Root.fromJSON. */
export const DESCRIPTOR =
  '${JSON.stringify(root.toJSON()).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}';
`,
);
