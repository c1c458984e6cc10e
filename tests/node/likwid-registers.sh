#!/bin/sh
# SPDX-License-Identifier: MIT
# Every register that LIKWID wants on this CPU, and msrd's answer: what its tools are seen to ask
# for is what msrd(8) says, and the allowlists too.
# usage: likwid-registers.sh FUSE-MSR MSRD MSRCTL RECORDER FIXTURE MAN-PAGE

private_tmp=yes
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/likwid.sh"
fuse_msr=$1 msrd=$2 msrctl=$3 recorder=$4 fixture=$5 manual=$6

need_likwid
need_counters "$fixture"
cp "$recorder" "$work/likwid-accessD"

# ask COMMAND…: as the owner of the lock file, who has all profiles that LIKWID needs, on a node with the recorder between LIKWID and msrd; in the background, as most
# sleep most of the time. One that does not come to an end is asked once more.
ask() {
	(
		for try in 1 2; do
			with_lock timeout -k 5 30 "$fuse_msr" run --likwid --daemon "$msrd" --syslog "$log" "$fixture" -- \
				env "PATH=$work:$PATH" "$@" >/dev/null 2>&1
			[ $? -ge 124 ] || exit 0
			echo "$1: no end in 30 s, try $try"
		done
	) &
}

# Some event for every counter there is, with every option that has a register of its own.
events() {
	sed -n 's/^\([A-Z][A-Z0-9]*\), .*/\1/p' "$work/events" | while read -r counter; do
		case $counter in
		FIXC0) echo INSTR_RETIRED_ANY:$counter ;;
		FIXC1) echo CPU_CLK_UNHALTED_CORE:$counter ;;
		FIXC2) echo CPU_CLK_UNHALTED_REF:$counter ;;
		TMP0) echo TEMP_CORE:$counter ;;
		VTG0) echo VOLTAGE_CORE:$counter ;;
		PWR0) echo PWR_PKG_ENERGY:$counter ;;
		PWR1) echo PWR_PP0_ENERGY:$counter ;;
		PWR3) echo PWR_DRAM_ENERGY:$counter ;;
		PMC0) echo OFFCORE_RESPONSE_0_OPTIONS:$counter:MATCH0=0x81:MATCH1=0x3fffc0 ;;
		PMC1) echo OFFCORE_RESPONSE_1_OPTIONS:$counter:MATCH0=0x81:MATCH1=0x1 ;;
		PMC*) echo UOPS_ISSUED_ANY:$counter ;;
		CBOX*C0) echo LLC_LOOKUP_DATA_READ:$counter:STATE=0x1f ;;
		CBOX*C1) echo TOR_INSERTS_OPCODE:$counter:OPCODE=0x180 ;;
		CBOX*) echo RING_BL_USED_UP_EVEN:$counter ;;
		UBOXFIX) echo UNCORE_CLOCK:$counter ;;
		UBOX*) echo LOCK_CYCLES:$counter ;;
		WBOX0) echo FREQ_BAND0_CYCLES:$counter:MATCH0=0xc ;;
		WBOXFIX0) echo CORES_IN_C3:$counter ;;
		WBOXFIX1) echo CORES_IN_C6:$counter ;;
		WBOX*) echo FREQ_MAX_POWER_CYCLES:$counter ;;
		MBOX*FIX) echo DRAM_CLOCKTICKS:$counter ;;
		MBOX*) echo CAS_COUNT_RD:$counter ;;
		SBOX*FIX) echo QPI_RATE:$counter ;;
		SBOX*C0) echo "DIRECT2CORE_SUCCESS:$counter:MATCH0=0x8:MASK0=0x8:MATCH1=0x1:MASK1=0x1" ;;
		SBOX*) echo DIRECT2CORE_SUCCESS:$counter ;;
		BBOX0) echo "REQUESTS_READS:$counter:OPCODE=0x1:MATCH0=0x40" ;;
		BBOX*) echo REQUESTS_READS:$counter ;;
		RBOX*) echo RING_AD_USED_CW_EVEN:$counter ;;
		PBOX*) echo RING_AD_USED_CW_EVEN:$counter ;;
		*) echo "error: no event for $counter" >&2 ;;
		esac
	done | paste -sd,
}

events >"$work/all" 2>"$work/missing"
check "there is an event for every counter" [ ! -s "$work/missing" ]
# a timeline, as some registers are only read while counters run
ask likwid-perfctr -c 0,1 -g "$(cat "$work/all")" -t 500ms sleep 2
ask likwid-powermeter -i
ask likwid-powermeter -t
ask likwid-powermeter -s 100ms
ask likwid-features -l -c 0,1
ask likwid-features -d HW_PREFETCHER -c 0
ask likwid-features -e HW_PREFETCHER -c 0
ask likwid-setFrequencies -p
ask likwid-topology -C
wait

cat "$work"/conversation-*.txt >"$work/seen"
"$fuse_msr" run "$fixture" -- "$msrctl" list --built-in --json >"$work/list"
check "msrd(8) has what LIKWID asks for, and the answers" \
	"$(dirname "$0")/likwid_registers.py" "$manual" "$work/seen" "$work/list"
check "nothing was refused" nothing_was_refused

as_others "$0" "$@"
finish
