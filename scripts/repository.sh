#!/bin/sh
# Publishes Debian packages in a signed apt repository:
#   scripts/repository.sh DIR --key FILE [--new-key] [PACKAGE.deb...]
# Packages are by default those of this version in build/package/. FILE: the secret key, as `gpg --export-secret-keys` writes it; --new-key makes
# it. DIR/public is what is served. Earlier versions stay in it, so that a host can go back to one.
set -eu
fail() { echo "repository: $*" >&2; exit 2; }

dir='' key='' new_key='' packages=''
while [ $# -gt 0 ]; do
  case $1 in
    --key) [ $# -gt 1 ] || fail '--key needs a FILE'; key=$(realpath -m "$2"); shift ;;
    --new-key) new_key=yes ;;
    -*) fail "there is no $1: scripts/repository.sh DIR --key FILE [--new-key] [PACKAGE.deb...]" ;;
    *.deb) [ -f "$1" ] || fail "there is no package $1"; packages="$packages $(realpath "$1")" ;;
    *) [ -z "$dir" ] || fail "$1 is no package, and the directory is $dir"; dir=$(realpath -m "$1") ;;
  esac
  shift
done
[ -n "$dir" ] || fail 'where to? scripts/repository.sh DIR --key FILE'
[ -n "$key" ] || fail 'signed with which key? --key FILE, or --key FILE --new-key to make one'
if [ -n "$new_key" ]; then [ ! -e "$key" ] || fail "$key is there already: leave --new-key out"
else [ -f "$key" ] || fail "there is no key $key: --new-key makes one"; fi

cd "$(dirname "$0")/.."
if [ -z "$packages" ]; then
  version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
  for package in "$PWD"/build/package/*_"$version"_*.deb; do
    [ -f "$package" ] || fail "no packages of $version in build/package: npm run package"
    packages="$packages $package"
  done
fi
sh scripts/package/tools.sh aptly gnupg

umask 022
work=$(mktemp -d)
export GNUPGHOME="$work/gnupg"
install -d -m 0700 "$GNUPGHOME"
trap 'gpgconf --kill gpg-agent 2>/dev/null || true; rm -rf "$work"' EXIT
if [ -n "$new_key" ]; then
  gpg --batch --quiet --passphrase '' --quick-generate-key 'fleetblock packages' ed25519 sign never 2>"$work/gpg.log" || { cat "$work/gpg.log" >&2; exit 1; }
  (umask 077 && gpg --batch --armor --export-secret-keys >"$key")
else
  gpg --batch --quiet --import "$key" 2>"$work/gpg.log" || { cat "$work/gpg.log" >&2; fail "$key is no key that gpg reads"; }
fi
fingerprint_in() { awk -F: '$1 == "fpr" { print $10; exit }'; }
signer=$(gpg --batch --no-auto-check-trustdb --list-secret-keys --with-colons | fingerprint_in)
[ -n "$signer" ] || fail "$key has no secret key: gpg --armor --export-secret-keys writes one"
if [ -e "$dir/public/fleetblock.asc" ]; then
  trusted=$(gpg --batch --show-keys --with-colons "$dir/public/fleetblock.asc" | fingerprint_in)
  [ "$trusted" = "$signer" ] || fail "hosts trust the key $trusted for $dir, and $key is $signer: use that one, or another directory"
fi

# aptly keeps its books beside what is served.
mkdir -p "$dir"
cat >"$work/aptly.conf" <<EOF
{ "rootDir": "$dir", "gpgProvider": "gpg", "skipLegacyPool": true }
EOF
aptly() { command aptly -config="$work/aptly.conf" "$@" >"$work/aptly.log" 2>&1 || { cat "$work/aptly.log" >&2; exit 1; }; }
[ -e "$dir/db" ] || aptly repo create -distribution=stable -component=main fleetblock
# shellcheck disable=SC2086 # a list of packages
aptly repo add fleetblock $packages
signing="-batch -gpg-key=$signer -skip-contents"
# shellcheck disable=SC2086 # a list of options
if [ -e "$dir/public/dists/stable" ]; then aptly publish update $signing stable
else aptly publish repo $signing -acquire-by-hash -architectures=amd64,arm64 -origin=fleetblock -label=fleetblock fleetblock; fi
gpg --batch --armor --export "$signer" >"$dir/public/fleetblock.asc"
echo "$dir/public: packages for amd64 and arm64, signed by $signer (fleetblock.asc)"
