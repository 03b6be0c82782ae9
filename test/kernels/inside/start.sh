#!/bin/sh
# The first program on a guest's disks: mounts what a booted Debian has, runs the checks, switches the machine off.
mount -t tmpfs tmpfs /run
mount -t bpf bpf /sys/fs/bpf
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
ln -sf /proc/self/fd /dev/fd
hostname guest
ip link set lo up
export HOME=/root LANG=C.UTF-8 FLEETBLOCK_TEST_PATIENCE="$patience"
export PATH=/fleetblock/node_modules/.bin:/usr/sbin:/usr/bin:/sbin:/bin
cd /fleetblock && node test/kernels/inside/checks.ts "$run"
echo o >/proc/sysrq-trigger
sleep infinity
