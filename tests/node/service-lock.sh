#!/bin/sh
# SPDX-License-Identifier: MIT
# The node has been given to one user, with a lock file. Without a command, what a client reads
# ends with STATUS.
# usage: service-lock.sh MANAGER DAEMON STATUS OWNER [COMMAND…]

manager=$1 daemon=$2 status=$3 owner=$4
shift 4
: >/run/likwid.lock
[ "$(id -u)" != 0 ] || chown "$owner:$owner" /run/likwid.lock
[ $# -gt 0 ] || set -- "$msrctl" read -c 0 0x606
sh "$manager" "$daemon" "$@"
r=$?
[ $r = "$status" ] || { echo "status $r and not $status"; exit 1; }
