// Makes what programs read of proto/ at run time: they look for no .proto files wherever they are installed, and a
// command that lives for a tenth of a second parses none. Usage: node scripts/proto-descriptor.ts OUT_DIRECTORY
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import descriptor, { type IDescriptorProto } from 'protobufjs/ext/descriptor/index.js';

const FILES = ['agent', 'operator', 'identity', 'feeds', 'rollouts', 'detector', 'hooks'].map(
  (name) => `fleetblock/v1/${name}.proto`,
);
/** Of the controller alone: a file of its own, which no command of the CLI reads. */
const ETCD = ['etcd/etcd.proto'];

const [, , out] = process.argv;
if (out === undefined) throw new Error('usage: node scripts/proto-descriptor.ts OUT_DIRECTORY');
const root = loaded(FILES, { alternateCommentMode: true });

write('descriptor.ts', "JSON text for protobufjs's Root.fromJSON.", 'DESCRIPTOR', JSON.stringify(root.toJSON()));
write(
  'schema.ts',
  'FileDescriptorSet, base64: for the JSON form of messages.',
  'SCHEMA',
  descriptorSet().toString('base64'),
);
write(
  'comments.ts',
  'What the files say of methods, messages and fields, by full name: JSON text.',
  'COMMENTS',
  JSON.stringify(comments(root)),
);
write(
  'etcd-descriptor.ts',
  "etcd's own services: JSON text for protobufjs's Root.fromJSON.",
  'ETCD_DESCRIPTOR',
  JSON.stringify(loaded(ETCD).toJSON()),
);

function loaded(files: string[], options?: protobuf.IParseOptions): protobuf.Root {
  const made = new protobuf.Root();
  made.resolvePath = (_, target) => fileURLToPath(new URL(`../proto/${target}`, import.meta.url));
  return made.loadSync(files, options);
}

/** protobufjs names types relative to where they are used, and its fields have no JSON names: other readers need both. */
function descriptorSet(): Buffer {
  const named = loaded(FILES, { keepCase: true });
  const set = named.toDescriptor('proto3');
  for (const { package: scope = '', messageType = [] } of set.file)
    for (const message of messageType) complete(named, message, scope);
  return Buffer.from(descriptor.FileDescriptorSet.encode(set).finish());
}

function complete(named: protobuf.Root, { name, field = [], nestedType = [] }: IDescriptorProto, scope: string): void {
  const message = `${scope}.${name}`;
  for (const each of field) {
    each.jsonName = protobuf.util.camelCase(each.name ?? '');
    if (!each.typeName) continue;
    const isEntry = nestedType.some((nested) => nested.name === each.typeName);
    each.typeName = isEntry
      ? `.${message}.${each.typeName}`
      : named.lookupType(message).lookupTypeOrEnum(each.typeName).fullName;
  }
  for (const nested of nestedType) if (!nested.options?.mapEntry) complete(named, nested, message);
}

function write(file: string, about: string, name: string, text: string): void {
  writeFileSync(
    join(out ?? '', file),
    `// Made by scripts/proto-descriptor.ts from the .proto files of proto/: do not edit, run npm run proto.
/** ${about} */
export const ${name} =
  '${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}';
`,
  );
}

function comments(of: protobuf.NamespaceBase): Record<string, string> {
  const found: Record<string, string> = {};
  const add = ({ fullName, comment }: protobuf.ReflectionObject) => {
    if (comment) found[fullName.slice(1)] = comment.replace(/\s+/g, ' ');
  };
  for (const each of of.nestedArray) {
    add(each);
    if (each instanceof protobuf.Type) each.fieldsArray.forEach(add);
    if (each instanceof protobuf.Service) each.methodsArray.forEach(add);
    if (each instanceof protobuf.Enum)
      for (const [value, comment] of Object.entries(each.comments))
        if (comment) found[`${each.fullName.slice(1)}.${value}`] = comment.replace(/\s+/g, ' ');
    if (each instanceof protobuf.Namespace) Object.assign(found, comments(each));
  }
  return found;
}
