#!/bin/sh
# Makes what a guest starts from: `initramfs.sh KERNEL-DIR OUT [MODULE...]`. It has busybox, the loader with the BPF object, and the modules
# with all that they need, in the order in which they are loaded.
set -eu
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")" && pwd)
kernel=$(cd "$1" && pwd) out=$2
shift 2
[ $# = 0 ] || sh "$here/../../scripts/package/tools.sh" xz-utils
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$stage/bin" "$stage/modules"
cp "$(command -v busybox)" "$stage/bin/busybox"
cp "$here/inside/init" "$stage/init"
cp "$here/../../bpf/build/fleetblock.bpf.o" "$stage/"
clang -O2 -static -o "$stage/load" "$here/inside/load.c" -lbpf -lelf -lz

release=$(cat "$kernel/release")
for module; do
  modprobe --dirname "$kernel/root" --set-version "$release" --show-depends "$module"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r path; do
  name=$(basename "$path" .xz)
  # busybox takes modules only as they are.
  case $path in *.xz) xz -dc "$path" ;; *) cat "$path" ;; esac >"$stage/modules/$name"
  echo "$name" >>"$stage/modules/order"
done
(cd "$stage" && find . | busybox cpio -o -H newc 2>/dev/null) >"$out"
