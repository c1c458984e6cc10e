#!/bin/sh
# SPDX-License-Identifier: MIT
# What the simulated node can do: see simulator.c.
# usage: simulator.sh BUILD-FOLDER [ROUNDS]
one_user=yes
. "$(dirname "$0")/../node/lib.sh"
here=$(realpath "$(dirname "$0")")
build=$(realpath "$1")
fixture=$here/../../fixtures/documented/xeon-e5-2680-2s

need python3
need fusermount3
[ -r /dev/fuse ] && [ -w /dev/fuse ] || skip "/dev/fuse cannot be opened"
python3 "$here/../node/big_node.py" "$fixture" "$work/big"
"$build/tests/bench/simulator" "$build/fuse-msr/fuse-msr" "$build/tests/bench/empty-fs" "$fixture" \
	"$work/big" ${2:+"$2"}
