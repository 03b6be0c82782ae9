#!/bin/sh
# Makes a fresh clone ready: Debian packages, npm packages (a current Node.js among them), the BPF object. Quick when all is there.
# `npm run demo` and `npm test` call it first, with whatever Node.js the machine has.
set -eu
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }

# What the build, the tests and the demo run that a minimal Debian lacks: command and the Debian package that has it.
tools='
clang clang
make make
bpftool bpftool
ip iproute2
ping iputils-ping
ethtool ethtool
nft nftables
strace strace
openssl openssl
curl curl
systemd-analyze systemd
'
# For scripts/only-known-programs.sh: the gate runs with nothing else on its PATH.
if [ "${1:-}" = --packages ]; then
  printf '%s\n' "$tools" | awk 'NF { print $2 }'
  exit 0
fi

PATH=$PATH:/usr/sbin:/sbin
missing=$(printf '%s\n' "$tools" | while read -r command package; do
  [ -z "$command" ] || command -v "$command" >/dev/null 2>&1 || printf ' %s' "$package"
done)
[ -e /usr/include/bpf/bpf_helpers.h ] || missing="$missing libbpf-dev"
[ -e /usr/include/linux/bpf.h ] || missing="$missing linux-libc-dev"
ldconfig -p 2>/dev/null | grep -q 'libbpf\.so\.1' || missing="$missing libbpf1"

# shellcheck disable=SC2086 # a list of packages
sh scripts/package/tools.sh $missing

# The stamp names the lock file that node_modules was made from.
stamp=node_modules/.fleetblock-setup
lock=$(cksum <package-lock.json)
if [ ! -x node_modules/.bin/node ] || [ "$(cat "$stamp" 2>/dev/null)" != "$lock" ]; then
  say "installing npm packages"
  npm ci --loglevel=error --no-audit --no-fund >&2
  printf '%s\n' "$lock" >"$stamp"
fi
version=$(node_modules/.bin/node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
[ "$version" -ge 24 ] || { say "node_modules/.bin/node does not run: remove node_modules and try again"; exit 1; }

make -s -C bpf
