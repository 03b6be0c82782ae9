// The codecs of the methods that a client calls, each made when it is asked for: making all of them, as common/rpc/proto.ts does for
// the controller, would take longer than a whole call.
import type { MethodDefinition } from '@grpc/proto-loader';
import protobuf from 'protobufjs/light.js';
import { DESCRIPTOR } from '../../../proto/gen/descriptor.ts';
import type { AgentServiceDefinition } from '../../../proto/gen/fleetblock/v1/AgentService.ts';
import type { DetectorServiceDefinition } from '../../../proto/gen/fleetblock/v1/DetectorService.ts';
import type { EnrollmentServiceDefinition } from '../../../proto/gen/fleetblock/v1/EnrollmentService.ts';
import type { FeedServiceDefinition } from '../../../proto/gen/fleetblock/v1/FeedService.ts';
import type { HookServiceDefinition } from '../../../proto/gen/fleetblock/v1/HookService.ts';
import type { IdentityServiceDefinition } from '../../../proto/gen/fleetblock/v1/IdentityService.ts';
import type { OperatorServiceDefinition } from '../../../proto/gen/fleetblock/v1/OperatorService.ts';
import type { RolloutServiceDefinition } from '../../../proto/gen/fleetblock/v1/RolloutService.ts';

interface Services {
  AgentService: AgentServiceDefinition;
  EnrollmentService: EnrollmentServiceDefinition;
  OperatorService: OperatorServiceDefinition;
  IdentityService: IdentityServiceDefinition;
  FeedService: FeedServiceDefinition;
  RolloutService: RolloutServiceDefinition;
  DetectorService: DetectorServiceDefinition;
  HookService: HookServiceDefinition;
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
const root = protobuf.Root.fromJSON(JSON.parse(DESCRIPTOR));
/** As in common/rpc/proto.ts for proto-loader: the types of replies in proto/gen depend on it. */
const OUTPUT = { longs: String, enums: String, defaults: true, oneofs: true };

/** The only cast of the clients stands here: the descriptor is read at run time, and proto/gen says what it holds. */
export function method<S extends keyof Services, M extends string & keyof Services[S]>(
  service: S,
  name: M,
): MethodOf<Services[S][M]> {
  const { requestType, responseType } = root.lookupService(`${PACKAGE}.${service}`).methods[name] ?? {};
  const request = root.lookupType(`${PACKAGE}.${requestType}`);
  const reply = root.lookupType(`${PACKAGE}.${responseType}`);
  const found: Method<Record<string, unknown>, unknown> = {
    path: `/${PACKAGE}.${service}/${name}`,
    serialize: (value) => Buffer.from(request.encode(request.fromObject(value)).finish()),
    deserialize: (bytes) => reply.toObject(reply.decode(bytes), OUTPUT),
  };
  return found as MethodOf<Services[S][M]>;
}
