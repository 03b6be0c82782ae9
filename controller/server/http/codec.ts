// Messages of a method as proto3 JSON: through their bytes, so that a handler sees the very objects that gRPC gives it.
import { type DescMethod, fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf';
import type { MethodDefinition } from '@grpc/grpc-js';
import { FleetblockError, messageOf } from '../../../common/errors.ts';
import { MAX_MESSAGE_BYTES } from '../../../common/rpc/channel.ts';
import { parseJson } from './strict-json.ts';

/** Of a message as JSON: base64 is a third longer than its bytes, and names and digits come to it. */
export const MAX_JSON_BYTES = 2 * MAX_MESSAGE_BYTES;

/** Of one method. */
export interface Codec {
  /** @throws FleetblockError INVALID_ARGUMENT, with the name of the field; RESOURCE_EXHAUSTED: too long for gRPC */
  decode(json: Uint8Array): object;
  /** With all fields, those too that have their default; a message or a choice that is not set is left out. */
  encode(reply: object): string;
}

/** `method` and `definition` are of the same one. */
export function codecOf(
  { input, output }: DescMethod,
  definition: Pick<MethodDefinition<object, object>, 'requestDeserialize' | 'responseSerialize'>,
): Codec {
  return {
    decode: (json) => {
      const value = parseJson(json);
      const bytes = Buffer.from(understood(() => toBinary(input, fromJson(input, value))));
      if (bytes.length > MAX_MESSAGE_BYTES)
        throw new FleetblockError(
          'RESOURCE_EXHAUSTED',
          `a message of ${bytes.length} bytes, at most ${MAX_MESSAGE_BYTES}`,
        );
      return definition.requestDeserialize(bytes);
    },
    encode: (reply) =>
      JSON.stringify(
        toJson(output, fromBinary(output, definition.responseSerialize(reply)), { alwaysEmitImplicit: true }),
      ),
  };
}

const MAX_TEXT = 300;

function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const text = messageOf(error).replaceAll('fleetblock.v1.', '');
    throw new FleetblockError('INVALID_ARGUMENT', text.slice(0, MAX_TEXT));
  }
}
