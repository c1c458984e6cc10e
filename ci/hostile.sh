#!/bin/sh
# SPDX-License-Identifier: MIT
# The hostile client of tests/node/hostile.c for MINUTES, with a seed of its own (or SEED), on a
# build of its own. Prints how far it is.
# usage: hostile.sh MINUTES [SEED]
set -eu
cd "$(dirname "$0")/.."
minutes=${1:?usage: hostile.sh MINUTES [SEED]} seed=${2:-$(date +%s)}
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above

meson setup "$work/build" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
ninja -C "$work/build" src/daemon/msrd fuse-msr/fuse-msr fuse-msr/libnode-cpuid.so \
	tests/node/node-hostile tests/node/node-hostile-judge >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
tests/node/hostile.sh "$work/build/fuse-msr/fuse-msr" "$work/build/src/daemon/msrd" \
	fixtures/documented/xeon-e5-2680-2x1 "$work/build/tests/node/node-hostile" \
	"$work/build/tests/node/node-hostile-judge" "$seed" "${minutes}m"
