#!/bin/sh
# Leaves in an application directory what programs read: code, data, protocol definitions and licences. Tests, types, programs of the
# libraries and the addon for another libc go.
set -eu
cd "$1"
rm -rf package-lock.json .npmrc node_modules/koffi/lib node_modules/koffi/vendor node_modules/@koromix/koffi-linux-*/musl_*
find node_modules -depth -type d \( -name test -o -name tests -o -name __tests__ -o -name example -o -name examples -o -name benchmark -o -name benchmarks \
  -o -name docs -o -name '.?*' \) -exec rm -rf {} +
find node_modules -type f \( -name '.*' -o ! -name '*.js' ! -name '*.cjs' ! -name '*.mjs' ! -name '*.json' ! -name '*.node' ! -name '*.proto' \
  ! -iname 'licen[cs]e*' ! -iname 'notice*' ! -name CopyrightNotice.txt \) -delete
find node_modules -type f -name '*js' | while read -r file; do
  # The shell's own read: a process for each of two thousand files takes seconds.
  read -r first <"$file" || true
  case $first in '#!'*) rm "$file" ;; esac
done
find . -type d -empty -delete
find . -type f -exec chmod 0644 {} +
chmod 0755 dist/*/main.js
