#!/bin/sh
# Builds what is published: the BPF object and dist/ (JavaScript of the three programs).
set -eu
cd "$(dirname "$0")/.."
make -s -C bpf
rm -rf dist
tsc -p tsconfig.build.json
# A command of the CLI lives for a fraction of a second, and loading three hundred files is most of it: its code is bundled, as
# CommonJS (importing node:crypto as an ES module touches every lazy part of it).
rm -rf dist/cli
rolldown cli/main.ts --platform node --format cjs --minify --dir dist/cli >/dev/null
echo '{ "type": "commonjs" }' >dist/cli/package.json
chmod +x dist/agent/main.js dist/controller/main.js dist/cli/main.js
