#!/bin/sh
# SPDX-License-Identifier: MIT
# A hostile client at the real daemon, with every register of the node as the witness. The seed is
# always the same here; ci/hostile.sh takes another one, and more time.
# usage: hostile.sh FUSE-MSR MSRD FIXTURE NODE-HOSTILE [SEED RECORDS|MINUTESm]

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") fixture=$3 node_hostile=$4 seed=${5:-1} size=${6:-200000}

need_node
check "hostile client: seed $seed, $size" "$fuse_msr" run --as-root --clock manual \
	--daemon "$msrd" "$fixture" -- "$node_hostile" "$msrd" "$seed" "$size"
finish
