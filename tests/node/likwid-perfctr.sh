#!/bin/sh
# SPDX-License-Identifier: MIT
# likwid-perfctr as users run it, in all its modes, on a node whose time passes: what it prints is
# what the workload does, within 1 %.
# usage: likwid-perfctr.sh FUSE-MSR MSRD RATES FIXTURES

private_tmp=yes
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/likwid.sh"
fuse_msr=$1 msrd=$2 rates=$3
small=$4/xeon-e5-2680-2x1 large=$4/xeon-e5-2680-2s ivy=$4/xeon-e5-2680v2-2s
tests=$(dirname "$0")
# counters start and stop one after the other: 10 ms between the first and the last are 0.3 %
seconds=3

need_likwid
need_counters "$small"
"$rates" "$small" >"$work/rates"
"$rates" "$large" >"$work/rates.large"
"$rates" "$ivy" >"$work/rates.ivy"

# start NAME COMMAND…: in the background; its output is $work/NAME
start() {
	name=$1
	shift
	{ "$@" || echo "error: ended with $?"; } >"$work/$name" 2>&1 &
}

# perfctr RUN: one way to run it
perfctr() {
	case $1 in
	MEM.stethoscope) on "$small" -- likwid-perfctr -O -c 0,1 -g MEM -S ${seconds}s ;;
	# it crashes where hwloc finds uncore buses that belong to no NUMA node, as on this board;
	# without hwloc's PCI, as --likwid has it, it says that one line and reads /proc/bus/pci
	MEM.direct)
		on "$small" --as-root -- \
			likwid-perfctr -M 0 -O -c 0,1 -g MEM sleep $seconds >"$work/direct.raw" 2>&1
		status=$?
		grep -v 'Using hwloc to find pci devices failed$' "$work/direct.raw"
		return $status ;;
	timeline) on "$small" -- likwid-perfctr -O -c 0,1 -t 1s -g "INSTR_RETIRED_ANY:FIXC0,\
CPU_CLK_UNHALTED_CORE:FIXC1,CPU_CLK_UNHALTED_REF:FIXC2,PWR_PKG_ENERGY:PWR0" sleep $seconds ;;
	# sixteen CPUs are started one after the other
	MEM.all) on "$large" -- likwid-perfctr -O -c 0-15 -g MEM sleep $((2 * seconds)) ;;
	MEM.ivy) on "$ivy" -- likwid-perfctr -O -c 0,10 -g MEM sleep $seconds ;;
	*) on "$small" -- likwid-perfctr -O -C 0,1 -g "$1" sleep $seconds ;;
	esac
}

is_the_workload() {
	case $1 in
	timeline) "$tests/likwid_timeline.py" "$work/rates" 2 "$work/$1" ;;
	MEM.all) "$tests/likwid_metrics.py" "$work/rates.large" 8 "$work/$1" ;;
	MEM.ivy) "$tests/likwid_metrics.py" "$work/rates.ivy" 10 "$work/$1" ;;
	*) "$tests/likwid_metrics.py" "$work/rates" 1 "$work/$1" ;;
	esac && says_no_error "$work/$1"
}

# what LIKWID has measured the time stamp counter for
clock_is_the_nodes() {
	cat "$work/CLOCK" "$work/MEM" 2>/dev/null |
		awk -F '[, ]' '/^CPU clock:/ { d = $3 / 2.7 - 1; ok = d < 0.01 && d > -0.01; print } END { exit !ok }'
}

# Time passes on this node, and a machine that is busy elsewhere starts or stops a counter late:
# then it may try again, alone. What is wrong stays wrong.
shows_the_workload() {
	is_the_workload "$1" && return 0
	for try in 2 3; do
		echo "$1: measured once more, try $try"
		start "$1" perfctr "$1"
		wait
		is_the_workload "$1" && return 0
	done
	return 1
}

# For an ordinary user the daemon and its rights are others, the figures are not.
groups="MEM CLOCK ENERGY L3 QPI FLOPS_DP"
! has_run || groups=MEM
# some at once, on nodes of their own, and the long one beside them
has_run || start MEM.all perfctr MEM.all
for runs in "$groups" "MEM.stethoscope MEM.direct MEM.ivy timeline"; do
	jobs=
	for run in $runs; do
		start "$run" perfctr "$run"
		jobs="$jobs $!"
	done
	# shellcheck disable=SC2086
	has_run || wait $jobs
done
wait
for group in $groups; do
	check "$group shows what the workload does" shows_the_workload $group
done
has_run || check "CPUs that the host does not have are measured" shows_the_workload MEM.all
check "the clock is the node's" clock_is_the_nodes
check "stethoscope shows what the workload does" shows_the_workload MEM.stethoscope
check "direct mode shows the same" shows_the_workload MEM.direct
check "Ivy Bridge-EP shows what its workload does" shows_the_workload MEM.ivy
check "each line of the timeline shows what the workload does" shows_the_workload timeline

on "$small" -- likwid-perfctr -i >"$work/info" 2>&1
check "-i knows the CPU" grep -q 'CPU short:.*sandybridgeEP' "$work/info"
check "-e lists counters of every unit" \
	[ "$(grep -cE '^(FIXC0|PMC7|PWR3|CBOX0C3|UBOXFIX|WBOX3|MBOX3FIX|SBOX1C3|BBOX3|RBOX1C2|PBOX3),' \
		"$work/events")" = 11 ]
check "nothing was refused" nothing_was_refused

as_others "$0" "$@"
finish
