#!/bin/sh
# SPDX-License-Identifier: MIT
# All tests with LIKWID's tools, whole, on a host that can't make CPUID fault (tests/node/amd-host.sh).
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above

make --no-print-directory all BUILD="$work/build" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
MSRD_TESTS_WHOLE=1 meson test -C "$work/build" --no-rebuild --print-errorlogs amd-host >"$work/log" 2>&1 ||
	{ cat "$work/log"; exit 1; }
grep -E '^Ok: |^skipped: ' "$work/log"
