#!/bin/sh
# SPDX-License-Identifier: MIT
# Real machines, recorded by their owners, go through the importers. The recordings are no part of
# this project: MSRD_TESTS_RECORDINGS names a folder that holds, for each machine, a folder with
# cpuinfo, pci-config/ (files named by address) and acpi/MCFG.
# usage: import-recorded.sh FUSE-MSR

. "$(dirname "$0")/lib.sh"
fuse_msr=$1
forgiven="$forgiven recordings"

recordings=${MSRD_TESTS_RECORDINGS:-}
[ -n "$recordings" ] || skip_as recordings "MSRD_TESTS_RECORDINGS names no folder of recorded machines"
[ -d "$recordings" ] || skip "$recordings, which MSRD_TESTS_RECORDINGS names, is no folder"
need_node
need lspci

# function_bytes FOLDER: address and bytes of each function, as lspci prints them
function_bytes() {
	for file in "$1"/*; do
		name=${file##*/}
		printf '%s %s\n' "${name%.bin}" "$(od -An -v -tx1 "$file" | tr -d ' \n' | sha256sum)"
	done | sort
}

for machine in "$recordings"/*/; do
	[ -e "$machine/cpuinfo" ] || continue
	name=$(basename "$machine")
	check "$name becomes a fixture" "$fuse_msr" import --cpuinfo "$machine/cpuinfo" \
		--pci-config "$machine/pci-config" --acpi "$machine/acpi/MCFG" "$work/$name"
	"$fuse_msr" check "$work/$name" >"$work/out"
check "... that check accepts" [ $? = 0 ]
	check "... with a package for each uncore bus" [ "$(grep -c 'package [0-9]* (the UBOX' "$work/out")" = \
		"$(grep -c 'imc' "$work/out")" ]
	mkdir "$work/config"
	"$fuse_msr" run "$work/$name" --as-root -- sh -c '
		for function in /sys/bus/pci/devices/*; do
			cat "$function/config" >"$1/${function##*/}"
		done
		grep "^processor" /proc/cpuinfo' - "$work/config" >"$work/cpus"
	check "... whose node has all of its functions and their bytes" sh -c '[ "$1" = "$2" ]' - \
		"$(function_bytes "$machine/pci-config")" "$(function_bytes "$work/config")"
	check "... and all of its CPUs" sh -c 'grep "^processor" "$1" | cmp - "$2"' - "$machine/cpuinfo" "$work/cpus"
	rm -r "$work/config"
done
finish
