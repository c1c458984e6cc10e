#!/bin/sh
# SPDX-License-Identifier: MIT
# The machine under the daemon fails, and the daemon and msrctl say what is the matter.
# usage: faults.sh FUSE-MSR MSRD MSRCTL FIXTURE NODE-FAULTS

. "$(dirname "$0")/lib.sh"
fuse_msr=$(realpath "$1") msrd=$(realpath "$2") msrctl=$(realpath "$3") fixture=$4 node_faults=$5
export msrd msrctl

need_node
log=$work/log
: >"$log"

check "daemon's recoveries and diagnoses" \
	"$fuse_msr" run --daemon "$msrd" --syslog "$log" "$fixture" -- "$node_faults" "$msrd" "$log"

finish
