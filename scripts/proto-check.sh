#!/bin/sh
# Fails when proto/gen is not what the .proto files make today.
set -eu
cd "$(dirname "$0")/.."
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
sh scripts/proto-gen.sh "$fresh/gen"
diff -r "$fresh/gen" proto/gen >&2 || { echo 'proto/gen is out of date: run npm run proto' >&2; exit 1; }
