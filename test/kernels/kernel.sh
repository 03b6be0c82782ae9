#!/bin/sh
# Fetches a kernel of Debian's, unpacked and not installed: `kernel.sh SUITE META-PACKAGE DIR` leaves DIR/vmlinuz, DIR/root/lib/modules and
# DIR/release, as `uname -r` prints it. A kernel that was looked up within a day is taken as it is.
set -eu
PATH=$PATH:/usr/sbin:/sbin
suite=$1 meta=$2 dir=$3
[ -z "$(find "$dir/release" -mtime -1 2>/dev/null)" ] || exit 0
mkdir -p "$dir"
cd "$dir"
dir=$PWD

# A state of its own: what this machine installs from stays as it is. The packages are checked with Debian's keys, as always.
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -1)
state=$dir/apt
mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
: >"$state/status"
echo "deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$state/sources"
cat >"$state/conf" <<CONF
Dir::State "$state";
Dir::State::status "$state/status";
Dir::Cache "$state/cache";
Dir::Etc::sourcelist "$state/sources";
Dir::Etc::sourceparts "-";
CONF
export APT_CONFIG="$state/conf"
log=$state/log
trap '[ $? = 0 ] || { echo "no kernel of $suite from $mirror:" >&2; tail -5 "$log" >&2; }' EXIT

depends() { apt-cache depends "$1" | sed -n 's/^ *Depends: \(linux-[a-z]*-[0-9].*\)/\1/p'; }

apt-get -q update >"$log" 2>&1
image=$(depends "$meta" | grep '^linux-image-')
# Newer ones are split into packages that the image depends on, and the binary is beside the modules.
packages="$image $(depends "$image" | grep -E '^linux-(base|binary|modules)-' || true)"
rm -rf root release ./*.deb
# shellcheck disable=SC2086 # a list of packages
apt-get -q download $packages >>"$log" 2>&1
for package in ./*.deb; do dpkg-deb -x "$package" root; done
rm -rf ./*.deb "$state/lists" "$state/cache"
[ -e root/lib ] || ln -s usr/lib root/lib
release=$(ls root/lib/modules)
for binary in "root/boot/vmlinuz-$release" "root/lib/modules/$release/vmlinuz"; do
  [ ! -e "$binary" ] || mv "$binary" vmlinuz
done
depmod -b root "$release"
echo "$release" >release
