#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a command on the simulated node with plain files for the MSRs, and for what the node says of
# its processors and PCI functions, config space too: they hold what is written, and nobody serves
# them.
# usage, as the node's root: plain.sh COMMAND…
set -e
cpus=$(cd /dev/cpu && echo *)

mount -t tmpfs plain /dev/cpu
for cpu in $cpus; do
	mkdir "/dev/cpu/$cpu"
	truncate -s 64K "/dev/cpu/$cpu/msr"
	chmod 600 "/dev/cpu/$cpu/msr"
done

# beside them for as long as nobody looks
mkdir /dev/cpu/sys
cp -a /sys/bus /sys/devices /dev/cpu/sys
cp /proc/cpuinfo /dev/cpu/sys
mount --bind /dev/cpu/sys/bus /sys/bus
mount --bind /dev/cpu/sys/devices /sys/devices
mount --bind /dev/cpu/sys/cpuinfo /proc/cpuinfo
exec "$@"
