// The codecs of the methods that a client calls, each made when it is asked for, of the types that it needs: making all of them, as
// common/rpc/proto.ts does for the controller, would take longer than a whole call.
import type { MethodDefinition } from '@grpc/proto-loader';
import protobuf from 'protobufjs/light.js';
import { DESCRIPTOR } from '../../../proto/gen/descriptor.ts';
import type { AgentServiceDefinition } from '../../../proto/gen/fleetblock/v1/AgentService.ts';
import type { EnrollmentServiceDefinition } from '../../../proto/gen/fleetblock/v1/EnrollmentService.ts';
import type { IdentityServiceDefinition } from '../../../proto/gen/fleetblock/v1/IdentityService.ts';
import type { OperatorServiceDefinition } from '../../../proto/gen/fleetblock/v1/OperatorService.ts';

interface Services {
  AgentService: AgentServiceDefinition;
  EnrollmentService: EnrollmentServiceDefinition;
  OperatorService: OperatorServiceDefinition;
  IdentityService: IdentityServiceDefinition;
}

/** What a call needs to know of its method. */
export interface Method<Request, Reply> {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly serialize: (request: Request) => Buffer;
  readonly deserialize: (bytes: Buffer) => Reply;
}

type MethodOf<Definition> =
  Definition extends MethodDefinition<infer Request, infer _R, infer _Q, infer Reply> ? Method<Request, Reply> : never;

const PACKAGE = 'fleetblock.v1';
const ALL: Readonly<Record<string, protobuf.AnyNestedObject>> =
  JSON.parse(DESCRIPTOR).nested.fleetblock.nested.v1.nested;

/** Message and enum types by name, with all that their fields name. */
function typesOf(...names: readonly string[]): protobuf.Root {
  const nested: Record<string, protobuf.AnyNestedObject> = {};
  const add = (name: string) => {
    const type = ALL[name];
    if (!type || name in nested) return;
    nested[name] = type;
    if ('fields' in type) for (const field of Object.values(type.fields)) add(field.type);
  };
  for (const name of names) add(name);
  return protobuf.Root.fromJSON({ nested });
}

/** As proto-loader is told in common/rpc/proto.ts: what proto/gen says of the replies depends on it. */
const OUTPUT = { longs: String, enums: String, defaults: true, oneofs: true };

/** The only cast of the clients stands here: the descriptor is read at run time, and proto/gen says what it holds. */
export function method<S extends keyof Services, M extends string & keyof Services[S]>(
  service: S,
  name: M,
): MethodOf<Services[S][M]> {
  const described = ALL[service];
  const called = described && 'methods' in described ? described.methods[name] : undefined;
  if (!called) throw new Error(`${service} has no method ${name}`);
  const types = typesOf(called.requestType, called.responseType);
  const request = types.lookupType(called.requestType);
  const reply = types.lookupType(called.responseType);
  const found: Method<Record<string, unknown>, unknown> = {
    path: `/${PACKAGE}.${service}/${name}`,
    serialize: (value) => Buffer.from(request.encode(request.fromObject(value)).finish()),
    deserialize: (bytes) => reply.toObject(reply.decode(bytes), OUTPUT),
  };
  return found as MethodOf<Services[S][M]>;
}
