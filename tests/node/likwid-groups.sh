#!/bin/sh
# SPDX-License-Identifier: MIT
# Every performance group that LIKWID has for this CPU, measured by likwid-perfctr and by an
# application with markers, one thread a socket. The node's clock is moved by two seconds while
# both are in the region, and stands still else: so each count is known, but for rounding.
# usage: likwid-groups.sh FUSE-MSR MSRD RATES REGION FIXTURE

private_tmp=yes
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/likwid.sh"
fuse_msr=$1 msrd=$2 rates=$3 region=$4 fixture=$5
n_at_once=8 # each sleeps most of the time: LIKWID calibrates its clock for a second

need_likwid
[ "$region" != none ] || skip "LIKWID's header or library was not there when this was built"

# measure GROUP [NAME]: on a node of its own; what it says is $work/NAME. LIKWID waits 2.5 s for a
# daemon, and a busy machine may need more to start one: then once more.
measure() {
	for _ in 1 2 3; do
		measure_once "$@"
		grep -q 'due to timeout: The socket file' "$work/${2:-$1}.out" "$work/${2:-$1}.err" || break
		echo "# $1: no daemon in the time that LIKWID waits"
	done
}

measure_once() {
	name=${2:-$1}
	# shellcheck disable=SC2016 # $0 and $@ are the inner shell's
	on "$fixture" --clock manual -- sh -c 'likwid-perfctr "$@"
		status=$?
		cat /sys/devices/sim/log >"$0"
		exit $status' "$work/$name.log" -O -c 0,1 -g "$1" -m "$region" >"$work/$name.out" 2>"$work/$name.err" ||
		echo "error: likwid-perfctr ended with $?" >>"$work/$name.err"
}

# the daemons of one application, which have a log of their own
measure_alone() (
	log=$work/alone
	measure MEM alone
)

need_counters "$fixture"
measure_alone &
on "$fixture" -- likwid-perfctr -a >"$work/groups"
# shellcheck disable=SC2046 # names, without spaces
set -- $(sed -n 's/^ *\([A-Z][A-Z0-9_]*\)\t.*/\1/p' "$work/groups")
check "likwid-perfctr -a lists the groups of this CPU" [ $# = 31 ]
[ "${MSRD_TESTS_SHORT:-0}" = 0 ] || set -- FLOPS_DP CLOCK MEM

for group; do
	measure "$group" &
	n_running=$((${n_running:-0} + 1))
	[ $((n_running % n_at_once)) != 0 ] || wait
done
wait

"$rates" "$fixture" >"$work/rates"
for group; do
	shift
	set -- "$@" "$work/$group.out"
done
check "each group counts what the workload does" "$(dirname "$0")/likwid_counts.py" "$work/rates" \
	"$work/events" 2 "$@"
check "... and says nothing of an error" says_no_error "$@" "$work"/*.err
check "... and nothing of it is left open by the workload" [ -z "$(cat "$work"/*.log | sort -u | tee /dev/stderr)" ]
check "nothing was refused" nothing_was_refused

# likwid-perfctr has one, and so has each of the two threads
check "three daemons serve one application" \
	[ "$(grep -c 'the client said exit: ' "$work/alone")" = 3 ]

finish
