#!/bin/sh
# SPDX-License-Identifier: MIT
# likwid-perfctr as users run it, in all its modes, on a node whose time passes: what it prints is
# what the workload does, within 1 %.
# usage: likwid-perfctr.sh FUSE-MSR MSRD RATES FIXTURES

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/likwid.sh"
fuse_msr=$1 msrd=$2 rates=$3
small=$4/xeon-e5-2680-2x1 large=$4/xeon-e5-2680-2s
tests=$(dirname "$0")
# counters start and stop one after the other: 10 ms between the first and the last are 0.3 %
seconds=3

need_likwid
need_counters "$small"
"$rates" "$small" >"$work/rates"
"$rates" "$large" >"$work/rates.large"

# start NAME COMMAND…: in the background; its output is $work/NAME
start() {
	name=$1
	shift
	{ "$@" || echo "error: ended with $?"; } >"$work/$name" 2>&1 &
}

shows_the_workload() {
	"$tests/likwid_metrics.py" "$work/rates" 1 "$work/$1" && says_no_error "$work/$1"
}

# three at once, on nodes of their own
for group in MEM CLOCK ENERGY; do
	start $group.pinned on "$small" -- likwid-perfctr -O -C 0,1 -g $group sleep $seconds
done
wait
for group in L3 QPI FLOPS_DP; do
	start $group.pinned on "$small" -- likwid-perfctr -O -C 0,1 -g $group sleep $seconds
done
wait
for group in MEM CLOCK ENERGY L3 QPI FLOPS_DP; do
	check "$group shows what the workload does" shows_the_workload $group.pinned
done

# LIKWID 5.2's direct mode finds a socket's uncore by the NUMA node of its PCI bus, and crashes
# where the firmware names none, as on these fixtures' board
cp -rL "$small" "$work/numa"
sed -i 's/bus: 0x7f, node: -1/bus: 0x7f, node: 0/; s/bus: 0xff, node: -1/bus: 0xff, node: 1/' \
	"$work/numa/node.yaml"
start MEM.stethoscope on "$small" -- likwid-perfctr -O -c 0,1 -g MEM -S ${seconds}s
start MEM.direct on "$work/numa" --as-root -- likwid-perfctr -M 0 -O -c 0,1 -g MEM sleep $seconds
start timeline on "$small" -- likwid-perfctr -O -c 0,1 -t 1s -g "INSTR_RETIRED_ANY:FIXC0,\
CPU_CLK_UNHALTED_CORE:FIXC1,CPU_CLK_UNHALTED_REF:FIXC2,PWR_PKG_ENERGY:PWR0" sleep $seconds
wait
# alone and longer: sixteen CPUs are started one after the other
start MEM.all on "$large" -- likwid-perfctr -O -c 0-15 -g MEM sleep $((2 * seconds))
wait
check "CPUs that the host does not have are measured" \
	"$tests/likwid_metrics.py" "$work/rates.large" 8 "$work/MEM.all"
check "... without an error" says_no_error "$work/MEM.all"
check "stethoscope shows what the workload does" shows_the_workload MEM.stethoscope
check "direct mode shows the same" shows_the_workload MEM.direct
check "each line of the timeline shows what the workload does" \
	"$tests/likwid_timeline.py" "$work/rates" 2 "$work/timeline"

on "$small" -- likwid-perfctr -i >"$work/info" 2>&1
check "-i knows the CPU" grep -q 'CPU short:.*sandybridgeEP' "$work/info"
check "-e lists counters of every unit" \
	[ "$(grep -cE '^(FIXC0|PMC7|PWR3|CBOX0C3|UBOXFIX|WBOX3|MBOX3FIX|SBOX1C3|BBOX3|RBOX1C2|PBOX3),' \
		"$work/events")" = 11 ]
check "nothing was refused" nothing_was_refused

as_others "$0" "$@"
finish
