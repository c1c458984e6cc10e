#!/bin/sh
# SPDX-License-Identifier: MIT
# The tests again with AddressSanitizer and UndefinedBehaviorSanitizer; memcheck
# and they exclude each other.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
chmod 755 "$work" # the tests are also other users
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above

meson setup "$work/build" -Db_sanitize=address,undefined -Db_lundef=false >"$work/log" 2>&1 ||
	{ cat "$work/log"; exit 1; }
ninja -C "$work/build" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
meson test -C "$work/build" --no-rebuild --no-suite memcheck --print-errorlogs --timeout-multiplier 4
