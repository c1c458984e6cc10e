#!/bin/sh
# SPDX-License-Identifier: MIT
# msrctl stat -g pcie on the simulated node, whose clock stands but for two seconds: lines that PCIe devices read and
# write. A C-Box has a filter for one opcode, so that they take turns: each has a second of the node's time, as long
# as no turn comes between. Where one did, on a busy machine, it is measured once more.
# usage: msrctl-pcie.sh FUSE-MSR MSRD MSRCTL FIXTURE-FOLDER HAS-NAMES

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$(realpath "$3") names=$5
small=$4/xeon-e5-2680-2x1 ivy=$4/xeon-e5-2680v2-2s

need_node
need jq
export msrd msrctl work

# is NAME: what stands in $work/NAME is what $work/NAME.wanted has
is() {
	diff "$work/$1.wanted" "$work/$1"
}

cat >"$work/turns" <<'END'
# the filter of the last box of the last socket: $1 CPU, $2 register
opcode() {
	"$msrctl" read --daemon "$msrd" -c "$1" "$2" --json | jq -r '.registers[0].value'
}
first=$(opcode "$1" "$2")
echo +1s >/sys/devices/sim/clock
[ "$(opcode "$1" "$2")" = "$first" ] || exit 9
for i in $(seq 600); do
	sleep 0.1
	[ "$(opcode "$1" "$2")" = "$first" ] || break
done
# the turn is over that it was seen in
sleep 1
second=$(opcode "$1" "$2")
[ "$second" != "$first" ] || exit 9
echo +1s >/sys/devices/sim/clock
[ "$(opcode "$1" "$2")" = "$second" ] || exit 9
END
# pcie FIXTURE CPU REGISTER: lines "place metric value counted_percent"
pcie() {
	for attempt in 1 2 3 4 5; do
		manual "$1" "$msrctl" stat --json --daemon "$msrd" -g pcie --turn 4 -- \
			sh "$work/turns" "$2" "$3" >"$work/json" 2>"$work/err"
		status=$?
		[ $status = 9 ] || break
	done
	[ $status = 0 ] || cat "$work/err"
	jq -r '.metrics[] | select(.metric | test("bandwidth")) | "\(.place) \(.metric) \(.value) \(.unit) \(.counted_percent)"' \
		"$work/json" >"$work/pcie"
}
# 64 bytes of the rates of all boxes in the workload
pcie "$small" 1 0xdf4
cat >"$work/pcie.wanted" <<'END'
socket 0 read_bandwidth 314368000 B/s 50
socket 0 write_bandwidth 215552000 B/s 50
socket 1 read_bandwidth 339968000 B/s 50
socket 1 write_bandwidth 251392000 B/s 50
END
check "pcie has the bytes of the lines that devices read and write" is pcie
pcie "$ivy" 10 0xe3a
cat >"$work/pcie.wanted" <<'END'
socket 0 read_bandwidth 395520000 B/s 50
socket 0 write_bandwidth 273280000 B/s 50
socket 1 read_bandwidth 427520000 B/s 50
socket 1 write_bandwidth 318080000 B/s 50
END
check "... of both models" is pcie
manual "$small" "$msrctl" stat --json --daemon "$msrd" --per node -e cbox/event=0x35,umask=0x01,filter=0xce000000/ -- \
	sh -c "echo +2s >/sys/devices/sim/clock" >"$work/json"
check "... whose lines are events of all boxes" [ "$(jq '.events[].count * 64' "$work/json")" = $(((215552000 + 251392000) * 2)) ]
if [ "$names" = yes ]; then
	for opcode in PCIRDCUR PCIITOM; do
		manual "$small" "$msrctl" stat --json --daemon "$msrd" --per node -e UNC_C_TOR_INSERTS:OPCODE:OPC_$opcode -- \
			sh -c "echo +1s >/sys/devices/sim/clock" | jq '.events[].count'
		manual "$ivy" "$msrctl" stat --json --daemon "$msrd" --per node -e UNC_C_TOR_INSERTS:OPCODE:OPC_$opcode -- \
			sh -c "echo +1s >/sys/devices/sim/clock" | jq '.events[].count'
	done >"$work/lines"
	check "... that libpfm4 calls by these names" [ "$(tr '\n' ' ' <"$work/lines")" = "$(
	)$(((314368000 + 339968000) / 64)) $(((395520000 + 427520000) / 64)) $(
	)$(((215552000 + 251392000) / 64)) $(((273280000 + 318080000) / 64)) " ]
fi

finish
