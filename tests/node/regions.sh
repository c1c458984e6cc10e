#!/bin/sh
# SPDX-License-Identifier: MIT
# Regions that programs and scripts mark, on the simulated node, whose clock only they move: what each
# counted is exact. CPU 0 (of socket 0) does 2,975 million instructions a second, CPU 1 (of socket 1)
# 4,250 million; the sockets take 42.5 and 39 W.
# usage: regions.sh FUSE-MSR MSRD MSRCTL FIXTURE REGIONS LIBMSRD MSRD.PY

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$(realpath "$3") fixture=$4 regions=$(realpath "$5")
LIBMSRD=$(realpath "$6") examples=$(dirname "$(realpath "$7")") PYTHONDONTWRITEBYTECODE=1
clock=/sys/devices/sim/clock

need_node
need jq python3
[ "$(nproc)" -ge 2 ] || skip "threads need two CPUs to be on"
export msrd msrctl work clock LIBMSRD PYTHONDONTWRITEBYTECODE

node() {
	timeout 60 "$fuse_msr" run --daemon "$msrd" --clock manual "$fixture" -- "$@"
}

# measure ARGUMENT…: of msrctl stat; what it says is in $work/err, its figures in $work/figures
measure() {
	node "$msrctl" stat --json --daemon "$msrd" --regions -e instructions,RAPL_ENERGY_PKG "$@" \
		>"$work/json" 2>"$work/err"
	status=$?
	sed -n '/^{/,$p' "$work/json" | jq -r '.regions[] |
		"\(.region) \(.by) \(.place) \(.calls) \(.seconds + 0) \(.lost) \(.name) \(
			if .value then .value + 0 else null end)"' \
		>"$work/figures" || cat "$work/json" "$work/err"
	return $status
}

# has LINE…: these are the figures, and no others of the region of the first
has() {
	for line; do
		grep -qxF -e "$line" "$work/figures" || { echo "not there: $line"; cat "$work/figures"; return 1; }
	done
	[ "$(grep -c "^${1%% *} " "$work/figures")" = $# ] || { cat "$work/figures"; false; }
}

says() {
	grep -q -e "$1" "$work/err" || { cat "$work/err"; false; }
}

threads() {
	sed -n '/^{/,$p' "$work/json" |
		jq -r '.threads[] | "\(.region) \(.cpu) \(.calls) \(.seconds + 0) \(.moved) \(.note)"' |
		grep -qxF -e "$1" || { cat "$work/json"; false; }
}

# refuses STATUS TEXT COMMAND…
refuses() {
	wanted=$1 text=$2
	shift 2
	node "$@" >"$work/out" 2>"$work/err"
	[ $? = "$wanted" ] && says "$text"
}

# --- one thread
check "a program's regions are counted" measure -- "$regions" begin:a step:1 end:a step:4 begin:a step:2 end:a
check "... exactly, each call, on its CPU and socket" has \
	"a program cpu 0 2 3 0 instructions 8925000000" \
	"a program socket 0 2 3 0 RAPL_ENERGY_PKG 127.5" \
	"a program node 2 3 0 instructions 8925000000" "a program node 2 3 0 RAPL_ENERGY_PKG 127.5"
check "... and where its thread ran" threads "a 0 2 3 0 null"
measure -- "$regions" begin:a step:1 begin:b step:2 end:b step:3 begin:b step:1 end:b end:a
check "regions within a region: the inner one is counted in both" has \
	"b program cpu 0 2 3 0 instructions 8925000000" \
	"b program socket 0 2 3 0 RAPL_ENERGY_PKG 127.5" \
	"b program node 2 3 0 instructions 8925000000" "b program node 2 3 0 RAPL_ENERGY_PKG 127.5"
check "... and the outer one is all of it" grep -qxF "a program cpu 0 1 7 0 instructions 20825000000" "$work/figures"

# --- several
check "two threads, each on its CPU" measure -- "$regions" begin:a step:1 1@begin:a step:2 end:a step:1 1@end:a
check "... are counted each, and added up" has \
	"a program cpu 0 1 3 0 instructions 8925000000" "a program cpu 1 1 3 0 instructions 12750000000" \
	"a program socket 0 1 3 0 RAPL_ENERGY_PKG 127.5" "a program socket 1 1 3 0 RAPL_ENERGY_PKG 117" \
	"a program node 2 4 0 instructions 21675000000" "a program node 2 4 0 RAPL_ENERGY_PKG 244.5"
check "two processes in one region" measure -- "$regions" begin:a step:1 end:a fork begin:a step:1 end:a
check "... are one region" has \
	"a program cpu 0 2 2 0 instructions 5950000000" "a program socket 0 2 2 0 RAPL_ENERGY_PKG 85" \
	"a program node 2 2 0 instructions 5950000000" "a program node 2 2 0 RAPL_ENERGY_PKG 85"
node "$msrctl" stat --daemon "$msrd" --regions -g clock,memory -- "$regions" begin:solve step:2 end:solve >"$work/table"
check "people get a table of each region, with the figures of groups" \
	grep -q '^solve  *CALLS  *SECONDS  *CPI  *IPC .*READ BANDWIDTH' "$work/table"
check "... that are those of the CPU" grep -q '^cpu 0  *1  *2\.000000  *1\.176  *0\.85  *3500  *100\.0  *2975 M  *-' "$work/table"
check "... and of its socket" grep -q '^socket 0  *1  *2\.000000  *-  *-  *-  *-  *-  *6000 M  *2250 M  *8250 M  *16\.50 G' "$work/table"
check "not all CPUs" measure -c 1 -- "$regions" 1@begin:a 1@step:1 1@end:a
check "... those are counted" grep -qxF "a program cpu 1 1 1 0 instructions 4250000000" "$work/figures"
measure -c 1 -- "$regions" begin:a step:1 end:a
check "... and of others it is said that they are not" says "region a: thread .* was in it on CPU 0, which is not measured: see -c"

# --- what is wrong
measure -- "$regions" begin:a step:1 cpu:1 end:a begin:a step:1 end:a
status=$?
check "a thread that went to another CPU is not counted there" has \
	"a program cpu 0 0 0 1 instructions null" "a program socket 0 0 0 1 RAPL_ENERGY_PKG null" \
	"a program cpu 1 1 1 0 instructions 4250000000" "a program socket 1 1 1 0 RAPL_ENERGY_PKG 39" \
	"a program node 1 1 1 instructions 4250000000" "a program node 1 1 1 RAPL_ENERGY_PKG 39"
check "... which is said" says "region a: thread .* began it on CPU 0 and ended it on CPU 1: not counted (1 calls); pin"
check "... and is a failure" [ $status = 1 ]
check "... its row says so, too" threads "a 0 0 0 1 null"
measure -- sh -c '"$0" end:a begin:b step:1 end:b begin:c 1@end:c "begin:no name"' "$regions"
check "a region that was not begun is said" says "region a: thread .* ended it without having begun it"
check "... one that never ended as well" says "region c: thread .* began it and never ended it"
check "... and one that another thread ended" says "region c: thread .* ended what thread .* had begun"
check "... and what is no name" says '"no name" is no name of a region: 1 to 63 letters'
check "... the program hears of it, and goes on" [ "$(sed '/^{/,$d' "$work/json" | tr '\n' ' ')" = "end:a: -2 end:c: -2 begin:no name: -22 " ]
check "... and what was right is counted" grep -qxF "b program cpu 0 1 1 0 instructions 2975000000" "$work/figures"
measure -- "$regions" begin:a step:1 end:a begin:a step:2 kill
status=$?
check "of a killed program what it ended is there" has \
	"a program cpu 0 1 1 0 instructions 2975000000" "a program socket 0 1 1 0 RAPL_ENERGY_PKG 42.5" \
	"a program node 1 1 0 instructions 2975000000" "a program node 1 1 0 RAPL_ENERGY_PKG 42.5"
check "... its end is the status" [ $status = 137 ]
check "... and what it began is said" says "never ended it: that call is not counted"
measure -- "$regions" 1@begin:a step:1 join:1 2>&1
check "a thread that ended in a region never ended it" threads "a 1 0 0 0 never ended"
measure -- "$regions" begin:a step:1 end:a begin:a step:1 orphan end:a begin:a step:1 end:a
check "a daemon that is killed takes no more than what it could not read" \
	grep -qxF "a program cpu 0 1 1 2 instructions 2975000000" "$work/figures"
check "... and why is said" says "region a: not all calls are counted: the daemon .* is gone: .*signal 9"
mkdir "$work/bin"
ln -s "$msrd" "$work/bin/msrd"
node "$msrctl" stat --daemon "$work/bin/msrd" --regions -e instructions -- \
	sh -c 'rm "$work/bin/msrd"; "$0" begin:a end:a' "$regions" >"$work/out" 2>"$work/err"
check "a program that finds no daemon goes on, and its measurement says why" \
	says "process .* could not read counters for its regions: .*/msrd"
measure -- true
check "a command without marks is told how to have some" says "no region was marked: .*MSRD_MARKS"

# --- without a measurement
check "marks do nothing where nobody measures" [ -z "$(node "$regions" begin:a end:b "begin:no name" 2>&1)" ]
check "... nor where nobody measures regions" node "$msrctl" stat --daemon "$msrd" -e instructions -- "$regions" end:a >"$work/out"
check "... which is seen from what they print" [ "$(head -c 8 "$work/out")" = INTERVAL ]
check "... and where the measurement is not to be reached they say so" \
	[ "$(node env MSRD_REGIONS=/nonexistent "$regions" begin:a)" = "begin:a: -2" ]
echo none >"$work/none"
check "a file that is no measurement is none" \
	[ "$(node env MSRD_REGIONS="$work/none" "$regions" begin:a)" = "begin:a: -71" ]

# --- scripts
cat >"$work/script" <<'END'
"$msrctl" region begin all
echo +1s >$clock
"$msrctl" region begin part
echo +2s >$clock
"$msrctl" region end part
"$msrctl" region end all
END
check "a script marks by msrctl region" measure -- sh "$work/script"
check "... all CPUs and sockets" has \
	"all script cpu 0 1 3 0 instructions 8925000000" "all script cpu 1 1 3 0 instructions 12750000000" \
	"all script socket 0 1 3 0 RAPL_ENERGY_PKG 127.5" "all script socket 1 1 3 0 RAPL_ENERGY_PKG 117" \
	"all script node 1 3 0 instructions 21675000000" "all script node 1 3 0 RAPL_ENERGY_PKG 244.5"
check "... also within each other" grep -qxF "part script cpu 1 1 2 0 instructions 8500000000" "$work/figures"
cat >"$work/script" <<'END'
echo "begin piped" >$MSRD_MARKS
"$msrctl" region begin here # answered behind the line before it
echo +2s >$clock
echo "end piped" >$MSRD_MARKS
"$msrctl" region end here
echo +1s >$clock
printf 'begin twice\nend twice\nbegin twice\nend twice\n' >$MSRD_MARKS
END
check "... or by lines to the pipe" measure -- sh "$work/script"
check "... which count the same" grep -qxF "piped script cpu 1 1 2 0 instructions 8500000000" "$work/figures"
check "... also several at once, and the last before it ends" grep -qxF "twice script cpu 0 2 0 0 instructions 0" "$work/figures"
cat >"$work/script" <<'END'
echo "begn x" >$MSRD_MARKS
echo "begin 'x'" >$MSRD_MARKS
head -c 5000 /dev/zero | tr '\0' x >$MSRD_MARKS
echo >$MSRD_MARKS
"$msrctl" region end never
echo $? >"$work/status"
"$msrctl" region begin open
echo "begin x" >/proc/$PPID/nothing 2>/dev/null
true
END
measure -- sh "$work/script"
check "a line that is none is said" says "begn is no mark of a region: a line is \"begin NAME\" or \"end NAME\""
check "... or has no name" says "'x' is no name of a region"
check "... or is too long" says "^msrctl: xxx*.* is no mark of a region"
check "... an end without a begin too, also by the command's status" [ "$(cat "$work/status")" = 2 ]
check "... in words" says "region never was ended by a script and not begun by one"
check "... and a begin without an end" says "region open: a script began it and never ended it"
check "msrctl region does nothing where nobody measures" node "$msrctl" region begin x
check "... but knows what is no mark" refuses 2 "bgin: begin or end?" "$msrctl" region bgin x
check "... and no name" refuses 2 "x y is no name of a region" "$msrctl" region begin "x y"
check "... and that its measurement has ended" refuses 1 "has ended" env MSRD_MARKS=/nonexistent "$msrctl" region begin x

# --- other ways
cat >"$work/marks.py" <<'END'
import os, sys
os.sched_setaffinity(0, [1])
sys.path.insert(0, sys.argv[1])
import msrd
with msrd.region("python"):
    open(os.environ["clock"], "w").write("+2s\n")
END
# a library with a sanitizer wants to be the first that is loaded
if grep -q __asan_init "$msrctl"; then
	echo "left out: Python's marks: python3 is loaded before the sanitizer"
else
	check "Python marks too" measure -- python3 "$work/marks.py" "$examples"
	check "... the same" grep -qxF "python program cpu 1 1 2 0 instructions 8500000000" "$work/figures"
fi
timeout 60 "$fuse_msr" run --as-root --clock manual "$fixture" -- "$msrctl" stat --direct --json --regions \
	-e instructions -- "$regions" begin:a step:1 end:a >"$work/json" 2>"$work/err"
check "without a daemon a program reads the device files itself" \
	[ "$(jq -r '.regions[] | select(.scope == "cpu") | .value' "$work/json")" = 2975000000 ]

# --- usage
check "regions are of events" refuses 2 "of which events, -e or -g" "$msrctl" stat --regions -- true
check "... and of a command" refuses 2 "of which COMMAND" "$msrctl" stat --regions -e instructions
check "... and all of it" refuses 2 "none of -i, -n and -r" "$msrctl" stat --regions -e instructions -n 2 -- true
check "... with places of their own" refuses 2 "does not go with --per" \
	"$msrctl" stat --regions -e instructions --per node -- true
events=$(for i in 0 1 2 3 4 5 6 7 8; do printf 'cpu/event=0x1%s/,' $i; done)
check "... and no turns" refuses 2 "with --regions events take no turns" \
	"$msrctl" stat --daemon "$msrd" --regions -e "${events%,}" -- true

as_others "$0" "$@"
finish
