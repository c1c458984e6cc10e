#!/bin/sh
# SPDX-License-Identifier: MIT
# Batches through the daemon: its own wire, and op by op where LIKWID's is all that is spoken.
# usage: batch.sh FUSE-MSR MSRD FIXTURE BATCH

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") fixture=$3 batch=$(realpath "$4")

need_node
mkdir "$work/likwid-5.2"
ln -s "$msrd" "$work/likwid-5.2/likwid-accessD"

on() {
	"$fuse_msr" run --daemon "$msrd" --clock manual "$fixture" -- "$@" >"$work/out" 2>&1 || {
		cat "$work/out"
		false
	}
}
check "batches on msrd's own wire" on "$batch" "$msrd"
check "batches op by op on LIKWID's" on "$batch" "$work/likwid-5.2/likwid-accessD" plain

as_others "$0" "$@"
finish
