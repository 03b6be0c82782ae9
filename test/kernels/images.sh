#!/bin/sh
# Makes the disks of the guests in DIR without mounting anything: `images.sh root DIR` a Debian 12 with what the tests run, kept until the
# list of its packages changes; `images.sh tree DIR` this tree; `images.sh modules DIR` those of the kernel in DIR.
set -eu
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")/../.." && pwd)
disk=$1
sh "$here/scripts/package/tools.sh" mmdebstrap e2fsprogs
mkdir -p "$2"
dir=$(cd "$2" && pwd)
log=$dir/$disk.log

image() { # FROM SIZE
  rm -f "$dir/$disk.ext4"
  mke2fs -q -t ext4 -d "$1" "$dir/$disk.ext4" "$2" >"$log"
}

case $disk in
  root)
    packages="$(sh "$here/scripts/setup.sh" --packages) libbpf-dev linux-libc-dev libc6-dev kmod procps ca-certificates"
    # shellcheck disable=SC2086 # a list of packages
    packages=$(echo $packages | tr ' ' ,)
    [ "$(cat "$dir/root.packages" 2>/dev/null)" != "$packages" ] || exit 0
    mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -1)
    stage=$dir/root
    rm -rf --one-file-system "$stage"
    mmdebstrap --variant=minbase --mode=root --include="$packages" bookworm "$stage" "deb $mirror bookworm main" >"$log" 2>&1 ||
      { tail -5 "$log" >&2; exit 1; }
    mkdir -p "$stage/fleetblock" "$stage/usr/lib/modules"
    rm -rf "$stage"/var/cache/apt/* "$stage"/var/lib/apt/lists/* "$stage"/usr/share/doc/*
    image "$stage" 4G
    rm -rf --one-file-system "$stage"
    echo "$packages" >"$dir/root.packages"
    ;;
  tree)
    stage=$dir/tree
    rm -rf "$stage"
    mkdir -p "$stage"
    cd "$here"
    # What is in git or will be, as it is now; links to it, not copies.
    git ls-files --cached --others --exclude-standard | while read -r file; do [ ! -f "$file" ] || echo "$file"; done |
      xargs -d '\n' cp -l --parents -t "$stage"
    mkdir -p "$stage/bpf/build" "$stage/build"
    sh scripts/build.sh
    # An emulated compiler takes half a minute.
    make --silent -C test/datapath/traffic
    cp -l bpf/build/fleetblock.bpf.o "$stage/bpf/build/"
    cp -l build/flood.bpf.o "$stage/build/"
    cp -al dist "$stage/"
    mkdir "$stage/node_modules"
    # Without caches that a test run may be changing.
    find node_modules -mindepth 1 -maxdepth 1 ! -name '.vite*' -exec cp -al -t "$stage/node_modules" {} +
    image "$stage" 2G
    rm -rf "$stage"
    ;;
  modules)
    image "$dir/root/lib/modules" 1G
    ;;
esac
