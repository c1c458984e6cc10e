#!/bin/sh
# SPDX-License-Identifier: MIT
# The units as they are installed, by a systemd of the test's own: process 1 of a PID namespace on
# the simulated node, with control groups below ours. What a sandbox directive or a limit takes
# away from the daemon shows here.
# usage: systemd.sh FUSE-MSR MSRD MSRCTL FIXTURE MSRD.SOCKET MSRD@.SERVICE NODE-CROWD MSRD-EXPORT.SERVICE
#                   HAS-MICROHTTPD [SESSIONS]
#     SESSIONS: how many after each other

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$(realpath "$3") fixture=$4
here=$(realpath "$(dirname "$0")")
socket_unit=$(realpath "$5") service_unit=$(realpath "$6") crowd=$(realpath "$7")
export_unit=$(realpath "$8") has_http=$9 sessions=${10:-50}
systemd=/lib/systemd/systemd
forgiven="$forgiven systemd"

[ "$(id -u)" = 0 ] || {
	echo "for root alone: only he can have control groups for a systemd of his own"
	exit
}
need_node
[ -x $systemd ] || skip "$systemd is not installed"
[ -d /srv ] || skip_as systemd "there is no /srv to put the node's programs in"
log=$work/log
: >"$log"
export msrd msrctl crowd sessions here socket_unit service_unit export_unit has_http systemd work

"$fuse_msr" run --as-root --syslog "$log" "$fixture" -- sh "$here/systemd-start.sh" >"$work/out" 2>&1
[ -e "$work/started" ] || {
	sed 's/^/# /' "$work/out"
	skip_as systemd "systemd can't be process 1 of a namespace here"
}
grep -E '^((ok|FAILED): |# )' "$work/out"
check "all of it was checked" grep -q '^done$' "$work/out"
check "nothing of it failed" sh -c '! grep -q "^FAILED" "$1"' sh "$work/out"
check "the log has whom the daemon served" grep -q 'refused: uid 65534 pid [0-9]*: read of MSR 0x1d9' "$log"
check "... and at most a line a session, where nothing was refused" \
	[ "$(grep -vc 'refused: uid 65534\|Sandy Bridge-EP: sockets\|uid [0-9]* pid [0-9]*: the client\|uid 12345 pid [0-9]*: no session' "$log")" = 0 ]
[ "$n_failed" = 0 ] || cat "$work/out" "$log"
finish
