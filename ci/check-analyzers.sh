#!/bin/sh
# SPDX-License-Identifier: MIT
# GCC's analyzer, cppcheck and clang-tidy over src, sim and fuse-msr: clean, but for what .clang-tidy,
# ci/cppcheck-suppressions.txt and this file name with a reason. At most two jobs; twelve
# minutes on two busy cores (clang-tidy ten of them), and given up after thirty.
# usage: check-analyzers.sh [gcc|cppcheck|clang-tidy ...]
set -eu
cd "$(dirname "$0")/.."
[ -n "${MSRD_ANALYZERS_BOUNDED:-}" ] || {
	export MSRD_ANALYZERS_BOUNDED=1
	exec timeout 1800 "$0" "$@"
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above

fail() {
	cat "$1"
	exit 1
}

# With -fanalyzer, but for leaks: GCC 12 does not see __attribute__((cleanup)); ASan and memcheck
# look for those.
run_gcc() {
	CC=gcc meson setup "$work/gcc" --werror -Dtests=false \
		-Dc_args='-fanalyzer -Wno-analyzer-malloc-leak -Wno-analyzer-file-leak' \
		>"$work/log" 2>&1 || fail "$work/log"
	ninja -C "$work/gcc" -j2 >"$work/log" 2>&1 || fail "$work/log"
}

# Both want to know how a file is compiled, and what is generated has to be there.
compile() {
	[ ! -d "$work/plain" ] || return 0
	CC=gcc meson setup "$work/plain" -Dtests=false >"$work/log" 2>&1 || fail "$work/log"
	ninja -C "$work/plain" -j2 >"$work/log" 2>&1 || fail "$work/log"
}

run_cppcheck() {
	compile
	cppcheck --quiet -j2 --project="$work/plain/compile_commands.json" --std=c11 --inline-suppr \
		--enable=warning,performance,portability --error-exitcode=1 \
		--suppressions-list=ci/cppcheck-suppressions.txt --template=gcc 2>"$work/log" ||
		fail "$work/log"
}

# One file after the other, two at a time: a line says how far it is.
run_clang_tidy() {
	compile
	git ls-files 'src/*.c' 'sim/*.c' 'fuse-msr/*.c' >"$work/files"
	n=$(wc -l <"$work/files")
	tidy=$(command -v clang-tidy-14 || command -v clang-tidy)
	# the plugins of a compiler that it is not are none of its business
	xargs -P2 -n8 sh -c '
		work=$0 tidy=$1
		shift
		"$tidy" --quiet -p "$work/plain" "$@" >"$work/tidy.$$" 2>"$work/err.$$" || : >"$work/failed"
		echo "$@" | tr " " "\n" >>"$work/done"
		echo "   $(wc -l <"$work/done") of '"$n"' files"
	' "$work" "$tidy" <"$work/files"
	[ ! -e "$work/failed" ] || {
		cat "$work"/tidy.* "$work"/err.*
		exit 1
	}
}

[ $# -gt 0 ] || set -- gcc cppcheck clang-tidy
for name; do
	start=$(date +%s)
	echo "-- $name ..."
	case $name in
	gcc) run_gcc ;;
	cppcheck) run_cppcheck ;;
	clang-tidy) run_clang_tidy ;;
	*) echo "no such analyzer: $name" >&2; exit 2 ;;
	esac
	echo "ok: $name, $(($(date +%s) - start)) s"
done
