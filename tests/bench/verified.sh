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

rounds=2
# bench ARGUMENT…: so many rounds; what is printed is in $work/out
bench() {
	"$here/latency.sh" "$build" "$@" --rounds $rounds --most 100 >"$work/out" 2>&1
	status=$?
	cat "$work/out"
}

# rows ACCESS BY: what the table says of it, on one CPU, on two, and free
rows() {
	sed -nE "s/^$1 +$2 +(SAME|TWO|FREE) +//p" "$work/out"
}

n_ways=2
! [ "$(nproc)" -gt 1 ] || n_ways=3

# all_rows ACCESS BY PATTERN: as many as there are ways to run, and each is like that
all_rows() {
	[ "$(rows "$1" "$2" | grep -Ecx "$3")" = $n_ways ]
}

has_figures() {
	all_rows "$1" "$2" '[0-9]+ +[0-9]+ +[0-9]+ +([0-9.]+|-) +([0-9.]+|-) +right *'
}

is_void() {
	all_rows "$1" "$2" "(- +){5}$3 *"
}

# of daemons: the number of CPUs, then when it was there, and on one CPU what it takes
daemon_has_figures() {
	[ "$(grep -Ec "^$1 +2 +(SAME|TWO|FREE) +([0-9]+ +){3}([0-9.]+ +|- +){4}right" "$work/out")" = \
		$n_ways ] && grep -Eq "^$1 +2 +SAME +([0-9.]+ +){7}right" "$work/out"
}

start_is_void() {
	[ "$(grep -Ec "^$1 +2 +(SAME|TWO|FREE) +(- +){3}.*$2" "$work/out")" = $n_ways ]
}

# in order, the shortest before the median before the longest
is_in_order() {
	rows "MSR read" msrd | awk '$2 <= $1 && $1 <= $3 {n++} END {exit n != NR || NR == 0}'
}

# a batch costs what it costs, and each of its operations less than one alone
is_cheaper_by_batch() {
	[ "$(rows "batch 100" msrd | awk 'NR == 1 {print $2}')" -lt \
		"$(rows "MSR read" msrd | awk 'NR == 1 {print $2}')" ]
}

lines_up() {
	[ "$(wc -L <"$work/out")" -lt 90 ]
}

is_json() {
	python3 -c 'import json, sys; json.load(open(sys.argv[1]))["latency"][0]["median_ns"] + 0' \
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
	for access in "MSR read" "MSR write" "PCI read" "PCI write" CHECK "batch 1" "batch 100"; do
		check "... $access" has_figures "$access" msrd
	done
	check "... start, and what a daemon takes" daemon_has_figures msrd
	check "... the median lies between" is_in_order
	check "... an access of a batch of 100 costs less than one alone" is_cheaper_by_batch
	check "... four system calls a read" grep -Eq "^msrd +2 +SAME +([0-9]+ +){5}4\.0 " "$work/out"
	check "... a target is met or missed" \
		grep -Eq "^MSR read: msrd by floor +SAME +[0-9.]+ +1\.100 +(met|missed)" "$work/out"
	check "... in less than 90 columns" lines_up
done
check "the first line says the machine" \
	sh -c 'head -n 2 "$1" | tr "\n" " " | grep -q "CPU.*Linux $(uname -r).*plain files"' - "$work/out"

rounds=1
export REFERENCE= # it has been compared above
bench --plain --starts --out "$work/figures"
check "starts alone" daemon_has_figures msrd
check "... no accesses" [ -z "$(rows "MSR read" msrd)" ]
cp "$work/figures/figures.json" "$work/out"
check "... and JSON in a folder" \
	jq -e '.daemons[0] | .start_us > 0 and .rss_kib > 0 and .cpus == 2' "$work/out"

bench --json --out "$work/figures"
check "for scripts: JSON" is_json
check "the distribution, for pictures" \
	[ "$(awk -F '\t' '$1 == "batch 10" && $2 == "msrd" && $3 == "SAME"' \
		"$work/figures/distributions.tsv" | wc -l)" = 101 ]
if command -v gnuplot >/dev/null; then
	check "pictures" "$here/pictures.sh" "$work/figures"
	check "... of both" grep -q '</svg>' "$work/figures/cost.svg" "$work/figures/distributions.svg"
else
	check "no pictures without gnuplot, which is told" \
		sh -c '"$1/pictures.sh" "$2" | grep -q gnuplot' - "$here" "$work/figures"
fi

# on one CPU there are no two, and it says so
cpu=$(taskset -cp $$)
cpu=${cpu##*: }
cpu=${cpu%%[,-]*}
taskset -c "$cpu" "$here/latency.sh" "$build" --rounds 1 --most 1 >"$work/out" 2>&1
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
		for access in "MSR read" "PCI read" CHECK "batch 10"; do
			caught "$access" untrue
		done
		check "... start is untrue" start_is_void msrd untrue
		caught "MSR write" unwritten
		caught "PCI write" unwritten
		;;
	cheat-STALE)
		caught "MSR read" untrue
		caught "PCI read" untrue
		caught "batch 100" untrue
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
