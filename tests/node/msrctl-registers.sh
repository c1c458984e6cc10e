#!/bin/sh
# SPDX-License-Identifier: MIT
# Registers for people: msrctl read, watch, write, reset, dump, restore through the real daemon on the
# simulated node.
# usage: msrctl-registers.sh FUSE-MSR MSRD MSRCTL FIXTURE

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$2 msrctl=$3 fixture=$4

need_node
need python3 od jq
export msrd msrctl work

# ctl COMMAND…: msrctl on the node
ctl() {
	command=$1
	shift
	"$fuse_msr" run --daemon "$msrd" "$fixture" -- "$msrctl" "$command" --daemon "$msrd" "$@"
}

# ends_with STATUS COMMAND…: output goes to $work/out, standard error goes to $work/err
ends_with() {
	wanted=$1
	shift
	"$@" >"$work/out" 2>"$work/err"
	[ $? = "$wanted" ]
}

# says TEXT: standard error of the last has it
says() {
	grep -qF -- "$1" "$work/err"
}

# shows PATTERN: the output of the last has it, blanks as one
shows() {
	tr -s ' ' <"$work/out" | grep -q -- "$1"
}

# is_json EXPRESSION: the output of the last as d
is_json() {
	python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); sys.exit(not eval(sys.argv[2]))' \
		"$work/out" "$1"
}

check "bits are read as HIGH:LOW" ends_with 0 ctl read -c 0 -f 15:8 MSR_PLATFORM_INFO
check "... with the field's name" shows "15:8 MAXIMUM_NON_TURBO_RATIO 0x1b$"
check "... as one bit" ends_with 0 ctl read -c 0 -f 31 IA32_THERM_STATUS
check "... which is all of the value" shows "31 READING_VALID 0x1$"
check "... by a field's name, whatever its case" ends_with 0 ctl read -c 0 -f power_units 0x606
check "... with its bits" shows "3:0 POWER_UNITS 0x3$"
check "... that are no field" ends_with 0 ctl read -c 0 -f 20:4 0x606
check "... without a name" shows " 20:4 - 0x0a100$"
check "a field that is not there is wrong usage" ends_with 2 ctl read -c 0 -f POWER_UNIT 0x606
check "... and the nearest one is told" says "did you mean POWER_UNITS?"
check "bits that are not there are wrong usage" ends_with 2 ctl read -u imc0 -f 40:33 0xf4
check "... with those that are" says "the register has bits 31:0"
check "... and bits the wrong way round" ends_with 2 ctl read -f 8:15 0x606
check "... with the right way" says "the higher bit comes first: 15:8"

check "fields are decoded" ends_with 0 ctl read -c 0 -x MSR_PKG_POWER_LIMIT
check "... in watts, by the unit that another register says" shows "14:0 POWER_LIMIT_1 0x0410 130 W limit 1"
check "... and seconds" shows "23:17 TIME_WINDOW_1 0x2d 10 s"
check "... and words" shows "63 LOCK 0x0 open"
check "fields of config space are decoded" ends_with 0 ctl read -s 0 -u imc0 -x 0xd8
check "... with the guide's names" shows "31:24 thresh 0x00"
check "one field is decoded" ends_with 0 ctl read -c 0 -x -f 15:8 MSR_PLATFORM_INFO
check "... alone" [ "$(grep -c '' "$work/out")" = 5 ]
check "... and shown" shows "0x1b 2700 MHz"
check "what no table describes is shown nevertheless" ends_with 0 ctl read -c 0 -x 0x35
check "JSON has the fields" ends_with 0 ctl read -c 0 -x --json MSR_PKG_POWER_LIMIT
check "... with amounts as numbers, units and sources" is_json \
	'[(f["amount"], f["amount_unit"], "table 2-20" in f["source"]) for f in d["fields"]
		if f["field"] == "POWER_LIMIT_1"] == [(130, "W", True)]'
check "... and the registers as without them" is_json 'd["registers"][0]["value"] == "0x000684e0005a8410"'
check "values are decimal" ends_with 0 ctl read -c 0 -d 0x606
check "... which they are" shows "MSR_RAPL_POWER_UNIT 659459$"
check "... also in JSON" ends_with 0 ctl read -c 0 -d --json -f 12:8 0x606
check "... as text" is_json 'd["registers"][0]["value"] == "16" and d["registers"][0]["bits"] == "12:8"'
check "values are octal" ends_with 0 ctl read -c 0 -o 0x606
check "... which they are" shows "MSR_RAPL_POWER_UNIT 02410003$"
check "values are bytes" ends_with 0 ctl read -c 0-1 --raw 0x606
check "... 8 of an MSR" [ "$(od -An -tx8 -v "$work/out" | tr -d '\n')" = " 00000000000a1003 00000000000a1003" ]
check "... 4 of config space" ends_with 0 ctl read -s 0 -u imc0-1 -r 0xf4
check "... each" [ "$(wc -c <"$work/out")" = 8 ]
check "a register that can't be read leaves no bytes at all" ends_with 1 ctl read -c 0 -r 0x606 0x600
check "... not even of the others" [ ! -s "$work/out" ]
check "bytes are no JSON" ends_with 2 ctl read -c 0 -r --json 0x606

# On a node whose clock stands: watch in two rounds, between which the clock goes on by $1.
cat >"$work/watched" <<'END'
by=$1
shift
"$msrctl" watch --daemon "$msrd" --json -n 2 -i 2 "$@" >"$work/rounds" &
until grep -q '^}' "$work/rounds"; do sleep 0.02; done
echo "+$by" >/sys/devices/sim/clock
wait $!
END
# watched BY ARGUMENT…: standard output has the differences of the second round
watched() {
	"$fuse_msr" run --daemon "$msrd" --clock manual "$fixture" -- sh "$work/watched" "$@" &&
		jq -sc '[.[1].registers[] | .difference]' "$work/rounds"
}
check "watch shows by how much a register goes on" \
	[ "$(watched 2s -c 0-1 0x10)" = "[5400000000,5400000000]" ]
check "... not at all in the first round" \
	[ "$(jq -sc '.[0].registers | map(.difference)' "$work/rounds")" = "[null,null]" ]
check "... and how fast, by the time between the rounds" python3 -c '
import json, sys
a, b = json.loads("[" + open(sys.argv[1]).read().replace("}\n{", "},{") + "]")
seconds = b["round"][0]["seconds"] - a["round"][0]["seconds"]
assert seconds >= 1.9 and abs(b["registers"][0]["per_second"] * seconds / 5.4e9 - 1) < 1e-4' "$work/rounds"
# 42.5 W for 2000 s are 85000 J, and it goes round at 65536: 19464 are left, of 65536 units each
check "a counter that has gone round in between is reckoned with" \
	[ "$(watched 2000s -c 0 MSR_PKG_ENERGY_STATUS)" = "[$((19464 * 65536))]" ]
check "bits that are watched are those of -f" [ "$(watched 1s -c 0 -f 47:16 0x10)" = "[41198]" ]
check "what no longer changes has no difference" [ "$(watched 1s -c 0 0x606)" = "[0]" ]

# goes_on COMMAND…: a few rounds of it on the node
goes_on() {
	timeout 60 "$fuse_msr" run --daemon "$msrd" "$fixture" -- "$@" >"$work/out" 2>"$work/err"
}
cat >"$work/signalled" <<'END'
env --default-signal=INT "$msrctl" watch --daemon "$msrd" -i 0.05 -c 0 0x606 0x600 >"$work/rounds" &
until [ "$(grep -c MSR_RAPL "$work/rounds")" -gt 2 ]; do sleep 0.02; done
kill "-$1" $!
wait $!
END
for signal in INT TERM HUP; do
	goes_on sh "$work/signalled" $signal
	check "SIG$signal ends watch, which says that something could not be read" [ $? = 1 ]
	check "... once" [ "$(grep -c "0x600" "$work/err")" = 1 ]
done
check "whoever reads goes away, and watch ends well" goes_on bash -o pipefail -c \
	'"$msrctl" watch --daemon "$msrd" -i 0.05 -c 0 0x606 | head -n 3'
check "... after what was asked for" [ "$(grep -c "" "$work/out")" = 3 ]
check "... and without a word" [ ! -s "$work/err" ]
cat >"$work/lost" <<'END'
"$msrctl" watch --daemon "$msrd" -i 0.05 -c 0 0x606 >"$work/rounds" &
until grep -q MSR_RAPL "$work/rounds"; do sleep 0.02; done
kill -KILL $(cat /proc/$!/task/$!/children)
wait $!
END
goes_on sh "$work/lost"
check "a daemon that dies ends watch" [ $? = 1 ]
check "... which says so" says "daemon"
check "an interval of nothing is wrong usage" ends_with 2 ctl watch -i 0 0x10
check "... and a count that is none" ends_with 2 ctl watch -n x 0x10
check "... and no register" ends_with 2 ctl watch -c 0

as_others "$0" "$@"
finish
