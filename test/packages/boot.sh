#!/bin/sh
# Boots the systemd of a root that root.sh has made, and has installed systemd: `boot.sh ROOT NAMESPACE` in a network namespace that is there, with
# process ids, mounts and control groups of its own. Ends when that systemd does, which is its only grandchild. `boot.sh fresh ROOT`: what a
# reboot leaves of bpffs, which is nothing.
set -eu
if [ "$1" = fresh ]; then
  umount "$2.bpf"
  mount -t bpf bpf "$2.bpf"
  exit
fi
root=$1
[ -s "$root/etc/machine-id" ] || tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
mkdir -p "$root.cgroup"
exec nsenter "--net=/run/netns/$2" unshare -m --propagation private sh -c '
  set -eu; root=$1
  mount -t cgroup2 cgroup2 "$root.cgroup"
  group=$root.cgroup/fleetblock-boot-$$
  mkdir "$group"
  echo $$ >"$group/cgroup.procs"
  unshare --mount --pid --fork --kill-child --cgroup --uts --ipc sh -c '\''
    set -eu; root=$1
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount -t sysfs sysfs "$root/sys"
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
    mount --bind "$root.bpf" "$root/sys/fs/bpf"
    mount -t tmpfs -o mode=755 tmpfs "$root/run"
    mount -t tmpfs -o mode=755 tmpfs "$root/dev"
    for device in null zero full random urandom tty; do touch "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
    mkdir "$root/dev/shm" "$root/dev/pts"
    ln -s /proc/self/fd "$root/dev/fd"
    # Without it no unit can have PrivateDevices.
    ln -s pts/ptmx "$root/dev/ptmx"
    # Not chroot: units with mounts of their own need a root that can be moved.
    cd "$root"
    pivot_root . .
    umount -l .
    exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --unit=multi-user.target
  '\'' init "$root" || true
  echo $$ >"$root.cgroup/cgroup.procs"
  find "$group" -depth -type d -exec rmdir {} +
' boot "$root"
