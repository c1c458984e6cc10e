#!/bin/sh
# SPDX-License-Identifier: MIT
# Regions that programs and scripts mark, on the simulated node, whose clock only they move: what each
# counted is exact. CPU 0 (of socket 0) does 2,975 million instructions a second, CPU 1 (of socket 1)
# 4,250 million; the sockets take 42.5 and 39 W.
# usage: regions.sh FUSE-MSR MSRD MSRCTL FIXTURE REGIONS LIBMSRD MSRD.PY PAGE

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$(realpath "$3") fixture=$4 regions=$(realpath "$5")
LIBMSRD=$(realpath "$6") examples=$(dirname "$(realpath "$7")") PYTHONDONTWRITEBYTECODE=1
clock=/sys/devices/sim/clock here=$(dirname "$0") page=$8

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

jq_says() {
	jq -e "$@" >/dev/null
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

# --- formats: the same values, two threads in a region and a script in another
cat >"$work/both" <<'END'
"$msrctl" region begin outer && "$1" begin:a step:1 1@begin:a step:2 end:a step:1 1@end:a && "$msrctl" region end outer
END
# as FORMAT: into $work/out
as() {
	node "$msrctl" stat --daemon "$msrd" --regions -e instructions,RAPL_ENERGY_PKG -g clock --format "$1" -- \
		sh "$work/both" "$regions" >"$work/out" 2>"$work/err" || { cat "$work/err"; false; }
}
cat >"$work/values.wanted" <<'END'
a cpu 0 calls 1
a cpu 0 clock clock 3500
a cpu 0 instructions 8925000000
a cpu 0 lost 0
a cpu 0 seconds 3
a cpu 1 calls 1
a cpu 1 clock clock 3400
a cpu 1 instructions 12750000000
a cpu 1 lost 0
a cpu 1 seconds 3
a node calls 2
a node clock clock 3450
a node instructions 21675000000
a node lost 0
a node RAPL_ENERGY_PKG 244.5
a node seconds 4
a socket 0 calls 1
a socket 0 lost 0
a socket 0 RAPL_ENERGY_PKG 127.5
a socket 0 seconds 3
a socket 1 calls 1
a socket 1 lost 0
a socket 1 RAPL_ENERGY_PKG 117
a socket 1 seconds 3
a thread on 0 calls 1
a thread on 0 moved 0
a thread on 0 seconds 3
a thread on 1 calls 1
a thread on 1 moved 0
a thread on 1 seconds 3
outer cpu 0 calls 1
outer cpu 0 clock clock 3500
outer cpu 0 instructions 11900000000
outer cpu 0 lost 0
outer cpu 0 seconds 4
outer cpu 1 calls 1
outer cpu 1 clock clock 3400
outer cpu 1 instructions 17000000000
outer cpu 1 lost 0
outer cpu 1 seconds 4
outer node calls 1
outer node clock clock 3450
outer node instructions 28900000000
outer node lost 0
outer node RAPL_ENERGY_PKG 326
outer node seconds 4
outer socket 0 calls 1
outer socket 0 lost 0
outer socket 0 RAPL_ENERGY_PKG 170
outer socket 0 seconds 4
outer socket 1 calls 1
outer socket 1 lost 0
outer socket 1 RAPL_ENERGY_PKG 156
outer socket 1 seconds 4
END
# what a thread is called is the system's: its CPU is known. Of the group one metric will do.
cat >"$work/values.py" <<'END'
import csv, json, re, sys
form, path = sys.argv[1:]
with open(path, newline="") as text:
    if form == "csv":
        rows = list(csv.DictReader(text))
    elif form == "ndjson":
        rows = [dict(record, kind=line["kind"]) for line in map(json.loads, text) for record in line["records"]]
    else:
        rows = []
        for line in text:
            match = re.match(r'msrctl_region_(\w+?)(_total)?{(.*)} (\S+)$', line)
            if not match or match[1].endswith("_created"):
                continue
            row = dict(re.findall(r'(\w+)="([^"]*)"', match[3]), value=match[4], kind="total")
            row.setdefault("metric", row.get("event", match[1]))
            rows.append(row)
for row in rows:
    if not row.get("region"):
        continue
    # of the whole run, once; by whom it was marked
    assert row["kind"] == "total" and row["by"] == {"a": "program", "outer": "script"}[row["region"]], row
    place, value, metric = row["place"], float(row["value"]), row["metric"]
    if row.get("thread"):
        assert place == f"thread {row['thread']}" and row["scope"] == "thread" and int(row["process"]) > 0, row
        place = f"thread on {row['cpu']}"
    if row.get("group"):
        if metric != "clock":
            continue
        metric, value = "clock clock", value / (1e6 if form == "openmetrics" else 1)
    print(row["region"], place, metric, f"{value:.15g}")
END
for form in csv ndjson openmetrics; do
	as $form
	python3 "$work/values.py" $form "$work/out" | sort -f >"$work/values"
	check "$form has each value of each region, and of each thread" diff "$work/values.wanted" "$work/values"
done
check "... which is what parsers of OpenMetrics read" sh -c '"$1" "$2" >/dev/null' sh "$here/openmetrics.py" "$work/out"
as ndjson
check "... and what is not a region's has none" jq_says -s 'all(.[].records[] | select(.region == null); .by == null and .thread == null) and
	([.[].records[] | select(.region == null and .metric == "instructions" and .place == "cpu 0").value] == [11900000000, 11900000000])' \
	"$work/out"
# renaming one breaks who reads them: whoever does has to say so here, too
jq -rs '.[1].records[0] | keys_unsorted | join(" ")' "$work/out" | sed 's/.* divisor //' >"$work/keys"
check "keys of regions stay what they are" [ "$(cat "$work/keys")" = "region by process thread cpu note" ]
sed -n '/^## Regions/,/^# /s/^\(|  \|\[\[ \)\*\([a-z_]*\)\*$/\2/p' "$page" | tr '\n' ' ' >"$work/keys"
check "... and stand in the manual page, in their order" [ "$(cat "$work/keys")" = "region by process thread cpu note " ]
node "$msrctl" stat --daemon "$msrd" --regions -e instructions --format csv -o "$work/regions.csv" -- \
	"$regions" cpu:1 begin:a step:1 cpu:0 end:a 2>/dev/null
check "what could not be counted is empty, with the reason, and what was lost is said" [ "$(python3 -c 'if 1:
	import csv, sys
	for row in csv.DictReader(open(sys.argv[1], newline="")):
		if row["region"] and row["place"] == "node":
			print(row["metric"], row["value"], row["reason"])' "$work/regions.csv")" = "calls 0 
seconds 0 
lost 1 
instructions  no call of it was counted: threads moved, or a process was killed in it" ]

# --- usage
check "regions are of events" refuses 2 "of which events, -e or -g" "$msrctl" stat --regions -- true
check "... and of a command" refuses 2 "of which COMMAND" "$msrctl" stat --regions -e instructions
check "... and all of it" refuses 2 "none of -i, -n and -r" "$msrctl" stat --regions -e instructions -n 2 -- true
check "... with places of their own" refuses 2 "does not go with --per" \
	"$msrctl" stat --regions -e instructions --per node -- true
check "... and columns of its own" refuses 2 "goes with neither --raw nor --columns" \
	"$msrctl" stat --regions -e instructions --format csv --columns place,value -- true
events=$(for i in 0 1 2 3 4 5 6 7 8; do printf 'cpu/event=0x1%s/,' $i; done)
check "... and no turns" refuses 2 "with --regions events take no turns" \
	"$msrctl" stat --daemon "$msrd" --regions -e "${events%,}" -- true

as_others "$0" "$@"
finish
