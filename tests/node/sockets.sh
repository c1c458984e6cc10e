#!/bin/sh
# SPDX-License-Identifier: MIT
# Which socket a figure is of: machines where order, counting and guessing go wrong. A bus has
# the package that its UBOX says; what is not proven is n/a, never another socket's.
# usage: sockets.sh FUSE-MSR MSRD MSRCTL FIXTURES

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$3 fixtures=$4
here=$(dirname "$0")
base=$fixtures/xeon-e5-2680-2s
workload=/sys/devices/sim/workload

need_node
need python3

# on FIXTURE COMMAND…
on() {
	node=$1
	shift
	"$fuse_msr" run --daemon "$msrd" --clock manual "$node" -- "$@" 2>"$work/stderr"
}

# ctl COMMAND [ARGUMENT…]: a command line for the node
ctl() {
	command=$1
	shift
	printf "'%s' %s --daemon '%s' %s" "$msrctl" "$command" "$msrd" "$*"
}

# figures [ARGUMENT…]: ... that measures 16 s of the node's time, which nothing else moves
figures() {
	printf "%s -- sh -c 'echo +16s >/sys/devices/sim/clock'" "$(ctl stat "$@")"
}

case_of() {
	[ -d "$work/$1" ] || python3 "$here/sockets.py" make "$1" "$base" "$work/$1"
}

# measures NAME COMMAND: figures go to $work/stat
measures() {
	on "$1" sh -c "$2" >"$work/stat" || { cat "$work/stat" "$work/stderr"; false; }
}

# has SOCKET READ WRITE: the memory traffic
has() {
	for pair in "memory_read_bytes_per_second $2" "memory_write_bytes_per_second $3"; do
		got=$(python3 "$here/sockets.py" figure "$work/stat" "$1" "${pair% *}")
		[ "$got" = "${pair#* }" ] || { echo "socket $1: ${pair% *} is ${got:-not there}"; cat "$work/stderr"; return 1; }
	done
}

# buses FIXTURE COMMAND EXPECTED: as root of the node, who may read the UBOX
buses() {
	"$fuse_msr" run --as-root --daemon "$msrd" "$1" -- sh -c "$2" >"$work/info" 2>"$work/stderr"
	got=$(python3 "$here/sockets.py" packages "$work/info")
	[ "$got" = "$3" ] || { echo "$got"; cat "$work/info"; false; }
}

says() {
	grep -q "$1" "$work/stat" "$work/stderr" || { cat "$work/stat" "$work/stderr"; false; }
}

zero="24000000000 9000000000" one="18000000000 12000000000"

# --- which package a bus is of

# shellcheck disable=SC2086
{
	check "shipped node has two sockets" measures "$base" "$(figures --json)"
	check "... socket 0" has 0 $zero
	check "... socket 1" has 1 $one
}

case_of swapped
check "UBOX is believed, not the order of buses" buses "$work/swapped" "$(ctl info --json)" "7f=1 ff=0"
check "... and its figures are those of the workload" \
	measures "$work/swapped" "$(figures -t 1e-9 --expect $workload)"

case_of two-buses
check "several buses share a package" \
	buses "$work/two-buses" "$(ctl info --json)" "3f=0 7f=0 bf=1 ff=1"
check "... and its figures are those of the workload" \
	measures "$work/two-buses" "$(figures -t 1e-9 --expect $workload)"
check "... a unit on the other bus is reached" \
	measures "$work/two-buses" "$(ctl read -u r2pcie0 0xf4)"

case_of no-ubox
check "CPUBUSNO counts where there is no UBOX" \
	buses "$work/no-ubox" "$(ctl info --json)" "7f=0 ff=1"
check "... for the simulator as for the daemon" \
	measures "$work/no-ubox" "$(figures -t 1e-9 --expect $workload)"

case_of nothing
check "order of buses proves nothing" buses "$work/nothing" "$(ctl info --json)" "7f=- ff=-"
measures "$work/nothing" "$(figures --json)" >/dev/null
check "... so there is no figure" has 0 null null
check "... and the fixture's check says so" \
	sh -c "'$fuse_msr' check '$work/nothing' 2>&1 | grep -q '7f.*package'"

case_of one-ubox
check "bus with all that another has takes nothing after it" \
	buses "$work/one-ubox" "$(ctl info --json)" "7f=- ff=1"
measures "$work/one-ubox" "$(figures --json)" >/dev/null
# shellcheck disable=SC2086
check "... which keeps its own" has 1 $one
check "... the other has none" has 0 null null

# --- which package a CPU is in

case_of offline
check "package without online CPUs keeps its bus" \
	buses "$work/offline" "$(ctl info --json)" "7f=0 ff=1"
check "... and is shown as such" grep -qi "no cpu\|offline" "$work/info"
check "... the other one's figures are its own" measures "$work/offline" "$(figures --json)"
# shellcheck disable=SC2086
check "... read and written" has 1 $one

case_of gap
check "packages are called by their ids, with gaps" \
	buses "$work/gap" "$(ctl info --json)" "7f=0 ff=2"
check "... as the workload calls them" measures "$work/gap" "$(figures -t 1e-9 --expect $workload)"
check "... and -s" measures "$work/gap" "$(ctl read -s 2 -u imc0 0xf4)"
check "... while one that is not there is no socket" \
	sh -c "! '$fuse_msr' run --daemon '$msrd' '$work/gap' -- $(ctl read -s 1 -u imc0 0xf4) >/dev/null 2>&1"

echo 8-9 >"$work/online"
chmod 644 "$work/online"
cat >"$work/bind" <<'END'
for file in $1; do
	mount --bind "$2" "$file" || exit 1
done
shift 2
exec sh -c "$@"
END
# bound FILES CONTENT COMMAND: on the shipped node, with other contents in some files
bound() {
	"$fuse_msr" run --as-root --daemon "$msrd" --clock manual "$base" -- sh "$work/bind" "$1" "$2" "$3" \
		>"$work/stat" 2>"$work/stderr"
}
bound /sys/devices/system/cpu/online "$work/online" "$(figures --json)"
# shellcheck disable=SC2086
check "list of a container's CPUs changes no socket" has 1 $one

echo 1 >"$work/id"
ids='/sys/devices/system/cpu/cpu*/topology/physical_package_id'
bound "$ids" "$work/id" "$(ctl info --json)"
cp "$work/stat" "$work/info"
check "bus of a package that no CPU is in is not proven" \
	[ "$(python3 "$here/sockets.py" packages "$work/info")" = "7f=- ff=1" ]
bound "$ids" "$work/id" "$(ctl info)"
check "... and msrctl says why" says "no CPU is in"
"$fuse_msr" run --as-root --syslog "$work/log" --daemon "$msrd" "$base" -- \
	sh "$work/bind" "$ids" "$work/id" "$(ctl read -c 0 0x606)" >/dev/null 2>&1
check "... as the daemon's log does" grep -q "7f.*no CPU is in" "$work/log"
bound "$ids" "$work/id" "$(figures --json)"
# shellcheck disable=SC2086
check "... the other's figures are its own" has 1 $one

echo -1 >"$work/id"
bound "$ids" "$work/id" "$(figures)"
check "package id of -1 is no socket" sh -c "! grep -q 4294967295 '$work/stat' '$work/stderr'"
check "... and the reason is said" says "not known"

# --- what a virtual machine does not say

case_of guest
measures "$work/guest" "$(figures --json)" >/dev/null
check "clock without a base ratio is n/a" says "no base ratio in MSR_PLATFORM_INFO"

as_others "$0" "$@"
finish
