#!/bin/sh
# SPDX-License-Identifier: MIT
# Memcheck on the unit tier. (On the daemon it is part of the node tier.)
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above

meson setup "$work/build" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
ninja -C "$work/build" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
meson test -C "$work/build" --no-rebuild --setup valgrind --print-errorlogs
