#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/node/crowd.sh with 10,000 sessions after each other by each way, or SESSIONS, on a build of
# its own; run by root also through a systemd of its own (tests/node/systemd.sh). Prints figures,
# and fails if anything is left. Half an hour by root.
# usage: crowd.sh [SESSIONS]
set -eu
cd "$(dirname "$0")/.."
sessions=${1:-10000}
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above

meson setup "$work/build" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
ninja -C "$work/build" src/daemon/msrd src/cli/msrctl src/shim/likwid-accessd-shim fuse-msr/fuse-msr \
	fuse-msr/libnode-cpuid.so tests/node/node-crowd tests/node/node-shim \
	tests/node/file-capabilities >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
build=$work/build fixture=fixtures/documented/xeon-e5-2680-2x1
tests/node/crowd.sh "$build/fuse-msr/fuse-msr" "$build/src/daemon/msrd" "$build/src/cli/msrctl" \
	$fixture "$build/tests/node/node-crowd" "$build/src/shim/likwid-accessd-shim" \
	"$build/tests/node/node-shim" "$build/tests/node/file-capabilities" "$sessions"
tests/node/systemd.sh "$build/fuse-msr/fuse-msr" "$build/src/daemon/msrd" "$build/src/cli/msrctl" \
	$fixture src/daemon/units/msrd.socket "$build/src/daemon/msrd@.service" \
	"$build/tests/node/node-crowd" "$build/src/cli/export/msrd-export.service" no "$sessions"
