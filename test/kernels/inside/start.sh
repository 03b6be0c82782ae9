#!/bin/sh
# The first program on a guest's disks: mounts what a booted Debian has, runs the checks, switches the machine off.
export HOME=/root LANG=C.UTF-8 FLEETBLOCK_TEST_PATIENCE="$patience" FLEETBLOCK_PROGRAMS=dist
export PATH=/fleetblock/node_modules/.bin:/usr/sbin:/usr/bin:/sbin:/bin
# Emulated, a start of Node.js from TypeScript takes half a minute without it.
export NODE_COMPILE_CACHE=/root/compile-cache
mount -t tmpfs tmpfs /run
mount -t bpf bpf /sys/fs/bpf
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
ln -sf /proc/self/fd /dev/fd
# In place of udev: the drivers of all cards.
cat /sys/bus/pci/devices/*/modalias /sys/bus/virtio/devices/*/modalias | sort -u | xargs modprobe -a -b -q
# Nothing else asks for it.
modprobe -q tun
hostname guest
ip link set lo up
cd /fleetblock && node test/kernels/inside/checks.ts "$run"
echo o >/proc/sysrq-trigger
sleep infinity
