#!/bin/sh
# Unpacks Debian packages into build/peers: the real programs on the other side of fleetblock's doors, and that read what deploy/ has, for tests. Nothing of them is
# installed, configured or started on this machine. Quick when all are there.
set -eu
cd "$(dirname "$0")/.."
set -- crowdsec crowdsec-firewall-bouncer etcd-client etcd-server fail2ban kubernetes-client prometheus

# fail2ban is a Python program.
sh scripts/package/tools.sh python3
peers=build/peers
mkdir -p $peers/packages
missing=
for package; do [ -e "$peers/packages/$package" ] || missing="$missing $package"; done
[ -n "$missing" ] || exit 0
fetched=$(mktemp -d)
trap 'rm -rf "$fetched"' EXIT
# apt downloads as a user of its own.
chmod 755 "$fetched"
chown _apt "$fetched" 2>/dev/null || true
# shellcheck disable=SC2086 # a list of packages
download() { (cd "$fetched" && apt-get -q download $missing) >"$peers/log" 2>&1; }
# The lists of packages may be older than the mirror, or not there.
download || { apt-get -q update >"$peers/log" 2>&1 && download; } || { tail -20 "$peers/log" >&2; exit 1; }
for file in "$fetched"/*.deb; do dpkg-deb -x "$file" $peers; done
for package in $missing; do : >"$peers/packages/$package"; done
