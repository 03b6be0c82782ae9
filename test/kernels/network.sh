#!/bin/sh
# The wires between a guest's network cards, in the network namespace of its qemu: taps on one bridge. Replaces itself by the command.
set -eu
PATH=$PATH:/usr/sbin:/sbin
ip link add wires type bridge mcast_snooping 0
ip link set wires up
for tap in tap0 tap1 tap2 tap3 tap4; do
  queues=
  [ $tap != tap3 ] || queues=multi_queue
  # shellcheck disable=SC2086 # a word or none
  ip tuntap add "$tap" mode tap $queues
  ip link set "$tap" up master wires
done
exec "$@"
