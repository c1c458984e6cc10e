#!/bin/sh
# SPDX-License-Identifier: MIT
# A real Prometheus scrapes two simulated nodes: what msrctl-export(1) shows is what works, and the
# dashboard has data.
set -eu
cd "$(dirname "$0")/.."
build=${1:-build}
for program in prometheus promtool prometheus-node-exporter nginx openssl python3; do
	PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || {
		echo "skipped: $program is not installed (Debian: prometheus prometheus-node-exporter nginx-light openssl)"
		[ "${MSRD_TESTS_MUST_RUN:-0}" = 0 ] || exit 1
		exit 0
	}
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above

[ -e "$build/build.ninja" ] || meson setup "$build" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
ninja -C "$build" src/cli/msrctl src/daemon/msrd fuse-msr/fuse-msr >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
PATH=$PATH:/usr/sbin python3 ci/watched.py check "$build" "$work"
