#!/bin/sh
# Debian 12 in a directory, for tests of packages.
#   root.sh make DIR                              a minimal one, in which apt works
#   root.sh unpack DIR ARCHITECTURE PACKAGE...    only the files of these packages and of what they depend on, and an emulator, /qemu
#   root.sh in DIR COMMAND...                     runs a command in it, in mounts of its own, with a bpffs that stays
#   root.sh remove DIR                            takes all of it away
set -eu
verb=$1 root=$2
shift 2
here=$(dirname "$0")/../..

tools() { sh "$here/scripts/package/tools.sh" "$@"; }
bootstrap() { # OPTION... DIR
  mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -1)
  # It is thrown away: nothing has to reach the disk.
  mmdebstrap --quiet --mode=root --dpkgopt=force-unsafe-io "$@" "deb $mirror bookworm main"
}
ready() {
  mkdir -p "$root/proc" "$root/sys" "$root/dev" "$root.bpf"
  mount -t bpf bpf "$root.bpf"
}

case $verb in
  make)
    tools mmdebstrap
    # Made once a day, and copied: tests need a root each.
    base=$here/build/package/bookworm.tar
    mkdir -p "$(dirname "$base")" "$root"
    exec 9>"$base.lock"
    flock 9
    if [ -z "$(find "$base" -mtime -1 2>/dev/null)" ]; then
      bootstrap --variant=minbase --include=ca-certificates bookworm "$base.new.tar"
      mv "$base.new.tar" "$base"
    fi
    exec 9>&-
    tar -C "$root" -xf "$base" --exclude='./dev/*'
    # This machine's way to its mirror.
    cp -n /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/"
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
    ready
    ;;
  unpack)
    tools mmdebstrap qemu-user-static
    architecture=$1
    shift
    bootstrap --variant=extract --architectures="$architecture" --include="$(echo "$*" | tr ' ' ,)" bookworm "$root"
    case $architecture in amd64) cpu=x86_64 ;; arm64) cpu=aarch64 ;; esac
    cp "/usr/bin/qemu-$cpu-static" "$root/qemu"
    ready
    ;;
  in)
    exec unshare -m --propagation private sh -c '
      set -e; root=$1; shift
      mount -t proc proc "$root/proc"; mount --rbind /sys "$root/sys"; mount --bind "$root.bpf" "$root/sys/fs/bpf"; mount --rbind /dev "$root/dev"
      exec env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
    ' in "$root" "$@"
    ;;
  remove)
    umount "$root.bpf"
    rm -rf --one-file-system "$root" "$root.bpf"
    ;;
esac
