#!/bin/sh
# SPDX-License-Identifier: MIT
# While a user's clients hang in all the sessions that he may have: what he is told by msrctl and
# through the shim, and what another user has of the service. With MSRD, what a daemon that the user
# starts tells him. Run on the node by root.
# usage: crowd-beside.sh [MSRD]

user="setpriv --reuid 65534 --regid 65534 --clear-groups"
tries=0
# the daemon of the last one may just begin
while $user "$msrctl" read --service -c 0 0x606; do
	tries=$((tries + 1))
	[ $tries -lt 500 ] || exit 1
	sleep 0.02
done
if [ $# = 1 ]; then
	! $user "$msrctl" read --daemon "$1" -c 0 0x606
	exit
fi
$user "$node_shim" "$shim" 5 || exit 1
setpriv --reuid 12345 --regid 12345 --clear-groups "$crowd" row service 10
