#!/bin/sh
# SPDX-License-Identifier: MIT
# A node of the cluster, with a host name and a /run of its own: a simulated machine with a slurmd.
# usage: node.sh WORK NUMBER, in new mount, network and uts namespaces
set -eu
work=$1 number=$2
hostname "node$number"
mount -t tmpfs -o mode=755 tmpfs /run
ip link set lo up
# the other end puts it here
until ip link show eth0 >/dev/null 2>&1; do sleep 0.05; done
ip addr add "10.77.$number.2/24" dev eth0
ip link set eth0 up
ip route add default via "10.77.$number.1"
mkdir -p "$work/spool-node$number"
exec "$work/prefix/bin/fuse-msr" run --as-root --daemon "$work/prefix/sbin/msrd" \
	--syslog "$work/syslog-node$number" xeon-e5-2680-2s -- slurmd -D -f "$work/slurm.conf"
