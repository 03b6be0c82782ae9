#!/bin/sh
# Takes out of an application directory what no program reads: types, sources, maps, tests and documents of the libraries, and the addon for
# another libc.
set -eu
cd "$1"
rm -f package-lock.json .npmrc node_modules/.package-lock.json
find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name "*.ts" -o -name "*.cc" -o -name "*.hh" -o -name "*.map" -o -name '*.md' -o -name '*.markdown' \
  -o -name '*.tsbuildinfo' -o -name '.eslintrc*' -o -name '.npmignore' -o -name '.travis.yml' -o -name '.editorconfig' \) -delete
find node_modules -depth -type d \( -name test -o -name tests -o -name __tests__ -o -name example -o -name examples -o -name benchmark -o -name benchmarks \
  -o -name docs -o -name .github \) -exec rm -rf {} +
rm -rf node_modules/koffi/lib node_modules/koffi/vendor node_modules/@koromix/koffi-linux-*/musl_*
find . -type d -empty -delete
find . -type f -exec chmod 0644 {} +
chmod 0755 dist/*/main.js
