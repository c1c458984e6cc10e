#!/bin/sh
# SPDX-License-Identifier: MIT
# A hostile client at the real daemon. The witnesses: every register of the node before and after,
# and each write in the node's trace. The seed is always the same here; ci/hostile.sh takes another
# one, and more time.
# usage: hostile.sh FUSE-MSR MSRD FIXTURE NODE-HOSTILE NODE-HOSTILE-JUDGE [SEED RECORDS|MINUTESm]

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") fixture=$3 node_hostile=$4 judge=$5 seed=${6:-1} size=${7:-200000}
trace=$work/hostile.trace

# Not by the seed: the client must not be able to ask for it.
marker=0xc$(od -An -N4 -tx4 /dev/urandom | cut -c 3-9)

# judged TRACE STATUS WRITES: what the judge says of a trace.
judged() {
	"$judge" "$1" "$marker" "$3"
	[ $? = "$2" ]
}

# planted SCRIPT: the trace with what an awk script puts into its middle, where only the daemon
# writes; and without the number of accesses.
planted() {
	middle=$(($(wc -l <"$trace") / 2))
	awk "NR == $middle { $1 } /^end/ { print \"end\"; next } { print }" "$trace" >"$work/planted.trace"
}

need_node
check "hostile client: seed $seed, $size" "$fuse_msr" run --as-root --clock manual \
	--trace "$trace" --daemon "$msrd" "$fixture" -- "$node_hostile" "$msrd" "$seed" "$size" "$marker"
check "each write of the daemon is one that the lists allow" judged "$trace" 0 1000

planted 'print "0 cpu0 w 0x1a0 8 0x1"; print "0 cpu0 w 0x1a0 8 0x850089"'
check "a write that no list has is seen, though it is undone at once" \
	judged "$work/planted.trace" 1 1000
planted 'print "0 cpu0 w 0x38d 8 0x8"; print "0 cpu0 w 0x38d 8 0x0"'
check "so is a bit that the lists do not have, in a register that they do" \
	judged "$work/planted.trace" 1 1000
planted "print \"0 cpu0 r $marker 8 - EIO\"; print \"0 cpu0 w 0x1a0 8 0x1\"; print \"0 cpu1 r $marker 8 - EIO\""
check "the client's own writes are not the daemon's" judged "$work/planted.trace" 0 1000
check "a trace with too few writes is no witness" judged "$trace" 2 1000000000
finish
