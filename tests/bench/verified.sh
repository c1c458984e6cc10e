#!/bin/sh
# SPDX-License-Identifier: MIT
# The benchmark's own test: it tells who has touched the device from who says so.
# usage: verified.sh BUILD-FOLDER CHEAT-PROGRAM…
one_user=yes
. "$(dirname "$0")/../node/lib.sh"
here=$(dirname "$0")
build=$1
shift
need taskset
need_node

# bench ARGUMENT…: 2 rounds; what is printed is in $work/out
bench() {
	"$here/latency.sh" "$build" "$@" --rounds 2 >"$work/out" 2>&1
	status=$?
	cat "$work/out"
}

# row ACCESS BY: what the table says of it
row() {
	sed -n "s/^$1  *$2  *//p" "$work/out"
}

has_figures() {
	row "$1" "$2" | grep -Eqx '([0-9.]+ +|- +){6}right *' && ! row "$1" "$2" | grep -q '^-'
}

is_void() {
	row "$1" "$2" | grep -Eqx "(- +){6}$3 *"
}

lines_up() {
	[ "$(wc -L <"$work/out")" -lt 80 ]
}

is_json() {
	python3 -c 'import json, sys; json.load(open(sys.argv[1]))["latency"][0]["same_us"] + 0' \
		"$work/out"
}

ends_with() {
	[ "$status" = "$1" ]
}

# LIKWID's daemon goes by the host's processor: on one that it does not know, or knows
# other units of, it may say that it has done what it has not. That is told, and is no fault of ours.
nobody_else_is_to_blame() {
	ends_with 0 || { grep -q "^[A-Za-z ]*, likwid-accessD: un" "$work/out" &&
		! grep -E "^[A-Za-z ]*, (msrd|floor|device file): " "$work/out"; }
}

for device in "" --plain; do
	bench $device
	check "msrd does what it is asked${device:+, on plain files}" nobody_else_is_to_blame
	for access in "MSR read" "MSR write" "PCI read" "PCI write" CHECK start; do
		check "... $access" has_figures "$access" msrd
	done
	check "... in less than 80 columns" lines_up
done
check "the first line says the machine" \
	sh -c 'head -n 2 "$1" | tr "\n" " " | grep -q "CPU.*Linux $(uname -r).*plain files"' - "$work/out"

bench --json
check "for scripts: JSON" is_json

# on one CPU there are no two, and it says so
cpu=$(taskset -cp $$)
cpu=${cpu##*: }
cpu=${cpu%%[,-]*}
taskset -c "$cpu" "$here/latency.sh" "$build" --rounds 1 >"$work/out" 2>&1
check "with one CPU: two cannot be measured" \
	grep -q "^  TWO *cannot be measured: there is only CPU $cpu " "$work/out"
check "... and one can" grep -q "^  SAME *client on CPU $cpu, daemon on CPU $cpu$" "$work/out"

# caught ACCESS WORD: of a cheat in msrd's place
caught() {
	check "... $1 is $2" is_void "$1" msrd "$2"
	check "... and is told why" grep -A1 "^$1, msrd: $2:" "$work/out"
}

for cheat; do
	name=$(basename "$cheat")
	bench --daemon "$(realpath "$cheat")"
	check "$name is found out" ends_with 1
	case $name in
	cheat-ZEROS | cheat-MEMORY)
		for access in "MSR read" "PCI read" CHECK start; do
			caught "$access" untrue
		done
		caught "MSR write" unwritten
		caught "PCI write" unwritten
		;;
	cheat-STALE)
		caught "MSR read" untrue
		caught "PCI read" untrue
		check "... its writes are right" has_figures "MSR write" msrd
		;;
	cheat-DROPPING | cheat-LATE)
		caught "MSR write" unwritten
		caught "PCI write" unwritten
		check "... its reads are right" has_figures "MSR read" msrd
		;;
	cheat-YES)
		caught CHECK untrue
		check "... its reads are right" has_figures "MSR read" msrd
		;;
	cheat-RESTLESS)
		check "... it does not stay where it is said to be" \
			grep -q "$name: does not stay on the CPUs" "$work/out"
		;;
	*)
		check "$name is a cheat that this test knows" false
		;;
	esac
done

bench --reference "$(realpath "$1")"
check "who cheats in the reference daemon's place is found out" ends_with 1
check "... in its row" is_void "MSR read" likwid-accessD untrue
check "... and msrd's has its figures" has_figures "MSR read" msrd

finish
