// The services and messages of proto/fleetblock/v1 for servers and clients, from the descriptor that is made of them. This is one of the
// project's few casts: proto-loader makes the services at run time, and proto/gen says what they are.
import { loadPackageDefinition } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import type { ProtoGrpcType as AgentTypes } from '../../proto/gen/agent.ts';
import { DESCRIPTOR } from '../../proto/gen/descriptor.ts';
import type { ProtoGrpcType as DetectorTypes } from '../../proto/gen/detector.ts';
import type { ProtoGrpcType as FeedTypes } from '../../proto/gen/feeds.ts';
import type { ProtoGrpcType as HookTypes } from '../../proto/gen/hooks.ts';
import type { ProtoGrpcType as IdentityTypes } from '../../proto/gen/identity.ts';
import type { ProtoGrpcType as OperatorTypes } from '../../proto/gen/operator.ts';
import type { ProtoGrpcType as RolloutTypes } from '../../proto/gen/rollouts.ts';

type ProtoTypes = {
  fleetblock: {
    v1: AgentTypes['fleetblock']['v1'] &
      OperatorTypes['fleetblock']['v1'] &
      IdentityTypes['fleetblock']['v1'] &
      FeedTypes['fleetblock']['v1'] &
      RolloutTypes['fleetblock']['v1'] &
      DetectorTypes['fleetblock']['v1'] &
      HookTypes['fleetblock']['v1'];
  };
};

const definition = fromJSON(JSON.parse(DESCRIPTOR), { longs: String, enums: String, defaults: true, oneofs: true });

/** The services and messages of fleetblock.v1. */
export const protocol = (loadPackageDefinition(definition) as unknown as ProtoTypes).fleetblock.v1;
