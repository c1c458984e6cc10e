#!/bin/sh
# SPDX-License-Identifier: MIT
# Stands in for systemd and its units, on a node: each who connects to /run/msrd/socket gets DAEMON.
# Then COMMAND is run, by an ordinary user. $as_service and $ordinary are service.sh's; with
# $as_manager the socket is another user's; $service_socket is another place.
# usage: service-manager.sh DAEMON COMMAND…

daemon=$1 socket=${service_socket:-/run/msrd/socket}
shift
mkdir -p "${socket%/*}"
rm -f "$socket" && : >"$work/manager"
[ -z "${as_manager:-}" ] || chmod 777 "${socket%/*}"
# shellcheck disable=SC2086
${as_manager:-} systemd-socket-activate --accept --inetd --listen="$socket" $as_service "$daemon" \
	>"$work/manager" 2>&1 &
manager=$!
until [ -S "$socket" ] && grep -q "$socket\|Listening" "$work/manager"; do
	kill -0 $manager 2>/dev/null || { cat "$work/manager"; exit 99; }
	sleep 0.01
done
chmod 666 "$socket"
export manager
# shellcheck disable=SC2086
$ordinary "$@"
status=$?
kill $manager 2>/dev/null
exit $status
