#!/bin/sh
# SPDX-License-Identifier: MIT
# LIKWID's library from Python, by ctypes, through msrd: each figure is the workload's. It makes the calls that
# pylikwid's functions are named after; pylikwid itself is no package of Debian.
# usage: likwid-python.sh FUSE-MSR MSRD FIXTURE

private_tmp=yes
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/likwid.sh"
fuse_msr=$1 msrd=$2 fixture=$3

need_likwid
need_counters "$fixture"

# LIKWID waits 2.5 s for a daemon, and a busy machine may need more to start one: then once more
measures() {
	for _ in 1 2 3; do
		: >"$log"
		! on "$fixture" --clock manual -- /usr/bin/python3 "$(dirname "$0")/likwid_python.py" \
			>"$work/out" 2>"$work/err" || return 0
		grep -q 'due to timeout: The socket file' "$work/out" "$work/err" || break
	done
	cat "$work/out" "$work/err"
	return 1
}

check "instructions, cycles, energy and memory traffic are the workload's" measures
cat "$work/out"
check_refusals
check "the library came by msrd" grep -q 'Sandy Bridge-EP\|uid [0-9]* pid' "$log"
finish
