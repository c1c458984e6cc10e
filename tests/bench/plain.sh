#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a command on the simulated node with plain files for the MSRs and for the first
# memory controller: they hold what is written, and nobody serves them.
# usage, as the node's root: plain.sh COMMAND…
set -e
cpus=$(cd /dev/cpu && echo *)
config=$(grep -lx 0x3cb0 /sys/bus/pci/devices/*:10.0/device | head -n 1)
config=$(realpath "${config%/*}/config")

mount -t tmpfs plain /dev/cpu
for cpu in $cpus; do
	mkdir "/dev/cpu/$cpu"
	truncate -s 64K "/dev/cpu/$cpu/msr"
	chmod 600 "/dev/cpu/$cpu/msr"
done
cp "$config" /dev/cpu/config
mount --bind /dev/cpu/config "$config"
exec "$@"
