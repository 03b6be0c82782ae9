#!/bin/sh
# Fills DIR with links to the programs that a test may run: a minimal Debian's, git, node and npm, and what scripts/setup.sh and scripts/peers.sh install.
# With DIR as the whole PATH, a test that needs another program fails here and not on somebody's fresh machine.
#   only-known-programs.sh DIR
set -eu
cd "$(dirname "$0")/.."
dir=$1
mkdir -p "$dir"

# Packages and all that they depend on: clang is of no use without the linker of binutils.
installed_with() {
  apt-cache depends --recurse --installed --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances "$@" |
    grep '^[a-z]'
}

{
  # What mmdebstrap's "minbase" has: the essential and the required packages, and apt.
  dpkg-query -Wf '${Package} ${Essential} ${Priority}\n' | awk '$2 == "yes" || $3 == "required" { print $1 }'
  # shellcheck disable=SC2046 # a list of packages
  installed_with apt git python3 $(sh scripts/setup.sh --packages)
} | sort -u | while read -r package; do
  # As libc-bin:amd64 where a package comes for several architectures; one that is not installed has no files here.
  dpkg-query -L "$package" 2>/dev/null || true
done | grep -E '^(/usr)?/s?bin/[^/]+$' | sort -u | while read -r program; do
  [ ! -x "$program" ] || ln -sf "$program" "$dir/"
done
# Alternatives, which belong to no package.
for name in awk pager which; do
  [ -e "$dir/$name" ] || { path=$(command -v "$name") && ln -sf "$path" "$dir/"; } || true
done
ln -sf "$(command -v npm)" "$(command -v node)" "$dir/"
