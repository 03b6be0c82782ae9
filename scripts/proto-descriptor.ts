// Makes OUT/descriptor.ts: the services that people use, in protobufjs's JSON form, so that a command that lives for a tenth of a
// second parses no .proto files. Usage: node scripts/proto-descriptor.ts OUT_DIRECTORY
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const [, , out] = process.argv;
if (out === undefined) throw new Error('usage: node scripts/proto-descriptor.ts OUT_DIRECTORY');
const root = new protobuf.Root();
root.resolvePath = (_, target) => fileURLToPath(new URL(`../proto/${target}`, import.meta.url));
root.loadSync(['fleetblock/v1/operator.proto', 'fleetblock/v1/identity.proto']);
writeFileSync(
  join(out, 'descriptor.ts'),
  `// Made by scripts/proto-descriptor.ts from operator.proto and identity.proto: do not edit, run npm run proto.
/** JSON text for protobufjs's Root.fromJSON. */
export const DESCRIPTOR =
  '${JSON.stringify(root.toJSON()).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}';
`,
);
