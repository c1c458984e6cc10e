#!/bin/sh
# SPDX-License-Identifier: MIT
# A trace of LIKWID's likwid-perfctr replays without a difference. The order between CPUs, and how
# often the daemon looks at a register when the host is slow, are real time's: so a loose replay.
# usage: trace-likwid.sh FUSE-MSR MSRD FIXTURE

private_tmp=yes
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/likwid.sh"
fuse_msr=$1 msrd=$2 fixture=$3
log=$work/log
trace=$work/mem.trace.zst

need_likwid

# what was counted, as printed
counted() {
	grep -E '\|( *[A-Z_]+:?[A-Z_]* *)\| *(FIXC|MBOX)' "$1"
}

measure() {
	on "$fixture" "$@" -- likwid-perfctr -c 0,1 -g MEM sleep 0.2
}

# likwid-perfctr ends in one of two ways, by chance: it stops all counters once more, or it does not.
# A run that has not taken the recorded way differs, and says so with 3.
replays() {
	for try in 1 2 3 4 5 6 7 8 9 10; do
		measure --replay "$trace" --replay=loose >"$work/replayed" 2>"$work/differences" && return
		r=$?
		[ $r = 3 ] || break
	done
	echo "try $try ended with $r"
	cat "$work/differences"
	return 1
}

check "likwid-perfctr -g MEM is recorded" measure --trace "$trace" >"$work/recorded"
check "it replays without a difference" replays
counted "$work/recorded" >"$work/then"
counted "$work/replayed" >"$work/now"
check "something was counted" [ -s "$work/then" ]
check "the same has been counted" cmp "$work/then" "$work/now"
finish
