#!/bin/sh
# SPDX-License-Identifier: MIT
# msrctl stat --per of the default figures on the simulated node, whose clock stands but for two seconds: what there
# is of CPUs and sockets is added up exactly, in every format.
# usage: msrctl-levels.sh FUSE-MSR MSRD MSRCTL FIXTURE-FOLDER

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$(realpath "$3") small=$4/xeon-e5-2680-2x1 ivy=$4/xeon-e5-2680v2-2s
here=$(dirname "$(realpath "$0")")

need_node
need jq python3
export msrd msrctl work here
unset COLUMNS NO_COLOR

# stat ARGUMENT…: of two seconds, into $work/out
stat() {
	manual "$small" "$msrctl" stat --daemon "$msrd" "$@" -- \
		sh -c "echo +2s >/sys/devices/sim/clock" >"$work/out" 2>"$work/err" || { cat "$work/err"; false; }
}

# refuses TEXT ARGUMENT…: wrong usage, and it is said which
refuses() {
	text=$1
	shift
	manual "$small" "$msrctl" stat --daemon "$msrd" "$@" >"$work/out" 2>"$work/err"
	[ $? = 2 ] && grep -qF -e "$text" "$work/err" || { cat "$work/err"; false; }
}

jq_says() {
	jq -e "$@" >/dev/null
}

is() {
	diff "$work/$1.wanted" "$work/$1"
}

# --- each level of each node, against the workload
cat >"$work/level" <<'END'
"$msrctl" stat --daemon "$msrd" --format ndjson --per "$1" -o "$work/level.ndjson" -- \
	sh -c "echo +2s >/sys/devices/sim/clock" && python3 "$here/levels.py" "$1" 2 "$work/level.ndjson"
END
for node in "$small" "$ivy"; do
	for level in cpu core numa socket node box; do
		check "$(basename "$node"): figures and amounts per $level are those of the workload, added up" \
			manual "$node" sh "$work/level" $level
	done
done
cat >"$work/runs" <<'END'
"$msrctl" stat --daemon "$msrd" --format ndjson --per "$1" -r 3 -o "$work/runs.ndjson" -- \
	sh -c "echo +2s >/sys/devices/sim/clock" && python3 "$here/levels.py" "$1" 2 "$work/runs.ndjson"
END
check "... of each run of --repeat, and their mean" manual "$small" sh "$work/runs" node
check "... which has a deviation of 0" jq_says -s 'map(select(.kind == "summary").records[]) |
	length == 15 and all(.stddev == 0 and .n == 3)' "$work/runs.ndjson"
stat --per socket -r 2
check "... and people get the summary of each place" \
	grep -q '^socket 1  *memory_read_bytes  *9000000000  *0  *9000000000  *9000000000  *2 B' "$work/out"

# --- formats
stat --per node
cp "$work/out" "$work/table"
cat >"$work/table.wanted" <<'END'
INTERVAL SECONDS COMMAND
       1   2.000 exit status 0

PLACE METRIC                              VALUE UNIT OF        MIN        MAX    AVERAGE
node  instructions_per_second        7225000000 1/s   2 2975000000 4250000000 3612500000
node  cycles_per_second              6900000000 1/s   2 3400000000 3500000000 3450000000
node  cpi                                 0.955 -     2        0.8      1.176     0.9882
node  clock_mhz                            3450 MHz   2       3400       3500       3450
node  memory_read_bytes_per_second  10500000000 B/s   2 4500000000 6000000000 5250000000
node  memory_write_bytes_per_second  5250000000 B/s   2 2250000000 3000000000 2625000000
node  package_watts                       81.50 W     2         39      42.50      40.75
node  dram_watts                          17.25 W     2      7.750      9.500      8.625

Total of sh: 2.000 s, exit status 0

PLACE METRIC                   VALUE UNIT OF        MIN         MAX     AVERAGE
node  instructions       14450000000 -     2 5950000000  8500000000  7225000000
node  cycles             13800000000 -     2 6800000000  7000000000  6900000000
node  active_seconds               4 s     2          2           2           2
node  memory_read_bytes  21000000000 B     2 9000000000 12000000000 10500000000
node  memory_write_bytes 10500000000 B     2 4500000000  6000000000  5250000000
node  package_joules             163 J     2         78          85       81.50
node  dram_joules              34.50 J     2      15.50          19       17.25
END
check "people get a row for each value, and the clock is no sum" is table
stat --per node --json
jq -c '.figures[] | [.place, .scope, .number, .socket, .metric, .value, .unit, .n, .min, .max, .average, .reason]' \
	"$work/out" >"$work/json"
cat >"$work/json.wanted" <<'END'
["node","node",null,null,"instructions_per_second",7225000000,"1/s",2,2975000000,4250000000,3612500000,null]
["node","node",null,null,"cycles_per_second",6900000000,"1/s",2,3400000000,3500000000,3450000000,null]
["node","node",null,null,"cpi",0.955017301038062,null,2,0.8,1.17647058823529,0.988235294117647,null]
["node","node",null,null,"clock_mhz",3450,"MHz",2,3400,3500,3450,null]
["node","node",null,null,"memory_read_bytes_per_second",10500000000,"B/s",2,4500000000,6000000000,5250000000,null]
["node","node",null,null,"memory_write_bytes_per_second",5250000000,"B/s",2,2250000000,3000000000,2625000000,null]
["node","node",null,null,"package_watts",81.5,"W",2,39,42.5,40.75,null]
["node","node",null,null,"dram_watts",17.25,"W",2,7.75,9.5,8.625,null]
END
check "JSON has them as figures" is json
check "... and the totals beside them" jq_says '.totals | map(select(.metric == "package_joules").value) == [163]' "$work/out"
stat --per socket --format csv --columns place,metric,value,n,min,max,average
tr -d '\r' <"$work/out" | grep '^socket 1,' | head -8 >"$work/csv"
cat >"$work/csv.wanted" <<'END'
socket 1,instructions_per_second,4250000000,1,4250000000,4250000000,4250000000
socket 1,cycles_per_second,3400000000,1,3400000000,3400000000,3400000000
socket 1,cpi,0.8,1,0.8,0.8,0.8
socket 1,clock_mhz,3400,1,3400,3400,3400
socket 1,instructions,8500000000,1,8500000000,8500000000,8500000000
socket 1,cycles,6800000000,1,6800000000,6800000000,6800000000
socket 1,active_seconds,2,1,2,2,2
socket 1,memory_read_bytes_per_second,4500000000,1,4500000000,4500000000,4500000000
END
check "CSV too" is csv
stat --per node --format openmetrics
"$here/openmetrics.py" "$work/out" >"$work/samples"
cat >"$work/lines.wanted" <<'END'
msrctl_instructions_total{place="node",scope="node"} 14450000000
msrctl_package_joules_total{place="node",scope="node"} 163
msrctl_clock_hertz{place="node",scope="node"} 3450000000
msrctl_memory_read_bytes_per_second{place="node",scope="node"} 10500000000
END
grep -xFf "$work/lines.wanted" "$work/samples" >"$work/lines"
check "and OpenMetrics, where each is there once" is lines
check "... without those of single CPUs" [ "$(grep -c 'scope="cpu"' "$work/samples")" = 0 ]
stat --per node --raw --format ndjson
check "--raw adds up what the counters have" jq_says -s '.[0].records |
	map([.metric, .value, .encoding]) | contains([["package_energy_units", 10682368, "RAPL_ENERGY_PKG"]])' "$work/out"

# --- what there is not
timeout 60 "$fuse_msr" run --daemon "$msrd" --clock manual --fault "set 1 0x38d 0xb0" "$small" -- \
	"$msrctl" stat --daemon "$msrd" --per node -- sh -c "echo +2s >/sys/devices/sim/clock" >"$work/out" 2>/dev/null
check "a sum of what could not be measured is n/a, and says of whom" \
	grep -q '^node  *cpi  *n/a  *-  *2 .* cpu 1: .*the kernel holds fixed counter' "$work/out"
check "... the others are there" grep -q '^node  *package_watts  *81.50 W' "$work/out"
check "--expect is of single CPUs" refuses "it does not go with --per" --per node --expect /sys/devices/sim/workload
check "levels that there are not are said" refuses "there are box cpu core numa socket node" --per rack

finish
