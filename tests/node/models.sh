#!/bin/sh
# SPDX-License-Identifier: MIT
# Every shipped fixture is a node that works: what its workload says is measured through the
# daemon, to the last event, by registers out of its model's tables.
# usage: models.sh FUSE-MSR MSRD MSRCTL FIXTURES MODELS

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$3 fixtures=$4 models=$(realpath "$5")

need_node

for fixture in "$fixtures"/*/; do
	name=$(basename "$fixture")
	on() {
		"$fuse_msr" run --daemon "$msrd" "$@" >"$work/out" 2>&1 || { cat "$work/out"; false; }
	}
	check "$name: counts are the workload's, to the last event" \
		on --clock manual "$fixture" -- "$models" "$fixture" "$msrd"
	grep 'counts, each' "$work/out"
	check "$name: all is accessible" on "$fixture" -- "$msrctl" info --daemon "$msrd"
	check "$name: figures are the workload's" on "$fixture" -- \
		"$msrctl" stat --daemon "$msrd" -i 0.5 -e /sys/devices/sim/workload
done

as_others "$0" "$@"
finish
