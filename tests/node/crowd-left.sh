#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs COMMAND, and then looks whether it has left anything: a process (a zombie, too) in this
# session of processes, a name in /tmp, /dev/shm or /run, or memory of the service manager
# ($manager, if there is one). To be started as the first of such a session, on a node whose /run
# and /dev/shm are its own.
# usage: setsid -w sh crowd-left.sh COMMAND…

# processes that a session could leave, by name
processes() {
	cat /proc/[0-9]*/stat 2>/dev/null | awk -v session="$session" '{
		rest = name = $0
		sub(/.*\) /, "", rest)
		sub(/\).*/, "", name)
		sub(/.*\(/, "", name)
		split(rest, field, " ")
		if (field[4] == session && name ~ /msr|likwid|crowd|socket|service/)
			print "process", name, field[1] == "Z" ? "(zombie)" : ""
	}' | sort
}

look() {
	ls -A /tmp /dev/shm /run /run/msrd 2>/dev/null
	processes
}

# of what the manager has by itself, in KiB, and its table of descriptors
manager() {
	[ -n "${manager:-}" ] || { echo 0 0; return; }
	awk '$1 == "RssAnon:" { kib = $2 } $1 == "FDSize:" { size = $2 } END { print kib, size }' \
		"/proc/$manager/status"
}

session=$(sed 's/.*) //' /proc/$$/stat | cut -d ' ' -f 4)
before=$(look)
managers=$(manager)
"$@" || exit 1

# a daemon ends by itself, soon after its client
tries=0
until after=$(look) && [ "$after" = "$before" ]; do
	tries=$((tries + 1))
	[ $tries -lt 1500 ] || {
		printf 'left:\n%s\nbefore:\n%s\n' "$after" "$before"
		exit 1
	}
	sleep 0.02
done
# it has had its first client after the look, and its allocator a page or two for it
now=$(manager)
[ $((${now% *} - ${managers% *})) -le 256 ] && [ "${now#* }" -le "${managers#* }" ] || {
	echo "KiB and descriptors of the service manager: $managers before, $now after"
	exit 1
}
