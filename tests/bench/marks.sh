#!/bin/sh
# SPDX-License-Identifier: MIT
# What a mark of a region costs on the simulated node: see marks.c. That they were marks is
# checked: all have been counted.
# usage: marks.sh BUILD-FOLDER [ROUNDS]
one_user=yes
. "$(dirname "$0")/../node/lib.sh"
here=$(realpath "$(dirname "$0")")
build=$(realpath "$1") rounds=${2:-20}

need jq
need_node
# a real node has no clock of its own in /sys, and time is not asked of a file
"$build/fuse-msr/fuse-msr" run --as-root "$here/../../fixtures/documented/xeon-e5-2680-2x1" -- \
	sh -c 'mount --bind /dev/null /sys/devices/sim/clock && exec "$@"' sh \
	"$build/src/cli/msrctl" stat --daemon "$build/src/daemon/msrd" --json -o "$work/regions" \
	--regions -e instructions,cycles -- "$build/tests/bench/marks" "$build/src/daemon/msrd" "$rounds" || exit 1
calls=$(jq '.regions[] | select(.region == "mark" and .scope == "cpu" and .name == "cycles") | .calls' "$work/regions")
[ "$calls" = $((rounds * 200 + 1)) ] || { echo "${calls:-no} calls were counted, and not $((rounds * 200 + 1))"; exit 1; }
