#!/bin/sh
# Installs the Debian packages that are named, if one of them is missing: tools.sh PACKAGE... Quick when all are there.
set -eu
missing=
for package; do dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"; done
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null 2>&1 || { echo "install these yourself, apt-get is not here:$missing" >&2; exit 1; }
[ "$(id -u)" = 0 ] || { echo "run as root once, or: sudo apt-get install$missing" >&2; exit 1; }
echo "installing$missing" >&2
log=$(mktemp)
# shellcheck disable=SC2086 # a list of packages
if ! { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing; } >"$log" 2>&1; then
  tail -20 "$log" >&2
  echo "apt-get could not install$missing" >&2
  exit 1
fi
rm -f "$log"
