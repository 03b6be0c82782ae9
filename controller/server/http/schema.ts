// The protocol as a schema: what the JSON form of messages and the OpenAPI document are made from.
import {
  createFileRegistry,
  type DescMessage,
  type DescService,
  type FileRegistry,
  fromBinary,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { SCHEMA } from '../../../proto/gen/schema.ts';

/** All files of proto/fleetblock/v1. */
export const registry: FileRegistry = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, Buffer.from(SCHEMA, 'base64')),
);

/** By its name in `fleetblock.v1`. @throws TypeError: there is none */
export function serviceNamed(name: string): DescService {
  const found = registry.getService(`fleetblock.v1.${name}`);
  if (!found) throw new TypeError(`the protocol has no service ${name}`);
  return found;
}

/** By its name in `fleetblock.v1`. @throws TypeError: there is none */
export function messageNamed(name: string): DescMessage {
  const found = registry.getMessage(`fleetblock.v1.${name}`);
  if (!found) throw new TypeError(`the protocol has no message ${name}`);
  return found;
}
