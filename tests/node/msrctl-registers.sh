#!/bin/sh
# SPDX-License-Identifier: MIT
# Registers for people: msrctl read, watch, write, reset, dump, restore through the real daemon on the
# simulated node.
# usage: msrctl-registers.sh FUSE-MSR MSRD MSRCTL FIXTURE

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$2 msrctl=$3 fixture=$4
ivy=$(dirname "$fixture")/xeon-e5-2680v2-2s

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
: >"$work/rounds"
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
	timeout 60 "$fuse_msr" run --daemon "$msrd" ${fault:+--fault "$fault"} "$fixture" -- "$@" >"$work/out" 2>"$work/err"
}
cat >"$work/signalled" <<'END'
: >"$work/rounds"
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
: >"$work/rounds"
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

# What is written, seen by the next: script of $1 on a node, where ctl is msrctl.
script() {
	printf 'ctl() { command=$1; shift; "$msrctl" "$command" --daemon "${daemon:-$msrd}" "$@"; }\n%s\n' "$1" >"$work/script"
	goes_on sh "$work/script"
}
# has VALUES REGISTER ARGUMENT…: of a script, the values of the register as one line
has='has() { [ "$(ctl read --json "$2" $3 $4 $5 $6 | jq -r ".registers | map(.value) | join(\" \")")" = "$1" ]; }'

script 'ctl write 0x186 0=0x4300c0 1=0x43003c && ctl read 0x186'
check "each CPU gets its own value" shows "1 0x186 IA32_PERFEVTSEL0 0x000000000043003c"
check "... as it was said" shows "0 0x186 IA32_PERFEVTSEL0 0x00000000004300c0"
script "$has; ctl write 0x186 S0=0x4300c0 S1=0x1 && has '0x00000000004300c0 0x0000000000000001' 0x186"
check "... by its socket" [ $? = 0 ]
script "$has; ctl write 0x186 all=0x4300c0 && has '0x00000000004300c0 0x00000000004300c0' 0x186"
check "... or all one" [ $? = 0 ]
script "$has; ctl write -s 1 0xd8 imc0=1 imc1-2=2 && has '0x00000001 0x00000002 0x00000002 0x00000000' 0xd8 -s 1 -u imc &&
	has '0x00000000 0x00000000 0x00000000 0x00000000' 0xd8 -s 0 -u imc"
check "each unit gets its own value" [ $? = 0 ]
script "$has; "'! ctl write 0x186 0=0x4300c0 1=0x5300c0 && has "0x0000000000000000 0x0000000000000000" 0x186'
check "where the policy refuses one, nothing is written" [ $? = 0 ]
check "... which is said" says "nothing was written, because of 1 of 2"
check "... with the bits, the mask and what could be" says \
	"bits 0x100000 may only be cleared, and would be on; the mask is 0xffffffff (this daemon's policy): write 0x4300c0"
script "$has; "'! ctl write 0x186 0=0x4300c0 7=1 && has "0x0000000000000000" 0x186 -c 0'
check "... nor where one is not there" [ $? = 0 ]
check "... which is named" says "CPU 7"
check "JSON says of each what became of it" ends_with 1 ctl write --json 0x186 0=0x4300c0 1=0x5300c0
check "... and why" is_json '[(r["value"], r["reason"]) for r in d["written"]] == [(None, None), (None, "clear-only")]'

check "a dry run tells what would be refused" ends_with 3 ctl write --dry-run 0x186 0=0x4300c0 1=0x5300c0
check "... of each place" shows "0 0x186 IA32_PERFEVTSEL0 0x0000000000000000 0x00000000004300c0 allowed -"
check "... with the reason" shows "0x00000000005300c0 refused bits 0x100000 may only be cleared"
check "... of masks" ends_with 3 ctl write --dry-run -c 0 0x38f 0x1ff
check "... with the bits" shows "refused bits 0x100 outside the mask"
check "... of what is only read" ends_with 3 ctl write --dry-run -c 0 0x198 1
check "... which it says" shows "refused may only be read"
check "... of what is in no list" ends_with 3 ctl write --dry-run -c 0 0x600 1
check "... which it says" shows "refused .*not listed"
check "a dry run of what is allowed ends with 0" ends_with 0 ctl write --dry-run -c all 0x186 0x4300c0
script "$has; ctl write --dry-run -c all 0x186 0x4300c0 && has '0x0000000000000000 0x0000000000000000' 0x186"
check "... and writes nothing" [ $? = 0 ]
script 'ctl write -c 0 0x38d 0x30 >/dev/null; ctl write --dry-run --json -c 0 0x38d 0x333'
check "a dry run shows what is there" is_json 'd["judged"][0]["now"] == "0x0000000000000030"'
# fixed counter 1 interrupts, as that of the NMI watchdog
kernels="set 0 0x38d 0xb0"
fault=$kernels
script "ctl write --dry-run 0x30a 1=1 0=1"
check "a dry run knows what the kernel holds" [ $? = 3 ]
check "... and where" shows "0 0x30a .* refused the kernel holds this counter"
check "... and where not" shows "1 0x30a .* allowed -"
script "$has; ! ctl write 0x30a 1=1 0=1 && has 0x0000000000000000 0x30a -c 1"
check "a counter that the kernel holds on one CPU is written on none" [ $? = 0 ]
check "... and that is told" says "the kernel holds this counter"
fault=
# a daemon that speaks LIKWID's protocol alone judges one by one, and only when it is done
ln -sf "$(realpath "$msrd")" "$work/likwid-accessD"
daemon=$work/likwid-accessD
export daemon
script 'ctl write --dry-run -c 0 0x186 1'
check "what a daemon would say that can't tell is not known" [ $? = 1 ]
check "... and that is told" says "what the policy would say is not known"
script "$has; "'! ctl write 0x186 0=0x4300c0 1=0x5300c0 && has "0x00000000004300c0 0x0000000000000000" 0x186'
check "... and it judges each place for itself" [ $? = 0 ]
unset daemon
# who is no root has no rights to the files
[ "$(id -u)" != 0 ] || check "direct access asks no policy" goes_on "$msrctl" write --direct --dry-run -c 0 0x600 1
for wrong in "0x186" "0x186 1" "0x186 0=1 0=2" "0x186 0=1 0-1=2" "0x186 0=x" "0x186 =1" "0x186 0=1 5" "-c 0 0x186 0=1" \
	"-c 0 0x186 1 2" "0xd8 imc0=0x100000000" "0x186 99-3=1" "0xd8 -s 0 imb0=1"; do
	check "write $wrong is wrong usage" ends_with 2 ctl write $wrong
	check "... with one message" [ "$(grep -c "" "$work/err")" -le 2 ]
done

# what a tool may have left: of the core, a CBox, the PCU's filter, a frozen memory controller
left='for i in 0x186=0x4300c0 0x38d=0x333 0x38f=0x70000000f 0x1a6=0x123 0xd10=0x400334 0xd14=0x1f 0xc34=0x10 0xc08=0x400000; do
	ctl write -c 1 ${i%%=*} ${i#*=} >/dev/null || exit 9
done
ctl write -c 1 0xc2 77 >/dev/null && ctl write -s 0 -u imc1 0xd8 0x400304 >/dev/null &&
	ctl write -s 0 -u imc1 0xf4 0x10100 >/dev/null && ctl write -s 1 -u ha 0xdc 0x400101 >/dev/null || exit 9'
script "$left
$has
ctl reset && has 0x0000000000000000 0x186 -c 1 && has 0x0000000000000000 0x38d -c 1 && has 0x000000000000000f 0x38f -c 1 &&
	has 0x0000000000000000 0x1a6 -c 1 && has 0x0000000000000000 0xd10 -c 1 && has 0x0000000000000000 0xd14 -c 1 &&
	has 0x0000000000000000 0xc34 -c 1 && has 0x0000000000000000 0xc08 -c 1 && has 0x00000000 0xd8 -s 0 -u imc1 &&
	has 0x00000000 0xf4 -s 0 -u imc1 && has 0x00000000 0xdc -s 1 -u ha"
check "reset switches off all that counts" [ $? = 0 ]
check "... and says what it was" shows "^ 1 - - 0x186 IA32_PERFEVTSEL0 0x00000000004300c0 0x0000000000000000"
check "... also of units" shows "^ - 0 imc1 0xf4 MC_CHy_PCI_PMON_BOX_CTL 0x00010100 0x00000000"
script "$left; $has; ctl reset >/dev/null && has 0x000000000000004d 0xc2 -c 1"
check "... and leaves what was counted" [ $? = 0 ]
script "$left; ctl reset >/dev/null; ctl reset"
check "... and finds nothing the next time" shows "^nothing was on$"
script "$left; $has; ctl reset --dry-run && has 0x00000000004300c0 0x186 -c 1"
check "a dry run of it writes nothing" [ $? = 0 ]
check "... and shows what would be" shows "0x186 IA32_PERFEVTSEL0 0x00000000004300c0 0x0000000000000000 allowed"
fault=$kernels
script "$left; $has; ctl write -c 1 0x38f 0x20000000f; ctl reset && has 0x00000000000000b0 0x38d -c 0 && has 0x0000000000000000 0x38d -c 1"
check "reset leaves the kernel its counter, and its bit" [ $? = 0 ]
fault=
check "... and says so" says "counters of 1 CPUs are left on, as the kernel holds them"
script '"$msrctl" stat --daemon "$msrd" -i 30 >/dev/null & stat=$!
until "$msrctl" read --daemon "$msrd" -c 1 0x38d | grep -q 333; do sleep 0.02; done
ctl reset; r=$?; kill $stat; wait $stat; exit $r'
check "reset does not disturb a measurement of one's own" [ $? = 1 ]
check "... and says that it runs" says "measurements of yours are running"
script '"$msrctl" stat --daemon "$msrd" -i 30 >/dev/null & stat=$!
until "$msrctl" read --daemon "$msrd" -c 1 0x38d | grep -q 333; do sleep 0.02; done
kill -KILL $stat $(cat /proc/$stat/task/$stat/children); wait $stat; '"$has"'; ctl reset && has 0x0000000000000000 0x38d -c 1'
check "what a killed measurement and its daemon have left is off" [ $? = 0 ]
if [ "$(id -u)" = 0 ]; then
	others="mount -t tmpfs none /run && touch /run/likwid.lock && chown 1 /run/likwid.lock"
	"$fuse_msr" run --daemon "$msrd" "$fixture" -- unshare --mount sh -c "$others && exec \"\$msrctl\" reset --daemon \"\$msrd\"" 2>"$work/err"
	check "reset respects the lock file" [ $? = 1 ]
	check "... and says whose it is" says "user: /run/likwid.lock is of uid 1"
fi
check "reset finds nothing on a machine that nobody has touched" ends_with 0 ctl reset
check "... and says so" shows "^nothing was on$"
check "reset takes no arguments" ends_with 2 ctl reset 0
# traced FIXTURE COMMAND…: what it writes there is in $work/writes, a line each: "PLACE REGISTER VALUE"
traced() {
	on=$1
	shift
	"$fuse_msr" run --daemon "$msrd" --trace "$work/trace" "$on" -- "$@" >"$work/out" 2>"$work/err"
	awk '$3 == "w" { print $2, $4, $6 }' "$work/trace" >"$work/writes"
}
traced "$fixture" "$msrctl" reset --daemon "$msrd"
check "reset writes nothing where nothing was left" [ ! -s "$work/writes" ]
traced "$ivy" "$msrctl" reset --daemon "$msrd"
check "where it can't be read whether all boxes are frozen, it thaws them, which is all that it writes" \
	[ "$(tr -s '\n' ' ' <"$work/writes")" = "cpu0 0xc00 0x20000000 cpu10 0xc00 0x20000000 " ]
check "... and nothing was on" shows "^nothing was on$"
traced "$ivy" sh -c '"$msrctl" write --daemon "$msrd" -c 10 0xc00 0x80000000 >/dev/null && "$msrctl" reset --daemon "$msrd"'
check "a freeze that a killed tool has left is undone" [ "$(tail -n 1 "$work/writes")" = "cpu10 0xc00 0x20000000" ]

script "$left; ctl dump -o \$work/dump || exit 8; ctl reset >/dev/null; ctl restore --dry-run \$work/dump >\$work/dry || exit 7
$has; has 0x0000000000000000 0x186 -c 1 && ctl restore \$work/dump && has 0x00000000004300c0 0x186 -c 1 && has 0x00010100 0xf4 -s 0 -u imc1 &&
	ctl dump >\$work/again && cmp \$work/dump \$work/again && ctl restore \$work/dump | grep -q 'all is so already'"
check "what was dumped is restored" [ $? = 0 ]
check "... and only what differed is written" [ "$(grep -c "0x186 " "$work/out")" = 1 ]
check "... as a dry run has said" grep -q "0xd8 .*0x00000000 *0x00400304 *allowed" "$work/dry"
check "a dump has CPUs as lists" grep -q "^0-1 0x38d 0x0000000000000333\|^0 0x38d 0x0000000000000000  # IA32_FIXED_CTR_CTRL$" "$work/dump"
check "... units with their sockets" grep -q "^0/imc1 0xd8 0x00400304  # MC_CHy_PCI_PMON_CTL0$" "$work/dump"
check "... and no counters" sh -c '! grep -q "_CTR[0-9]\|IA32_PMC" "$work/dump"'
# The owner of the lock file may write more.
with_lock sh -c '"$0" run --daemon "$1" "$2" -- "$3" --daemon "$1" dump --switches' \
	"$fuse_msr" "$msrd" "$fixture" "$msrctl" >"$work/switches"
check "switches are dumped alone, without what reset switches off" \
	[ "$(sed -n 's/^[^#m].* # *//p' "$work/switches" | tr '\n' ' ')" = "IA32_MISC_ENABLE MSR_MISC_FEATURE_CONTROL " ]
script 'echo "fail 1 0x38f EIO" >/sys/devices/sim/fault; ctl dump >$work/partly 2>$work/err; [ $? = 1 ] && grep -q "0x38f on CPU 1" $work/err &&
	grep -q "^0 0x38f " $work/partly'
check "a register that one CPU can't read is a failure" [ $? = 0 ]
check "dump goes as JSON as well" ends_with 0 ctl dump --json
check "... of all places" is_json 'any(r.get("unit") == "imc0" for r in d["registers"]) and any(r.get("cpu") == 1 for r in d["registers"])'
# restores TEXT: 0 or 2 or …, of a file of these lines
restores() {
	printf '%b' "$1" >"$work/file"
	goes_on "$msrctl" restore --daemon "$msrd" "$work/file"
}
restores 'model 06_2d\nall IA32_PERFEVTSEL0 0x4300c0\n0-1/imc 0xd8 7 # a comment\n'
check "a dump may be written by hand" [ $? = 0 ]
restores 'model 06_3e\n0 0x186 0\n'
check "one of another model is refused" [ $? = 2 ]
check "... with file and line" says "$work/file:1: these are registers of a 06_3e, and this is a 06_2d (Sandy Bridge-EP)"
for wrong in '0 0x186 0\n@1: before the first register' 'model 06_2d\n\n0 0x186\n@3: a line is PLACE REGISTER VALUE' \
	'model 06_2d\n0 IA32_PERFEVTSE0 0\n@did you mean IA32_PERFEVTSEL0?' 'model 06_2d\n0 0x186 x\n@2: x is no number' \
	'model 06_2d\n0 0x186 1\n0-1 0x186 1\n@3: MSR 0x186 on CPU 0 stands in line 2, too' \
	'model 06_2d\n0/imb0 0xd8 1\n@imb0 are no units' 'model 06_2d\nx/imc0 0xd8 1\n@x is no list of sockets' \
	'model 06_2d\n0/imc0 0xd8 0x100000000\n@only 32 bits' 'model 06_2d\n@no register in it' 'model 06_2d\n0 0x186 0\0\n@is no text' \
	'model 06_2d\n3-1 0x186 0\n@:2: '; do
	restores "${wrong%%@*}"
	check "a line that makes no sense is wrong usage: ${wrong#*@}" [ $? = 2 ]
	check "... and is named" says "${wrong#*@}"
done
restores 'model 06_2d\n0 0x186 0x4300c0\n0 0x38f 0x1ff\n'
check "where the policy refuses a line, nothing is written" [ $? = 1 ]
check "... and the line is named" says "$work/file:3: write of 0x1ff to MSR 0x38f on CPU 0: bits 0x100 outside the mask"
script "$has; ! ctl restore \$work/file && has 0x0000000000000000 0x186 -c 0; ctl restore --dry-run \$work/file"
check "... which a dry run ends with" [ $? = 3 ]
restores 'model 06_2d\n9 0x186 0x4300c0\n'
check "a place that is not there is refused" [ $? = 1 ]
check "... by its line" says "$work/file:2: it can't be put back"
check "a file that is not there is an error" ends_with 1 ctl restore "$work/nothing"
check "a folder that is not there is an error" ends_with 1 ctl dump -o "$work/nothing/dump"
check "restore wants a file" ends_with 2 ctl restore
check "... one" ends_with 2 ctl restore a b

finish
