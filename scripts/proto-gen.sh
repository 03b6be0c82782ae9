#!/bin/sh
# Makes the TypeScript types of proto/fleetblock/v1/*.proto and proto/etcd/etcd.proto in proto/gen (or in the directory given).
set -eu
cd "$(dirname "$0")/.."
out=${1:-proto/gen}
rm -rf "$out"
proto-loader-gen-types --longs=String --enums=String --defaults --oneofs --includeComments --grpcLib=@grpc/grpc-js \
  --importFileExtension=.ts -I proto -O "$out" fleetblock/v1/types.proto fleetblock/v1/agent.proto fleetblock/v1/operator.proto \
  fleetblock/v1/identity.proto fleetblock/v1/feeds.proto fleetblock/v1/rollouts.proto fleetblock/v1/detector.proto \
  fleetblock/v1/hooks.proto etcd/etcd.proto >/dev/null
node scripts/proto-descriptor.ts "$out"
