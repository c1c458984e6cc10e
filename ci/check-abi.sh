#!/bin/sh
# SPDX-License-Identifier: MIT
# The library's binary interface: what is exported is what msrd.h declares and msrd.map lists, and
# all of it is what programs were linked with (src/client/libmsrd.abi, of libabigail). What is
# changed or removed fails, see COMPATIBILITY in libmsrd(3); what is added is to be put down. Then
# changed copies of the library, each of which has to fail.
# usage: check-abi.sh [--refresh]
#     --refresh: writes libmsrd.abi, where nothing is changed or removed
set -eu
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above
command -v abidiff >/dev/null || { echo "abidiff is not installed: apt-get install abigail-tools"; exit 1; }

# the sources, to be changed
mkdir "$work/src"
tar --exclude='./build*' --exclude=./.git -c . | tar -C "$work/src" -x
cd "$work/src"
meson setup "$work/build" -Dtests=false >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }

target=$(ninja -C "$work/build" -t targets all | sed -n 's/^\(src\/client\/libmsrd\.so\.[0-9.]*\): .*/\1/p' | head -n 1)
library=$work/build/$target

# build: the library is $library then
build() {
	ninja -C "$work/build" "$target" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
}

# names: three lists that have to be the same
names() {
	python3 ci/abi_names.py src/client/msrd.h src/client/msrd.map "$library"
}

# what is not in the header is nobody else's business; abidw takes a folder of headers
dump() {
	mkdir -p "$work/headers"
	cp src/client/msrd.h "$work/headers"
	abidw --exported-interfaces-only --headers-dir "$work/headers" --drop-private-types --no-corpus-path --no-comp-dir-path --no-elf-needed \
		--no-show-locs --out-file "$1" "$library"
}

# compare: 0 the same, 1 something is added, 2 changed or removed
compare() {
	dump "$work/now.abi"
	status=0
	abidiff --no-added-syms "$root/src/client/libmsrd.abi" "$work/now.abi" >"$work/difference" 2>&1 || status=2
	[ $status = 0 ] || return $status
	# an enum's new value is harmless to who was linked before, and is put down all the same
	abidiff --harmless "$root/src/client/libmsrd.abi" "$work/now.abi" >"$work/difference" 2>&1 || status=1
	return $status
}

judge() {
	status=0
	compare || status=$?
	[ $status = 0 ] || cat "$work/difference"
	case $status in
	1) echo "The interface has more than src/client/libmsrd.abi. If that is meant: ci/check-abi.sh --refresh" ;;
	2) echo "Programs that are linked with libmsrd would break: see COMPATIBILITY in libmsrd(3)." ;;
	esac
	return $status
}

build
names
if [ "${1:-}" = --refresh ]; then
	status=0
	[ ! -e "$root/src/client/libmsrd.abi" ] || judge || status=$?
	[ $status -lt 2 ] || exit 1
	dump "$root/src/client/libmsrd.abi"
	exit
fi
judge
echo "the interface is that of src/client/libmsrd.abi"

# --- can it fail?

# fails SENTENCE STATUS COMMAND…
fails() {
	sentence=$1 wanted=$2
	shift 2
	status=0
	"$@" >"$work/out" 2>&1 || status=$?
	[ $status = "$wanted" ] || { cat "$work/out"; echo "FAILED: $sentence: status $status, not $wanted"; exit 1; }
	echo "ok: $sentence"
}

# change FILE OLD NEW: once; what is built is changed, too
change() {
	python3 - "$@" <<-'END'
		import sys
		name, old, new = sys.argv[1:]
		text = open(name).read()
		assert text.count(old) >= 1, f"{name} has no {old!r} any more"
		open(name, "w").write(text.replace(old, new, 1))
	END
}

undo() {
	cp "$root/src/client/msrd.h" "$root/src/client/msrd.map" "$root/src/client/names.c" src/client/
}

change src/client/msrd.h 'uint64_t begin_ns, end_ns;' 'uint64_t begin_ns, end_ns, third_ns;'
build
fails "a structure that grows is found" 2 compare
undo
change src/client/msrd.h 'int direct;' 'unsigned direct;'
build
fails "a member that changes its type is found" 2 compare
undo
change src/client/msrd.map '	msrd_pid;
' ''
build
fails "a function that is not exported any more is found" 2 compare
fails "... also as one that the list has not" 1 names
undo
change src/client/msrd.h 'MSRD_SKIPPED = 9,' 'MSRD_SKIPPED = 9, MSRD_LATER = 10,'
build
fails "a number that is added is to be put down" 1 compare
undo
printf 'MSRD_EXPORT int msrd_later(void);\nint msrd_later(void)\n{\n\treturn 0;\n}\n' >>src/client/names.c
change src/client/msrd.h 'MSRD_EXPORT pid_t' 'MSRD_EXPORT int msrd_later(void);
MSRD_EXPORT pid_t'
build
fails "a function that is declared and not listed is found" 1 names
change src/client/msrd.map '	msrd_open;
' '	msrd_open;
	msrd_later;
'
build
names
fails "a function that is added is to be put down" 1 compare
