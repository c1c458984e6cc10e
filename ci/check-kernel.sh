#!/bin/sh
# SPDX-License-Identifier: MIT
# The programs as they are installed, on a real kernel (tests/kernel).
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above

make --no-print-directory test-kernel BUILD="$work/build" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
grep -E '^Ok: |^skipped: ' "$work/log"
