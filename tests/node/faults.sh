#!/bin/sh
# SPDX-License-Identifier: MIT
# The machine under the daemon fails, and the daemon and msrctl say what is the matter.
# usage: faults.sh FUSE-MSR MSRD MSRCTL FIXTURE NODE-FAULTS

private_tmp=yes
. "$(dirname "$0")/lib.sh"
fuse_msr=$(realpath "$1") msrd=$(realpath "$2") msrctl=$(realpath "$3") fixture=$4 node_faults=$5
export msrd msrctl work

need_node
log=$work/log
: >"$log"

# on_node [OPTION…] -- COMMAND…: what it said goes to $work/out and $work/err, how it ended to $status
on_node() {
	options=
	while [ "$1" != -- ]; do
		options="$options '$1'"
		shift
	done
	shift
	eval '"$fuse_msr" run --daemon "$msrd" '"$options"' "$fixture" -- "$@"' \
		>"$work/out" 2>"$work/err"
	status=$?
}

said() {
	grep -q -- "$1" "$work/out" "$work/err" || {
		cat "$work/out" "$work/err"
		false
	}
}

# A directive that is wrong.
on_node --fault 'fail 1 0x611 EI' -- true
check "wrong directive is a wrong command line" [ $status = 2 ]
check "... and said, with what is right" \
	said "^fuse-msr: --fault 'fail 1 0x611 EI': 'EI' is no errno, such as EIO or ENXIO"
on_node --fault 'offline 9' -- true
check "... as is a CPU that is none" said "the node has no CPU 9"

# Files of the node, for root and nobody else.
on_node --as-root -- sh -e -c 'cd /sys/devices/system/cpu
	exec 3</dev/cpu/1/msr
	look() { dd bs=8 count=1 skip=1550 iflag=skip_bytes status=none <&3 | od -An -tx8; }
	look
	echo 0 >cpu1/online
	! look 2>&1 | grep "No such device or address" >&2
	if [ -e /dev/cpu/1/msr ] || [ -e cpu1/topology ]; then exit 1; fi
	[ "$(cat online offline cpu1/online)" = "0
1
0" ]
	[ "$(grep -c ^processor /proc/cpuinfo)" = 1 ]
	! echo maybe >cpu1/online
	echo 1 >cpu1/online
	look
	[ -e /dev/cpu/1/msr ] && [ -e cpu1/topology ] && [ "$(cat online)" = 0-1 ]'
check "CPU goes offline and comes back by its online file" [ $status = 0 ]

# What is open when its CPU or function goes, as tests/kernel measures it on a real kernel.
cat >"$work/open" <<'END'
cd /sys/devices/sim
exec 3</sys/bus/pci/devices/0000:7f:10.0/config 4</proc/bus/pci/7f/10.0 5</dev/cpu/1/msr
look() { dd bs=8 count=1 2>&1 >/dev/null | sed -n 's/.*: //p; /^1+0/p'; }
echo hide 7f:10.0 >fault
echo offline 1 >fault
look <&3; look <&4; look <&5
stat -L -c %h /dev/fd/5
echo show 7f:10.0 >fault
echo online 1 >fault
look <&3; look <&4
look </sys/bus/pci/devices/0000:7f:10.0/config
END
open_files() {
	on_node --as-root -- sh "$work/open"
	printf '%s\n' 'No such device' 'Input/output error' 'No such device or address' 0 \
		'No such device' 'Input/output error' '1+0 records in' '1+0 records out' |
		diff - "$work/out"
}
check "what is open of a CPU or function that goes fails, and of a function for good" open_files
check "... and an open file of it fails as Linux's" said "No such device or address"
on_node -- $ordinary sh -c '! echo 0 >/sys/devices/system/cpu/cpu1/online &&
	! echo integrity >/sys/kernel/security/lockdown &&
	! echo 1 >/proc/sys/kernel/nmi_watchdog && cat /sys/devices/system/cpu/online'
check "an ordinary user switches nothing" said "^0-1$"

# A node that is mounted: not by an ordinary user in a namespace of his own (private_tmp), where nothing
# is setuid; fuse-msr.sh mounts as one.
if [ "$(id -u)" = 0 ] && mkdir "$work/mount" && command -v fusermount3 >/dev/null; then
	"$fuse_msr" mount --as-root --fault 'offline 1' "$fixture" "$work/mount" 2>"$work/err" &
	mount=$!
	wait_until test -e "$work/mount/sim/fault"
	online=$work/mount/sys/devices/system/cpu/online
	check "node that is mounted has its faults" [ "$(cat "$online")" = 0 ]
	echo "online 1" >"$work/mount/sim/fault"
	check "... and takes others" [ "$(cat "$online")" = 0-1 ]
	check "... of which files come" test -e "$work/mount/dev/cpu/1/msr"
	kill $mount
	wait $mount
fi

# Registers that are driven.
on_node --as-root --clock manual -- sh -e -c 'cd /sys/devices/sim
	echo "0 0x611 1000" >registers
	echo "hold 1 0x19c 0x88000003" >registers
	echo "+2s 0 0x611 5" >registers
	"$msrctl" read --daemon "$msrd" -c 0 0x611
	"$msrctl" read --daemon "$msrd" -c 1 0x19c
	echo +2s >clock
	"$msrctl" read --daemon "$msrd" -c 0 0x611
	cat registers'
check "register is set" said "0x00*3e8$"
check "... held" said "0x88000003"
check "... and set when its time has come" said "0x00*5$"
check "... and what is held is listed" said "^1: hold 1 0x19c 0x88000003"

# A fixture with a script.
cp -rL "$fixture" "$work/scripted"
cat >"$work/scripted/events.txt" <<'END'
# PROCHOT for two seconds
1s    1 IA32_THERM_STATUS 0x88000003
3s    release 1 IA32_THERM_STATUS
2s    offline 1 for=500ms  # in any order
END
fixture=$work/scripted
on_node --as-root --clock manual -- sh -e -c 'cd /sys/devices
	therm() { "$msrctl" read --daemon "$msrd" -c 1 0x19c 2>&1; }
	therm
	for step in +1s +1s +0.5s +0.5s; do
		echo "$step" >sim/clock
		therm || :
	done'
check "script of the fixture plays" [ "$(grep -c 0x00*88000003 "$work/out")" = 2 ]
check "... with a CPU that is offline in between" said "offline"
printf '1s 1 NO_SUCH 5\n1 0x10 5\n' >"$work/scripted/events.txt"
"$fuse_msr" check "$work/scripted" >"$work/out" 2>"$work/err"
check "script that is wrong is a fixture that is wrong" [ $? = 1 ]
check "... said with its line" said "events.txt:1: 'NO_SUCH' is no address of an MSR"
check "... all of them" said "events.txt:2: lacks the time in front"
printf '1s 1 0x611 0x100000000\n2s offline 0-1\n3s offline 1\n' >"$work/scripted/events.txt"
"$fuse_msr" check "$work/scripted" >"$work/out" 2>"$work/err"
check "what can't be done when its time has come is a fault of the fixture, too" [ $? = 1 ]
check "... said with its line" said "events.txt:1: 0x100000000 has bits that register 0x611 has not"
check "... each" said "events.txt:2: CPU 0 can't go offline"
check "... but what can be done" [ "$(grep -c events.txt "$work/err")" = 2 ]
check "check says how many there are" said "^  events     3, the last at 3 s"
fixture=$4

# What the daemon makes of it.
check "daemon's recoveries and diagnoses" \
	"$fuse_msr" run --daemon "$msrd" --syslog "$log" "$fixture" -- "$node_faults" "$msrd" "$log"

# doctor FAULT STATUS CHECK TEXT: msrctl doctor finds it
doctor() {
	on_node --fault "$1" -- "$msrctl" doctor --daemon "$msrd"
	check "doctor on: $1" said "^$2  *$3  *.*$4"
}
doctor "lockdown integrity" warning lockdown "locked down (integrity)"
doctor "watchdog on" warning "NMI watchdog" "holds a cycle counter"
doctor "vanish /dev/cpu/*/msr" error "msr module" "is loaded, but there is no /dev/cpu/N/msr here"
if [ "$(id -u)" = 0 ]; then
	doctor "allow_writes off" warning "msr writes" "allow_writes=off: the kernel refuses every write"
else # as on a real node
	doctor "allow_writes off" unknown "msr writes" "only root may read allow_writes"
fi
doctor "vanish /dev/cpu/1/msr" error "msr module" "missing for 1 of 2 CPUs .* the first is CPU 1"
doctor "open /dev/cpu/*/msr EIO" error MSR "these CPUs have no MSRs, a virtual machine"
doctor "hide 8086:3cb4" warning uncore "not fitted: imc2"
doctor "offline 1" ok "cpu model" "1 CPUs online"
doctor "fail all any EIO" error MSR "read or write failed"

# stat FAULT TEXT: msrctl stat says why a figure is missing
stat() {
	on_node --fault "$1" -- "$msrctl" stat -i 0.01 --daemon "$msrd"
	check "stat on: $1" said "$2"
}
stat "lockdown integrity" "write failed: the kernel is locked down"
stat "allow_writes off" "the msr module refuses writes: allow_writes=off"
stat "watchdog on" "the kernel holds fixed counter 1 (its NMI watchdog, which is on, or perf)"
stat "fail 1 0x309 EIO after=2" "CPU 1: read of MSR 0x309 on CPU 1: read or write failed"

# A CPU that is away for a while, as msrctl stat sees it: what it counted is not known any more, but
# its registers are put back.
cat >"$work/away.sh" <<'END'
out=$2
. "$1/lib.sh"
: >"$out"
"$msrctl" stat -i 0.03 -n 1000 --daemon "$msrd" >"$out" 2>&1 &
pid=$!
# last_line CPU TEXT: of the intervals so far
last_line() { grep "^  $1 " "$out" | tail -n 1 | grep -q "$2"; }
wait_until last_line 1 " M " || exit 11
echo "offline 1" >/sys/devices/sim/fault
wait_until last_line 1 "is offline" || exit 12
last_line 0 " M " || exit 13
echo "online 1" >/sys/devices/sim/fault
kill -TERM $pid
wait $pid
"$msrctl" read --daemon "$msrd" -c 1 0x38d
END
on_node -- sh "$work/away.sh" "$(realpath "$(dirname "$0")")" "$work/stat"
check "stat goes on without a CPU that is offline" [ $status = 0 ]
check "... and puts its registers back when it is there again" said "0x38d .* 0x00*$"

finish
