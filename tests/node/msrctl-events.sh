#!/bin/sh
# SPDX-License-Identifier: MIT
# msrctl stat -e and msrctl events on the simulated node: under the manual clock each count is
# known to the last event.
# usage: msrctl-events.sh FUSE-MSR MSRD MSRCTL FIXTURE-FOLDER HAS-NAMES

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$(realpath "$3") fixtures=$4 names=$5
small=$fixtures/xeon-e5-2680-2x1 large=$fixtures/xeon-e5-2680-2s ivy=$fixtures/xeon-e5-2680v2-2s

need_node
need jq
export msrd msrctl work

# counts FIXTURE SECONDS ARGUMENT…: what msrctl stat counts while the node's clock goes on by so
# much, a line each: "place event count"
counts() {
	on=$1 seconds=$2
	shift 2
	manual "$on" "$msrctl" stat --json --daemon "$msrd" "$@" -- \
		sh -c "echo +${seconds}s >/sys/devices/sim/clock" >"$work/json" 2>"$work/err" || return
	jq -r '.events[] | "\(.place) \(.event) \(.count)"' "$work/json"
}

# refuses STATUS TEXT COMMAND…: it ends so, and says so
refuses() {
	wanted=$1 text=$2
	shift 2
	"$@" >"$work/out" 2>"$work/err"
	[ $? = "$wanted" ] && grep -qF -e "$text" "$work/err" || { cat "$work/out" "$work/err"; false; }
}

# is NAME: what stands in $work/NAME is what $work/NAME.wanted has
is() {
	diff "$work/$1.wanted" "$work/$1"
}

# --- raw events: two seconds of the workload
counts "$small" 2 -e instructions,cpu/event=0xd0,umask=0x81/,imc/event=0x04,umask=0x03/ \
	-e imc0/event=0x04,umask=0x0c/,cycles:u,cycles:k,ref-cycles,RAPL_ENERGY_PKG,imc/fixed/ >"$work/raw"
cat >"$work/raw.wanted" <<'END'
cpu 0 instructions 5950000000
cpu 1 instructions 8500000000
cpu 0 cpu/event=0xd0,umask=0x81/ 1844500000
cpu 1 cpu/event=0xd0,umask=0x81/ 2635000000
socket 0 imc/event=0x04,umask=0x03/ 187500000
socket 1 imc/event=0x04,umask=0x03/ 140625000
socket 0 imc0/event=0x04,umask=0x0c/ 18000000
socket 1 imc0/event=0x04,umask=0x0c/ 24000000
cpu 0 cycles:u 7000000000
cpu 1 cycles:u 6800000000
cpu 0 cycles:k 0
cpu 1 cycles:k 0
cpu 0 ref-cycles 5400000000
cpu 1 ref-cycles 5400000000
socket 0 RAPL_ENERGY_PKG 85
socket 1 RAPL_ENERGY_PKG 78
socket 0 imc/fixed/ 6400000000
socket 1 imc/fixed/ 6400000000
END
check "raw events count what the workload does, to the last event" is raw

# --- thresholds and filters
counts "$small" 1 -c 0 -e cpu/event=0xd1,umask=0x01/,cbox/event=0x34,umask=0x03,filter=0x7c0000/ \
	-e cbox/event=0x35,umask=0x03,filter=0xc1000000/,qpi/event=0x102,umask=0x08/ \
	-e cpu/event=0xb7,umask=0x01,filter=0x780408fff/,pcu/event=0x5/ >"$work/filter"
cat >"$work/filter.wanted" <<'END'
cpu 0 cpu/event=0xd1,umask=0x01/ 732224850
socket 0 cbox/event=0x34,umask=0x03,filter=0x7c0000/ 168750000
socket 0 cbox/event=0x35,umask=0x03,filter=0xc1000000/ 93750000
socket 0 qpi/event=0x102,umask=0x08/ 71820000
cpu 0 cpu/event=0xb7,umask=0x01,filter=0x780408fff/ 84787500
socket 0 pcu/event=0x5/ 120000000
END
check "events look at their filters: one register for all of a box" is filter

# --- places
counts "$large" 1 -e instructions,imc/event=0x04,umask=0x03/ --per node >"$work/node"
counts "$large" 1 -e instructions,imc/event=0x04,umask=0x03/ --per socket >"$work/socket"
counts "$large" 1 -e instructions,imc/event=0x04,umask=0x03/ --per box >"$work/box"
# sum FILE EVENT
sum() {
	awk -v event="$2" '$(NF - 1) == event { sum += $NF } END { printf "%.0f\n", sum }' "$1"
}
for event in instructions imc/event=0x04,umask=0x03/; do
	check "the node's $event are those of its sockets, and of all its CPUs or boxes" \
		[ "$(sum "$work/node" $event)" -gt 0 -a \
		"$(sum "$work/node" $event)" = "$(sum "$work/socket" $event)" -a \
		"$(sum "$work/node" $event)" = "$(sum "$work/box" $event)" ]
done
check "... which are 16 CPUs, 8 channels, two sockets" \
	[ "$(grep -c '^cpu ' "$work/box") $(grep -c '^imc' "$work/box") $(grep -c '^socket' "$work/socket")" = "16 8 4" ]
check "... with the least and the most of them" \
	jq -e '[.events[] | .devices == 1 and .min == .max and .min == .count] | all' "$work/json"

check "a list of CPUs may name sockets, and NUMA nodes, and count from there" \
	[ "$(manual "$large" "$msrctl" read --daemon "$msrd" -c S1:0-1,N0:7 0xce --json | jq -r '.registers[].cpu' | tr '\n' ' ')" = "8 9 7 " ]
counts "$large" 1 -c 8,S1:0-1 -e instructions,imc/event=0x04,umask=0x03/ >"$work/out"
check "... also of what is measured, each once, with their sockets" \

check "... and says what there is" refuses 2 "-c socket 1 has 8 CPUs that are online: 0 to 7 of it, and not 8" \
	manual "$large" "$msrctl" stat --daemon "$msrd" -c S1:0-8 -e cycles

# --- turns: three events that only counters 0 and 1 of a CBox can count. The clock goes on in steps of a
# second, in which all happens in whole numbers, and all rates are constant: so is what the turns make of them.
cat >"$work/steps" <<'END'
for i in $(seq 60); do echo +1s >/sys/devices/sim/clock; sleep 0.005; done
END
turns="cbox/event=0x37,umask=0x01/,cbox/event=0x37,umask=0x02/,cbox/event=0x37,umask=0x04/"
manual "$small" "$msrctl" stat --json --daemon "$msrd" --turn 0.04 -c 0 -e $turns,cbox/event=0/ -- \
	sh "$work/steps" >"$work/json" 2>"$work/err"
check "events take turns where there are too few counters" \
	jq -e '[.events[] | select(.event | test("0x37")) | .counted_percent < 90 and .counted_percent > 5] | all' "$work/json"
jq -r '.events[] | "\(.place) \(.event) \(.count)"' "$work/json" >"$work/turns"
cat >"$work/turns.wanted" <<'END'
socket 0 cbox/event=0x37,umask=0x01/ 2250000000
socket 0 cbox/event=0x37,umask=0x02/ 2812500000
socket 0 cbox/event=0x37,umask=0x04/ 449999880
socket 0 cbox/event=0/ 1296000000000
END
check "... and the counts are what they would be without" is turns
check "--no-rotate says which events collide, and why" refuses 2 \
	"cbox/event=0x37,umask=0x04/ finds no counter on cbox0 of socket 0: it can have 0-1, which those before it take (cbox/event=0x37,umask=0x01/, cbox/event=0x37,umask=0x02/)" \
	manual "$small" "$msrctl" stat --daemon "$msrd" --no-rotate -e $turns
check "... or which filters" refuses 2 "need different filters, and cbox has one for all" \
	manual "$small" "$msrctl" stat --daemon "$msrd" --no-rotate \
	-e cbox/event=0x34,umask=0x03,filter=0x40000/,cbox/event=0x34,umask=0x03,filter=0x80000/

# --- the registers are as they were, whatever they were, and counters in use are left alone
cat >"$work/restored" <<'END'
ctl() {
	what=$1
	shift
	"$msrctl" $what --daemon "$msrd" "$@"
}
dump() {
	ctl read -c 0-1 0x38d 0x38f 0x186 0x187 0x188 0x189 0x18a 0x4c1 0x4c2 0x4c3 0x4c4 0x309 0x30a 0x30b 0x1a6 \
		0xd04 0xd10 0xd11 0xd12 0xd13 0xd14 0xd16 0xd17 0xd18 0xd19 0xc08 0xc10 0xc30 0xc34 &&
		ctl read -u imc 0xf4 0xd8 0xdc 0xe0 0xe4 0xa0 0xa4 0xa8 0xac 0xf0 0xd0 0xd4
}
ctl write -c 0 0x187 0x4300c2 >/dev/null && ctl write -c 0 0x4c1 0xfff123456789 >/dev/null &&
	ctl write -c 0 0xd14 0x12340000 >/dev/null && ctl write -s 0 -u imc 0xf4 0x10100 >/dev/null || exit 1
dump >"$work/before" || exit 1
ctl stat --json "$@" -- sh -c 'echo +1s >/sys/devices/sim/clock; sleep 0.1
	"$msrctl" read --daemon "$msrd" -c 0 0x186 0x187 0x188 >"$work/meanwhile"' >"$work/json" 2>"$work/err" || exit 1
dump >"$work/after"
diff "$work/before" "$work/after"
END
check "the registers are as they were" manual "$small" sh "$work/restored" --turn 0.02 \
	-e cpu/event=0xd0,umask=0x81/,cpu/event=0xb7,umask=0x01,filter=0x780408fff/,ref-cycles:u \
	-e $turns,cbox/event=0x34,umask=0x03,filter=0x7c0000/,imc/event=0x04,umask=0x03/,ubox/fixed/,pcu/event=0/
check "... a counter in use is left to its user" grep -q '0x187.*0x00000000004300c2' "$work/meanwhile"
check "... and a filter in use, too" refuses 1 "which all events share" \
	manual "$small" sh -c '"$msrctl" write --daemon "$msrd" -c 0 0xd10 0x400334 &&
	"$msrctl" stat --daemon "$msrd" -c 0 -i 0.1 -e cbox/event=0x34,umask=0x03,filter=0x7c0000/'

check "what the kernel holds is left to it, and said" refuses 1 "no counter that can count ref-cycles is free in CPU 0: it has to be fixed 2; in use: fixed, by the kernel: " \
	timeout 30 "$fuse_msr" run --daemon "$msrd" --clock manual --fault "set 0 0x38d 0xb0" "$small" -- \
	"$msrctl" stat --daemon "$msrd" -c 0 -i 0.1 -e ref-cycles,cycles
check "... and what another counter can count is counted" grep -q '^cpu 0  *cycles  *0 ' "$work/out"

# --- several at a time: they share a filter and fixed counters, and whoever ends last puts them back
cat >"$work/two" <<'END'
dump() {
	"$msrctl" read --daemon "$msrd" -c 0-1 0x38d 0x38f 0x186 0x187 0x188 0x1a6 0x4c1 0x4c2 0x4c3 0x309 0x30a \
		0xd04 0xd10 0xd11 0xd12 0xd14 0xd16 0xd17 0xd18
}
# begin NAME EVENT…: it counts until $work/NAME.end is there
begin() {
	name=$1
	shift
	"$msrctl" stat --daemon "$msrd" -c 0 -o "$work/$name.out" "$@" -- sh -c \
		'touch "$work/$0.begun"; until [ -e "$work/$0.end" ]; do sleep 0.02; done' "$name" &
	eval "$name=$!"
	for i in $(seq 500); do
		[ ! -e "$work/$name.begun" ] || return 0
		sleep 0.02
	done
	return 1
}
end() {
	touch "$work/$1.end"
	eval "wait \$$1"
}
"$msrctl" write --daemon "$msrd" -c 0 0xd14 0x12340000 >/dev/null || exit 1
"$msrctl" write --daemon "$msrd" -c 0 0x1a6 0x123 >/dev/null || exit 1
dump >"$work/before" || exit 1
begin a -e cbox/event=0x34,umask=0x03,filter=0x7c0000/,cbox/event=0x34,umask=0x05,filter=0x7c0000/ \
	-e cycles,instructions,cpu/event=0xb7,umask=0x01,filter=0x10001/ || exit 1
begin b -e cbox/event=0x1b,umask=0x0f/,instructions,cycles,cpu/event=0xc4/ || exit 1
begin c --expect /sys/devices/sim/workload || exit 1
echo +1s >/sys/devices/sim/clock
for name in $1; do end $name || { echo "$name failed"; cat "$work/$name.out"; exit 1; }; done
dump >"$work/after"
diff "$work/before" "$work/after"
END
for order in "a b c" "c b a" "b c a"; do
	rm -f "$work"/*.begun "$work"/*.end
	check "several that count at a time put back all, when they end in the order $order" \
		manual "$small" sh "$work/two" "$order"
	check "... and each counts what it would alone" [ "$(awk '$3 == "cycles" { print $4 }' "$work/a.out" "$work/b.out" | sort -u)" = 3500000000 ]
done

# as msrctl-stat(1) has it
cat >"$work/nested" <<'END'
name=$1
shift
[ $# -gt 0 ] || set -- sh -c 'echo +1s >/sys/devices/sim/clock'
exec "$msrctl" stat --daemon "$msrd" -g memory -o "$work/$name.out" -- "$@" 2>"$work/$name.err"
END
manual "$small" sh "$work/nested" one sh "$work/nested" two sh "$work/nested" three
check "of three that measure memory at once not all can" [ $? = 1 ]
for name in one two; do
	check "... $name has counters" [ "$(awk '$1 == "socket" && $2 == 0 { print $3, $4 }' "$work/$name.out")" = "6000 M" ]
done
check "... and the third one is told which are in use" \
	grep -q "imc0 of socket 0: no counter that can count .* is free .*in use: 0, 1, 2, 3" "$work/three.err"

# --- words that are wrong
check "an unknown unit is answered with those there are" refuses 2 '"imk" is no unit of Sandy Bridge-EP; it has cpu, msr, cbox, ubox' \
	manual "$small" "$msrctl" stat --daemon "$msrd" -e imk/event=1/
check "--expect is about other figures" refuses 2 "--expect knows the figures" \
	manual "$small" "$msrctl" stat --daemon "$msrd" -e cycles --expect /sys/devices/sim/workload
check "--per has levels" refuses 2 "there are box cpu core numa socket node" \
	manual "$small" "$msrctl" stat --daemon "$msrd" -e cycles --per rack
check "a model has a name" refuses 2 "06_2d (Sandy Bridge-EP), 06_3e (Ivy Bridge-EP)" \
	"$msrctl" events --model 486

# --- a match of packets is for the one who has the policy for it
check "a match is not everybody's" refuses 1 "not allowed" manual "$small" "$msrctl" stat --daemon "$msrd" -i 0.1 \
	-e qpi/event=0x138,match0=0x20,mask0=0x38/

cat >"$work/match" <<'END'
packets() {
	"$msrctl" read --direct -s 0 -u qpi-mask0 0x228 0x22c 0x238 0x23c | sed 's/.* //' | tail -n +2 | tr '\n' ' '
}
"$msrctl" write --direct -s 0 -u qpi-mask0 0x228 0x8 >/dev/null || exit 1
export msrctl
"$msrctl" stat --direct -o /dev/null -e qpi/event=0x138,match0=0x20,mask0=0x38,mask1=0x1/ -- sh -c "$(cat <<'IN'
"$msrctl" read --direct -s 0 -u qpi-mask0 0x228 0x22c 0x238 0x23c | sed 's/.* //' | tail -n +2 | tr '\n' ' '
"$msrctl" read --direct -s 0 -u qpi0 0xd8 | sed 's/.* //' | tail -n +2
IN
)" || exit 1
packets
END
check "... root's is programmed, in the port's other function, and put back" \
	[ "$(timeout 30 "$fuse_msr" run --as-root --clock manual "$small" -- sh "$work/match" | tr '\n' ' ')" = \
	"0x00000020 0x00000000 0x00000038 0x00000001 0x00600038 0x00000008 0x00000000 0x00000000 0x00000000 " ]
check "... and two of them collide" refuses 2 "need different filters, and qpi has one for all" \
	timeout 30 "$fuse_msr" run --as-root --clock manual "$small" -- "$msrctl" stat --direct --no-rotate \
	-e qpi/event=0x138,match0=0x20/,qpi/event=0x138,match0=0x10/

if [ "$names" = yes ]; then
	counts "$small" 2 -e MEM_UOPS_RETIRED:ALL_LOADS,UNC_M_CAS_COUNT:RD,UNC_C_LLC_LOOKUP:DATA_READ:STATE_MESIF \
		-e UNC_Q_TXL_FLITS_G0:DATA,UNC_H_REQUESTS:READS,UNC_U_LOCK_CYCLES,snbep_unc_imc1::UNC_M_CAS_COUNT:RD >"$work/names"
	cat >"$work/names.wanted" <<'END'
cpu 0 MEM_UOPS_RETIRED:ALL_LOADS 1844500000
cpu 1 MEM_UOPS_RETIRED:ALL_LOADS 2635000000
socket 0 UNC_M_CAS_COUNT:RD 187500000
socket 1 UNC_M_CAS_COUNT:RD 140625000
socket 0 UNC_C_LLC_LOOKUP:DATA_READ:STATE_MESIF 337500000
socket 1 UNC_C_LLC_LOOKUP:DATA_READ:STATE_MESIF 253124800
socket 0 UNC_Q_TXL_FLITS_G0:DATA 171000000
socket 1 UNC_Q_TXL_FLITS_G0:DATA 128250000
socket 0 UNC_H_REQUESTS:READS 195000000
socket 1 UNC_H_REQUESTS:READS 146250000
socket 0 UNC_U_LOCK_CYCLES 30
socket 1 UNC_U_LOCK_CYCLES 40
socket 0 snbep_unc_imc1::UNC_M_CAS_COUNT:RD 47000000
socket 1 snbep_unc_imc1::UNC_M_CAS_COUNT:RD 35250000
END
	check "names count as well: of the node's model, whatever runs below" is names
	check "Ivy Bridge-EP has names of its own" \
		[ "$(counts "$ivy" 1 -e UNC_M_CAS_COUNT:RD --per node | cut -d' ' -f2)" = UNC_M_CAS_COUNT:RD ]
	check "a wrong name is answered with the nearest" refuses 2 "did you mean MEM_UOPS_RETIRED:ALL_LOADS?" \
		manual "$small" "$msrctl" stat --daemon "$msrd" -e MEM_UOPS_RETIRD:ALL_LOADS
	check "an event without its unit mask is answered with them" refuses 2 "ALL_LOADS" \
		manual "$small" "$msrctl" stat --daemon "$msrd" -e MEM_UOPS_RETIRED
	"$msrctl" events --model "Ivy Bridge-EP" -v cas_count >"$work/events"
	check "events are found by a part of their name, with their counters and raw form" \
		grep -q '^UNC_M_CAS_COUNT:RD  *imc  *0-3  *imc/event=0x4,umask=0x3/ ' "$work/events"
	check "... and not all" [ "$(wc -l <"$work/events")" -lt 20 ]
	check "what none has is said" refuses 1 'no event of Sandy Bridge-EP has "fried eggs"' \
		"$msrctl" events --model 06_2d "fried eggs"
else
	leave_out names "built without libpfm4"
fi

finish
