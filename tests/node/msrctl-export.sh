#!/bin/sh
# SPDX-License-Identifier: MIT
# msrctl export on the simulated node: what it serves, to whom, and what becomes of it. Prometheus
# itself is ci/check-export.sh's.
# usage: msrctl-export.sh FUSE-MSR MSRD MSRCTL FIXTURE HAS-MICROHTTPD

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$(realpath "$3") fixture=$4
here=$(realpath "$(dirname "$0")")

need_node
need python3
chmod 755 "$work"

if [ "$5" = no ]; then
	check "a build without libmicrohttpd says so" manual "$fixture" sh -c \
		'! "$1" export 2>"$2" && grep -q "without libmicrohttpd" "$2"' sh "$msrctl" "$work/none"
	leave_out microhttpd "built without libmicrohttpd (Debian: libmicrohttpd-dev): HTTP"
	finish
fi

# exported PART…: on a node of its own; the parts run beside each other
exported() {
	mkdir "$work/$1"
	timeout 240 "$fuse_msr" run ${as_root:-} ${trace:-} --daemon "$msrd" --clock manual "$fixture" -- \
		python3 "$here/exported.py" "$msrctl" "$msrd" "$work/$1" "$@" >"$work/$1.out" 2>&1
	echo $? >"$work/$1.status"
}

all="figures restored http hostile held lost offline killed textfile usage"
for part in $all; do
	exported "$part" &
done
trace="--trace $work/trace" exported untouched
if [ "$(id -u)" = 0 ]; then
	for part in locked planted; do
		as_root=--as-root exported $part &
	done
	all="$all locked planted"
fi
wait
for part in untouched $all; do
	grep -h '^ok: ' "$work/$part.out"
	check "$part: all of it" [ "$(cat "$work/$part.status")" = 0 ]
	[ "$(cat "$work/$part.status")" = 0 ] || cat "$work/$part.out"
done
# without_library COMMAND…: where nobody can load it
without_library() {
	namespace=--mount
	[ "$(id -u)" = 0 ] || namespace="--user --map-current-user --keep-caps --mount"
	# shellcheck disable=SC2086
	unshare $namespace sh -c 'mount --bind /dev/null "$0" && exec "$@"' \
		"$(realpath "$(ldconfig -p | sed -n 's/.*libmicrohttpd.so.12 .*=> //p' | head -n 1)")" "$@"
}
PATH=$PATH:/sbin
check "where libmicrohttpd is not installed it says so, and how to get it" without_library \
	"$fuse_msr" run --daemon "$msrd" "$fixture" -- sh -c \
	'! "$1" export 2>"$2" && grep -q "not installed (Debian: libmicrohttpd12)" "$2"' sh "$msrctl" "$work/missing"
check "no other command loads it" sh -c '! ldd "$1" | grep microhttpd' sh "$msrctl"
check "unless it is told to it writes no register: the node has seen none" sh -c \
	'grep -q " r 0x" "$1" && ! grep " w 0x" "$1"' sh "$work/trace"
check "OpenMetrics, read strictly and by Prometheus' own parser" sh -c \
	'python3 "$1" "$2" >"$2.samples"' sh "$here/openmetrics.py" "$work/http/openmetrics"
finish
