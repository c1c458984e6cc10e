#!/bin/sh
# SPDX-License-Identifier: MIT
# The real daemon on the simulated node, used by an ordinary user.
# usage: daemon.sh FUSE-MSR MSRD FIXTURE NODE-DAEMON NODE-ROOT NODE-TIMEOUT

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") fixture=$3
node_daemon=$4 node_root=$5 node_timeout=$6

need_node
log=$work/log

# on_node COMMAND…: as an ordinary user, whoever runs this
on_node() {
	: >"$log"
	chmod 644 "$log"
	"$fuse_msr" run --daemon "$msrd" --syslog "$log" "$fixture" -- "$@"
}

if [ "$(id -u)" = 0 ]; then
	chmod 755 "$work"
	check "setuid daemon serves an ordinary user" on_node $ordinary "$node_daemon" "$msrd" "$log"
else
	check "daemon with file capabilities serves an ordinary user" \
		on_node "$node_daemon" "$msrd" "$log"
	check "daemon gives up after 15 s without a client" on_node "$node_timeout" "$msrd"
	check "... and says so" grep -q "no client connected to /tmp/likwid-[0-9]* within 15 s" "$log"
fi
check "lock file and descriptors" \
	"$fuse_msr" run --as-root --daemon "$msrd" "$fixture" -- "$node_root" "$msrd"

as_others "$0" "$@"
finish
