#!/bin/sh
# SPDX-License-Identifier: MIT
# A client of the service is killed: its daemon ends. $manager is service-manager.sh's.

daemons() {
	cat "/proc/$manager/task/$manager/children"
}

until_is() {
	for i in $(seq 500); do
		[ -n "$(daemons)" ] && now=there || now=gone
		[ $now != "$1" ] || return 0
		sleep 0.02
	done
	echo "not $1: $(daemons)"
	exit 1
}

until_is gone
"$msrctl" stat -i 20 >/dev/null 2>&1 &
client=$!
until_is there
# it is served: its counters are on
for i in $(seq 500); do
	"$msrctl" read -c 1 0x38d | grep -q 333 && break
	sleep 0.02
done
"$msrctl" read -c 1 0x38d | grep -q 333 || { echo "it does not measure"; exit 1; }
kill -KILL $client
until_is gone
# its daemon has put back what it had programmed
! "$msrctl" read -c 0-1 0x38d | grep 333
