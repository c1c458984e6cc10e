#!/bin/sh
# SPDX-License-Identifier: MIT
# Time and totals of msrctl stat on the simulated node, whose clock stands but for what COMMAND says:
# whole commands, repeats, delay and timeout, and energies of too short a time.
# usage: msrctl-runs.sh FUSE-MSR MSRD MSRCTL FIXTURE-FOLDER

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$(realpath "$3") small=$4/xeon-e5-2680-2x1

need_node
need jq
export msrd msrctl work
unset COLUMNS NO_COLOR

# stat ARGUMENT…: on a node whose clock stands; output goes to $work/out, errors to $work/err
stat() {
	timeout 60 "$fuse_msr" run --daemon "$msrd" --clock manual "$small" -- \
		"$msrctl" stat --daemon "$msrd" "$@" >"$work/out" 2>"$work/err"
}

# ends_with STATUS ARGUMENT…
ends_with() {
	wanted=$1
	shift
	stat "$@"
	[ $? = "$wanted" ] || { cat "$work/out" "$work/err"; false; }
}

# jq_says ARGUMENT…: it is true
jq_says() {
	jq -e "$@" >/dev/null
}

is() {
	diff "$work/$1.wanted" "$work/$1"
}

advance() {
	echo "echo +$1s >/sys/devices/sim/clock"
}

# --- totals of a whole COMMAND
stat -- sh -c "$(advance 2)"
sed -n '/^Total/,$p' "$work/out" >"$work/totals"
cat >"$work/totals.wanted" <<'END'
Total of sh: 2.000 s, exit status 0

CPU INSTRUCTIONS      CYCLES ACTIVE S
  0   5950000000  7000000000    2.000
  1   8500000000  6800000000    2.000
all  14450000000 13800000000    4.000

SOCKET  MEM READ B MEM WRITE B PACKAGE J DRAM J
     0 12000000000  4500000000    85.000 19.000
     1  9000000000  6000000000    78.000 15.500
   all 21000000000 10500000000   163.000 34.500
END
check "joules, bytes and instructions of a whole COMMAND follow its end" is totals
cat >"$work/steps" <<'END'
for i in 1 2 3 4; do echo +0.5s >/sys/devices/sim/clock; sleep 0.2; done
END
stat -i 0.2 -- sh "$work/steps"
sed -n '/^Total/,$p' "$work/out" >"$work/totals"
check "... also when it was measured in several intervals" is totals
check "... which are there before" [ "$(grep -c '^INTERVAL' "$work/out")" -gt 1 ]
stat -i 0.2 -e instructions,RAPL_ENERGY_PKG -g memory -- sh "$work/steps"
sed -n '/^Total/,$p' "$work/out" >"$work/totals"
check "... of events" grep -q '^cpu 1  *instructions  *8500000000 ' "$work/totals"
check "... and energies" grep -q '^socket 0  *RAPL_ENERGY_PKG  *85.0000 J ' "$work/totals"
check "... and groups, whose rates are averages then" grep -q '^socket 1  *4500 M  *3000 M  *7500 M  *15.00 G$' "$work/totals"
stat -e instructions -- sh -c "$(advance 2)"
check "... once where there is one interval" [ "$(grep -c 'cpu 1  *instructions' "$work/out")" = 1 ]

# --- repeats
cat >"$work/longer" <<'END'
n=$(($(cat "$work/n" 2>/dev/null || echo 0) + 1))
echo $n >"$work/n"
echo +${n}s >/sys/devices/sim/clock
[ $n != "$1" ] || exit 3
END
check "-r runs COMMAND as often" ends_with 0 -r 3 --format ndjson -- sh "$work/longer"
check "... each is an interval" jq_says -s 'map(select(.kind == "interval").seconds) == [1, 2, 3]' "$work/out"
# 2975, 5950 and 8925 million: the deviation of a sample is 2975 million
check "... with the mean, the standard deviation, the least and the most" jq_says -s '.[-1] | .kind == "summary" and
	(.records[] | select(.place == "cpu 0" and .metric == "instructions") | [.value, .stddev, .min, .max, .n] ==
	[5950000000, 2975000000, 2975000000, 8925000000, 3])' "$work/out"
check "... of joules, too" jq_says -s '.[-1].records[] | select(.place == "socket 0" and .metric == "package_joules") |
	[.value, .stddev, .min, .max] == [85, 42.5, 42.5, 127.5]' "$work/out"
rm "$work/n"
check "a run that fails is its exit status" ends_with 3 -r 3 -- sh "$work/longer" 2
check "... and said" grep -q "run 2 of 3: exit status 3" "$work/err"
check "... and the others are measured" grep -q '^cpu 0  *cycles  *7000000000  *3500000000  *3500000000  *10500000000  *3 -' "$work/out"
check "... people read the mean, and no more" [ "$(grep -c '^INTERVAL' "$work/out")" = 0 ]
check "... as it is called" grep -q '^PLACE  *METRIC  *MEAN  *STDDEV  *MIN  *MAX  *RUNS ' "$work/out"
rm "$work/n"
check "events and groups are repeated as well" ends_with 0 -r 2 --json -e imc/event=0x04,umask=0x03/ -g clock -- sh "$work/longer"
check "... with their mean" jq_says -s '.[-1].summary | map(select((.metric == "imc/event=0x04,umask=0x03/" and .place == "socket 0") or
	(.metric == "clock" and .place == "cpu 0")) | .value) == [140625000, 3500]' "$work/out"
check "-r needs a COMMAND" ends_with 2 -r 3
check "... and has no intervals of its own" ends_with 2 -r 3 -i 1 -- true
check "... and a COMMAND that there is" ends_with 127 -r 3 -- /not/there

# --- delay: 5 s at once, 2 s when it is measured
check "--delay leaves out what was before" ends_with 0 --delay 1 -- sh -c "$(advance 5); sleep 3; $(advance 2)"
check "... to the last event" grep -q '^all  14450000000 13800000000 ' "$work/out"
check "a COMMAND that ends within is said" ends_with 1 --delay 30 -- true
check "... in words" grep -q "true ended within the delay of 30 s: nothing was measured" "$work/err"
check "... and its own failure is the exit status" ends_with 3 --delay 30 -- sh -c "exit 3"
check "without COMMAND it waits" ends_with 0 --delay 0.1 -i 0.1 -e instructions

# --- timeout
check "--timeout ends COMMAND" ends_with 143 --timeout 1 -- sh -c "$(advance 2); exec sleep 1000"
check "... and what was until then is measured" grep -q '^all  14450000000 13800000000 ' "$work/out"
check "... and what became of it is told" grep -q "1   2.000 killed by signal 15" "$work/out"
check "... the exit status may be the measurement's" ends_with 0 --no-status --timeout 1 -- \
	sh -c "$(advance 2); exec sleep 1000"
check "a measurement without COMMAND ends as well" ends_with 0 --timeout 0.2 -e instructions -i 0.1 -n 0
check "... before its intervals are over" ends_with 0 --timeout 0.2 -e instructions -i 1000 -n 3
check "... and each run of a repeated one" ends_with 143 --timeout 0.5 -r 2 --format ndjson -- \
	sh -c "$(advance 2); exec sleep 1000"
check "... has its own time" [ "$(jq -r '.command' "$work/out" | grep -c 'killed by signal 15')" = 2 ]

# --- energy: a counter that moves every millisecond
check "energies of 4 ms are measured" ends_with 0 --format ndjson -- sh -c "$(advance 0.004)"
check "... and said to be coarse" grep -q "short for the energy counters.* may be off by 25 %" "$work/err"
check "... by how much, in each format" jq_says -s '.[0].records[] | select(.metric == "dram_joules" and .place == "socket 0").grain_percent == 25' "$work/out"
check "... and by events" ends_with 0 --format ndjson -e RAPL_ENERGY_PKG,instructions -- sh -c "$(advance 0.004)"
check "... as well" grep -q "may be off by 25 %" "$work/err"
check "... which is nothing of the others" jq_says -s '[.[0].records[] | .grain_percent] == [null, null, 25, 25] or
	[.[0].records[] | .grain_percent] == [25, 25, null, null]' "$work/out"
check "... and by groups" ends_with 0 -g energy -- sh -c "$(advance 0.004)"
check "... too" grep -q "may be off by 25 %" "$work/err"
stat --json -- sh -c "$(advance 0.004)"
check "... and in JSON" jq_says '.intervals[0].note | test("25 %")' "$work/out"
stat -- sh -c "$(advance 2)"
check "energies of seconds are not" [ ! -s "$work/err" ]

as_others "$0" "$@"
finish
