#!/bin/sh
# SPDX-License-Identifier: MIT
# Which lines of the daemon's rooms the unit and node tests reach: a table by room, and what is
# not covered with its reason (ci/coverage-reasons.txt). Fails below 95 % in any of them. Wants
# root: what the daemon does as a setuid program nobody else can see.
#
# The programs are those of a build of its own; the daemon in it has no system call filter, as
# with sanitizers (sandbox_off.c), for its counters are written when it ends. It has changed its
# user by then and has cleared its environment: so the files of the counters are there before,
# empty and everybody's to write.
# usage: coverage.sh
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d /var/tmp/msrd-coverage-XXXXXX) # /tmp is another one in some tests
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above
[ "$(id -u)" = 0 ] || { echo "coverage.sh: only root can start what only root's daemon does" >&2; exit 1; }

meson setup "$work/build" --buildtype=debug -Db_coverage=true >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
ninja -C "$work/build" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
find "$work/build" -name '*.gcno' | while read -r file; do
	: >"${file%.gcno}.gcda"
	chmod 666 "${file%.gcno}.gcda"
done

echo "-- unit tests"
meson test -C "$work/build" --no-rebuild --suite unit --print-errorlogs --quiet --timeout-multiplier 4
echo "-- node tests of the daemon"
meson test -C "$work/build" --no-rebuild --print-errorlogs --quiet --timeout-multiplier 4 \
	daemon policy-node releases sockets doctor machines conversations msrctl msrctl-stat hostile crowd
python3 ci/coverage.py . "$work/build" ci/coverage-reasons.txt
