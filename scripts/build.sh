#!/bin/sh
# Builds what is published: the BPF object and dist/ (JavaScript of the three programs).
set -eu
cd "$(dirname "$0")/.."
make -s -C bpf
rm -rf dist
tsc -p tsconfig.build.json
chmod +x dist/agent/main.js dist/controller/main.js dist/cli/main.js
