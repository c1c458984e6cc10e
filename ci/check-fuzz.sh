#!/bin/sh
# SPDX-License-Identifier: MIT
# Every fuzzer for a while, with Clang's libFuzzer, ASan and UBSan. What it finds is
# printed in base64: fix it, and put the input into fuzz/corpus.
# usage: check-fuzz.sh [SECONDS-EACH]
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-10}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above

CC=$(command -v clang || command -v clang-14)
export CC
meson setup "$work/build" -Dlibfuzzer=true -Db_sanitize=address,undefined -Db_lundef=false \
	>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
ninja -C "$work/build" fuzz >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }

export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 work seconds
# one for each of two processors; the first that fails ends all
# shellcheck disable=SC2016
basename -a fuzz/corpus/* | xargs -n1 -P2 sh -c '
	# what it learns goes into a folder of its own, not into the tree
	mkdir "$work/$0"
	"$work/build/fuzz/fuzz-$0" -max_total_time="$seconds" -timeout=10 -artifact_prefix="$work/" \
		"$work/$0" "fuzz/corpus/$0" >"$work/$0.log" 2>&1 || { cat "$work/$0.log"; exit 255; }
	echo "ok: $0, $(sed -n "s/^Done \([0-9]*\) runs.*/\1/p" "$work/$0.log") inputs"
'
