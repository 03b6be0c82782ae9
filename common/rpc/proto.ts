// Loads proto/fleetblock/v1 once for whoever serves or calls it. The only cast of the project stands here: proto-loader
// makes the services at run time, and proto/gen says what they are.
import { fileURLToPath } from 'node:url';
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ProtoGrpcType as AgentTypes } from '../../proto/gen/agent.ts';
import type { ProtoGrpcType as IdentityTypes } from '../../proto/gen/identity.ts';
import type { ProtoGrpcType as OperatorTypes } from '../../proto/gen/operator.ts';

type ProtoTypes = {
  fleetblock: {
    v1: AgentTypes['fleetblock']['v1'] & OperatorTypes['fleetblock']['v1'] & IdentityTypes['fleetblock']['v1'];
  };
};

const definition = loadSync(
  ['fleetblock/v1/agent.proto', 'fleetblock/v1/operator.proto', 'fleetblock/v1/identity.proto'],
  {
    includeDirs: [findProtoDirectory()],
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  },
);

/** The services and messages of fleetblock.v1. */
export const protocol = (loadPackageDefinition(definition) as unknown as ProtoTypes).fleetblock.v1;

/** Version of the sync protocol that Hello and Welcome carry. */
export const SYNC_PROTOCOL = 1;

function findProtoDirectory(): string {
  // From common/rpc/ in a checkout, from dist/common/rpc/ in the package.
  const up = import.meta.url.endsWith('.ts') ? '../../proto' : '../../../proto';
  return fileURLToPath(new URL(up, import.meta.url));
}
