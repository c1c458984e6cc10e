#!/bin/sh
# SPDX-License-Identifier: MIT
# Every shipped fixture is a node that works: what its workload says is measured through the
# daemon, to the last event, by registers out of its model's tables.
# usage: models.sh FUSE-MSR MSRD MSRCTL FIXTURES MODELS

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$3 fixtures=$4 models=$(realpath "$5")

need_node

# an address of the kernel's
refused() {
	! "$fuse_msr" run --daemon "$msrd" "$1" -- "$msrctl" read --daemon "$msrd" -c 0 IA32_DS_AREA \
		>"$work/out" 2>&1 && grep -q 'not allowed' "$work/out"
}

for fixture in "$fixtures"/*/*/; do
	name=$(basename "$fixture")
	# an ordinary user's node is the same: one of each model is enough
	if has_run; then
		case $name in
		*-2x1 | *-4s | xeon-e5-2630-2s) continue ;;
		esac
	fi
	on() {
		"$fuse_msr" run --daemon "$msrd" "$@" >"$work/out" 2>&1 || { cat "$work/out"; false; }
	}
	check "$name: counts are the workload's, to the last event" \
		on --clock manual "$fixture" -- "$models" "$fixture" "$msrd"
	grep 'counts, each' "$work/out"
	check "$name: all is accessible" on "$fixture" -- "$msrctl" info --daemon "$msrd"
	check "$name: registers are listed" \
		on "$fixture" -- "$msrctl" list --daemon "$msrd" -S msr 'IA32_FIXED*'
	check "$name: ... read by name" \
		on "$fixture" -- "$msrctl" read --daemon "$msrd" -c 0 IA32_PERF_STATUS MSR_RAPL_POWER_UNIT
	check "$name: ... on both sockets" \
		on "$fixture" -- "$msrctl" read --daemon "$msrd" -u imc0-3 MC_CHy_PCI_PMON_BOX_CTL
	check "$name: ... and written" \
		on "$fixture" -- "$msrctl" write --daemon "$msrd" -c 0 IA32_FIXED_CTR_CTRL 0x222
	check "$name: what is not listed is refused" refused "$fixture"
	check "$name: figures are the workload's" on --clock manual "$fixture" -- "$msrctl" stat --daemon "$msrd" \
		-t 1e-9 --expect /sys/devices/sim/workload -- sh -c "echo +16s >/sys/devices/sim/clock"
done

as_others "$0" "$@"
finish
