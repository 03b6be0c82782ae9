// etcd's services, from the descriptor that is made of proto/etcd/etcd.proto. As in common/rpc/proto.ts there is one cast: proto-loader
// makes the services at run time, and proto/gen says what they are.
import { loadPackageDefinition } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import type { ProtoGrpcType } from '../../../../proto/gen/etcd.ts';
import { ETCD_DESCRIPTOR } from '../../../../proto/gen/etcd-descriptor.ts';

const definition = fromJSON(JSON.parse(ETCD_DESCRIPTOR), {
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
});

/** The clients of etcd's services. */
export const services = (loadPackageDefinition(definition) as unknown as ProtoGrpcType).etcdserverpb;
