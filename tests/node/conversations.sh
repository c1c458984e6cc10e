#!/bin/sh
# SPDX-License-Identifier: MIT
# Recorded conversations of LIKWID's tools, played to msrd on the simulated node: the records as
# they were sent, the replies compared. MSRD_CONVERSATIONS may name a folder with more of them,
# from other machines: of these the data is compared only where it does not depend on the node.
# usage: conversations.sh FUSE-MSR MSRD FIXTURE REPLAY CONVERSATIONS

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") fixture=$3 replay=$4 conversations=$5

need_node

# on a node of its own each, given to the user: what one wrote must not help another
play() {
	with_lock "$fuse_msr" run --daemon "$msrd" "$fixture" -- "$replay" "$@"
}

for conversation in "$conversations"/*.txt; do
	check "$(basename "$conversation" .txt)" play --same-node "$msrd" "$conversation"
done
if [ -n "${MSRD_CONVERSATIONS:-}" ]; then
	for conversation in "$MSRD_CONVERSATIONS"/*.txt; do
		check "$(basename "$conversation" .txt), from elsewhere" play "$msrd" "$conversation"
	done
fi

as_others "$0" "$@"
finish
