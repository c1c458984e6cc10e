# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the tests with LIKWID's own tools share. Read with `.`, after lib.sh; $fuse_msr and $msrd
# are set before.

# The node's syslog.
log=$work/syslog

# LIKWID does not try again where something lies at a daemon's path.
check_tmp() {
	check "nobody's sockets lie in /tmp" [ -z "$(find /tmp -maxdepth 1 -name 'likwid-*')" ]
}

need_likwid() {
	need_node
	need likwid-perfctr python3
	[ "${MSRD_TESTS_PRIVATE_TMP:-0}" = 0 ] || check_tmp
	[ "$(nproc)" -ge 2 ] ||
		skip "LIKWID runs on both CPUs of the node, and here are $(nproc)"
}

# on FIXTURE [OPTION…] -- COMMAND…: where everything is set up for LIKWID
on() {
	node=$1
	shift
	"$fuse_msr" run --likwid --daemon "$msrd" --syslog "$log" "$node" "$@"
}

# on_own FIXTURE [OPTION…] -- COMMAND…: ... where this user has been given the node, with a lock file
on_own() {
	node=$1
	shift
	with_lock "$fuse_msr" run --likwid --daemon "$msrd" --syslog "$log" "$node" "$@"
}

# need_counters FIXTURE: LIKWID asks the processor how many there are.
need_counters() {
	on "$1" -- likwid-perfctr -e >"$work/events"
	grep -q '^PMC7,' "$work/events" ||
		skip_as cpuid "this host can't make CPUID fault and has no PMU: LIKWID uses no general counter"
}

# says_no_error FILE…: nor that anything is not possible
says_no_error() {
	! grep -iE 'error|fail|cannot|not permitted|not allowed|segmentation' "$@"
}

# LIKWID executes CPUID for the vendor: on a host whose answer can't be changed it takes the node's
# processor for one of the host's vendor, which is Intel or, to LIKWID, AMD.
is_intel_host() {
	grep -q '^vendor_id.*GenuineIntel' /proc/cpuinfo
}

# has_decoder: fuse-msr was built with one, and so can change the answer anywhere
has_decoder() {
	ldd "$(dirname "$fuse_msr")/libnode-cpuid.so" | grep -q libZydis
}

# The tests use only what msrd allows or what msrd(8) names as refused: nothing.
nothing_was_refused() {
	[ -s "$log" ] && ! grep -E 'refused|refusals|session failed|can.t' "$log"
}

# ... but the registers that LIKWID reads on AMD processors: AMD's begin with 0xc001.
nothing_but_amds_was_refused() {
	grep -q 'refused: .* read of MSR 0xc001' "$log" &&
		! grep -E 'refused: |refusals|session failed|can.t' "$log" | grep -v 'refused: .* read of MSR 0xc001'
}

check_refusals() {
	if is_intel_host || has_decoder; then
		check "nothing was refused" nothing_was_refused
	else
		check "nothing but AMD's registers was refused" nothing_but_amds_was_refused
	fi
}
