#!/bin/sh
# SPDX-License-Identifier: MIT
# --cpuid: instructions answer as the node, where CPUID can be made to fault, and where it can't.
# usage: instructions.sh FUSE-MSR FIXTURES PROGRAM LIBRARY AMD-HOST-LIBRARY|none

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/likwid.sh"
fuse_msr=$1 fixture=$2/xeon-e5-2680-2s program=$3 library=$(realpath "$4") amd_host=$5

need_node
can_fault() {
	grep -q '^flags.* cpuid_fault' /proc/cpuinfo
}
can_fault || has_decoder ||
	skip_as cpuid "this host can't make CPUID fault, and fuse-msr was built without a decoder"
# RDTSC is patched everywhere
has_decoder || skip "fuse-msr was built without a decoder (package libzydis-dev)"

on_node() {
	"$fuse_msr" run --cpuid --clock manual "$fixture" -- "$@"
}

check "instructions answer as the node" on_node "$program" "$library"
check "they do so in what a program starts" on_node sh -c '"$@"' sh "$program" "$library"
check "without --cpuid they are the host's" \
	sh -c '! "$@" >/dev/null 2>&1' sh "$fuse_msr" run --clock manual "$fixture" -- "$program" "$library"
if [ "$amd_host" != none ] && can_fault; then
	# before the library that answers, for it plays what is below
	check "they answer where the processor can't fault" \
		on_node sh -c 'LD_PRELOAD="$LD_PRELOAD:$1" exec "$2" "$3"' sh "$(realpath "$amd_host")" "$program" "$library"
fi
check "a program without a node is as it was" env LD_PRELOAD="$(dirname "$fuse_msr")/libnode-cpuid.so" true

as_others "$0" "$@"
finish
