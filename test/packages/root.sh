#!/bin/sh
# A minimal Debian 12 in a directory, for tests of packages. `root.sh make DIR` makes it; `root.sh in DIR COMMAND...` runs a command in it, in
# mounts of its own, with a bpffs that stays; `root.sh remove DIR` takes all of it away.
set -eu
verb=$1 root=$2
shift 2
case $verb in
  make)
    sh "$(dirname "$0")/../../scripts/package/tools.sh" mmdebstrap
    mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -1)
    mkdir -p "$root" "$root.bpf"
    mmdebstrap --quiet --variant=minbase --mode=root --include=ca-certificates bookworm "$root" "deb $mirror bookworm main"
    # This machine's way to its mirror.
    cp -n /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/"
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
    mount -t bpf bpf "$root.bpf"
    ;;
  in)
    exec unshare -m --propagation private sh -c '
      set -e; root=$1; shift
      mount -t proc proc "$root/proc"; mount --rbind /sys "$root/sys"; mount --bind "$root.bpf" "$root/sys/fs/bpf"; mount --rbind /dev "$root/dev"
      exec chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
    ' in "$root" "$@"
    ;;
  remove)
    umount "$root.bpf"
    rm -rf --one-file-system "$root" "$root.bpf"
    ;;
esac
