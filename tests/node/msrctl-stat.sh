#!/bin/sh
# SPDX-License-Identifier: MIT
# msrctl stat on the simulated node: several at a time, COMMAND and signals, phases, and
# machines on which something is not known.
# usage: msrctl-stat.sh FUSE-MSR MSRD MSRCTL FIXTURE FIXTURES-README

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$(realpath "$3") fixture=$4 readme=$5

need_node
need python3
export msrd msrctl work

# on_node COMMAND…
on_node() {
	# what this is about may never end
	timeout 30 "$fuse_msr" run --daemon "$msrd" "$fixture" -- "$@"
}

# manual COMMAND…: on the node, whose clock only COMMAND moves: then figures are exact
manual() {
	timeout 60 "$fuse_msr" run --daemon "$msrd" --clock manual "$fixture" -- "$@"
}
second='echo +1s >/sys/devices/sim/clock'

# stat ARGUMENT…: on the node
stat() {
	on_node "$msrctl" stat --daemon "$msrd" "$@"
}

# ends_with STATUS COMMAND…: output goes to $work/out, standard error goes to $work/err
ends_with() {
	wanted=$1
	shift
	"$@" >"$work/out" 2>"$work/err"
	[ $? = "$wanted" ]
}

# says PATTERN: the last output did
says() {
	cat "$work/out" "$work/err" | grep -q -e "$1"
}

# --- several measurements, in the order that $1 says, on one node. Each measures from its
# `begin` to its `end` or `kill`; what they touch has to be afterwards as before.
cat >"$work/hold" <<'END'
touch "$work/$1.begun"
until [ -e "$work/$1.end" ]; do sleep 0.02; done
END
cat >"$work/several" <<'END'
controls() {
	"$msrctl" read --daemon "$msrd" 0x38d 0x38f &&
		"$msrctl" read --daemon "$msrd" -u imc 0xf4 0xd8 0xdc 0xe0 0xe4
}
dump() {
	controls && "$msrctl" read --daemon "$msrd" 0x309 0x30a 0x30b &&
		"$msrctl" read --daemon "$msrd" -u imc 0xa0 0xa4 0xa8 0xac 0xb0 0xb4 0xb8 0xbc
}
# wait_for FILE
wait_for() {
	for i in $(seq 500); do
		[ ! -e "$1" ] || return 0
		sleep 0.02
	done
	return 1
}
begin() {
	"$msrctl" stat --daemon "$msrd" -t 1e-9 --expect /sys/devices/sim/workload -o "$work/$1.out" -- \
		sh "$work/hold" "$1" 2>>"$work/several.err" &
	eval "$1=$!"
	wait_for "$work/$1.begun"
}
end() {
	echo +1s >/sys/devices/sim/clock
	touch "$work/$1.end"
	eval "wait \$$1" && grep -q "All 16 expected figures" "$work/$1.out"
}
# has_ended PID
has_ended() {
	! state=$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) || [ "$state" = Z ]
}
# its daemon puts back what it has changed, and is gone when that is done
kill_it() {
	eval "pid=\$$1"
	daemon=
	for child in $(cat "/proc/$pid/task/$pid/children"); do
		[ "$(cat "/proc/$child/comm")" != msrd ] || daemon=$child
	done
	[ -n "$daemon" ] || return 1
	kill -KILL $pid
	wait $pid 2>/dev/null
	for i in $(seq 500); do
		! has_ended "$daemon" || break
		sleep 0.02
	done
	has_ended "$daemon" && touch "$work/$1.end"
}
# what its counters needed was put back under it: it says so, and has no figure of them
lose() {
	echo +1s >/sys/devices/sim/clock
	touch "$work/$1.end"
	eval "! wait \$$1" || return 1
	[ "$(grep -c "^ *[01] *n/a .* n/a .*somebody else changed MSR" "$work/$1.out")" = 2 ] &&
		[ "$(grep -c "^ *[01] *n/a .* n/a .*somebody else changed offset" "$work/$1.out")" = 2 ]
}
# nothing is programmed any more; counters that nobody puts back yet keep their counts
unprogrammed() {
	controls >"$work/meanwhile" && diff "$work/controls" "$work/meanwhile"
}
rm -f "$work"/*.begun "$work"/*.end "$work"/*.out "$work/several.err"
"$msrctl" write --daemon "$msrd" -s 0 -u imc 0xf4 0x10100 >/dev/null || exit 1
"$msrctl" write --daemon "$msrd" -c 0 0x38f 0x2000000ff >/dev/null || exit 1
"$msrctl" write --daemon "$msrd" -c 1 0x309 77 >/dev/null || exit 1
dump >"$work/before" && controls >"$work/controls" || exit 1
while read -r what who; do
	$what $who || { echo "$what $who failed"; cat "$work/several.err" "$work/$who.out"; exit 1; }
done <<STEPS
$(echo "$1" | tr ',' '\n')
STEPS
dump >"$work/after"
diff "$work/before" "$work/after" || exit 1
# nothing lies about
! ls -d "/dev/shm/msrctl-1-$(id -u)-$(cat /proc/sys/kernel/random/boot_id)" 2>/dev/null
END

# the files in which they meet are made alike by every user: the others have their two
orders="begin a,begin b,end a,end b;begin a,kill_it a,unprogrammed,begin b,end b"
[ "$(id -u)" != 0 ] || orders="$orders;begin a,begin b,end b,end a
begin a,begin b,begin c,end b,end a,end c;begin a,begin b,end a,begin c,end b,end c
begin a,begin b,kill_it a,lose b;begin a,begin b,kill_it b,end a
begin a,begin b,kill_it a,unprogrammed,begin c,end c,lose b
begin a,begin b,kill_it a,kill_it b,unprogrammed,begin c,end c"
echo "$orders" | tr ';' '\n' >"$work/orders"
while read -r order; do
	check "registers are as before after: $order" manual sh "$work/several" "$order" </dev/null
done <"$work/orders"

# while another one has their files for itself
cat >"$work/peers" <<'END'
# what they meet in, once one of them is there
peers_dir() {
	for i in $(seq 500); do
		ls -d "/dev/shm/msrctl-1-$(id -u)-$(cat /proc/sys/kernel/random/boot_id)" 2>/dev/null &&
			break
		sleep 0.02
	done
}
END
cat >"$work/beside" <<'END'
. "$work/peers"
"$msrctl" stat --daemon "$msrd" -n 0 >/dev/null &
dir=$(peers_dir)
flock "$dir" timeout 10 "$msrctl" stat --daemon "$msrd" --wait 0.1
status=$?
kill %1
wait %1
exit $status
END
check "a measurement that another one does not let begin fails as soon as it is told to" \
	ends_with 1 on_node bash "$work/beside"
check "... and says why" says "another msrctl stat of yours is programming counters"

# somebody may have claimed since then what it would put back
cat >"$work/locked" <<'END'
. "$work/peers"
dump() {
	"$msrctl" read --daemon "$msrd" 0x38d 0x38f
}
rm -f "$work"/last.*
dump >"$work/before"
"$msrctl" stat --daemon "$msrd" --wait 0.1 -- sh "$work/hold" last >/dev/null 2>"$work/said" &
until [ -e "$work/last.begun" ]; do sleep 0.02; done
exec 9<"$(peers_dir)"
flock 9
touch "$work/last.end"
! wait $! || { echo "it says that all is well"; exit 1; }
grep -q "are left as they were programmed" "$work/said" || { cat "$work/said"; exit 1; }
dump >"$work/between"
! diff "$work/before" "$work/between" >/dev/null || { echo "it has restored without the lock"; exit 1; }
exec 9<&-
"$msrctl" stat --daemon "$msrd" -i 0.1 -n 1 >/dev/null && dump >"$work/after" &&
	diff "$work/before" "$work/after"
END
check "one that is not let to put its registers back leaves them to the next" \
	on_node bash "$work/locked"

# --- COMMAND and its exit status
check "COMMAND's exit status is stat's" ends_with 3 stat -o /dev/null -- sh -c 'exit 3'
check "... also when it outlasts the intervals" ends_with 3 \
	stat -i 0.1 -n 1 -o /dev/null -- sh -c 'sleep 0.3; exit 3'
check "... or 128 plus the signal" ends_with 137 stat -o /dev/null -- sh -c 'kill -KILL $$'
check "... or 127 when there is none" ends_with 127 stat -o /dev/null -- /not/there
check "... or 126 when it cannot be run" ends_with 126 stat -o /dev/null -- /etc/passwd
check "--no-status is the measurement's own" ends_with 0 \
	stat --no-status -o /dev/null -- sh -c 'exit 3'
check "... 1 when COMMAND could not be run" ends_with 1 \
	stat --no-status -o /dev/null -- /not/there
echo "cpu 0 cpi 77" >"$work/wrong"
check "a measurement that failed is 1 where COMMAND succeeded" ends_with 1 \
	stat --expect "$work/wrong" -o /dev/null -- true
check "counters that somebody else switched off are no figures" ends_with 1 \
	stat -- "$msrctl" write --daemon "$msrd" -c 1 0x38d 0
check "... and it is told" grep -q "changed MSR 0x38d on CPU 1" "$work/err"
check "a CPU that is not there is an error, as for read" ends_with 1 \
	manual "$msrctl" stat --daemon "$msrd" -c 0,99 -- sh -c "$second"
check "... said on standard error" grep -q "CPU 99: no such device" "$work/err"
check "... and the other is measured" grep -q "^  0  *2975 M  *3500 M  *1.176  *3500" "$work/out"

# --- what a parent may have done to signals
cat >"$work/signals.py" <<'END'
import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
if sys.argv[1] == "blocked":
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGCHLD, signal.SIGALRM])
os.execvp(sys.argv[2], sys.argv[2:])
END
for how in ignored blocked; do
	check "stat ends with COMMAND where the parent had SIGCHLD $how" ends_with 3 \
		on_node python3 "$work/signals.py" $how "$msrctl" stat --daemon "$msrd" -o /dev/null \
		-- sh -c 'exit 3'
done
cat >"$work/hangup" <<'END'
nohup "$msrctl" stat --daemon "$msrd" -o "$work/hangup.out" -- sh "$work/hold" hangup 2>/dev/null &
stat=$!
for i in $(seq 500); do
	[ ! -e "$work/hangup.begun" ] || break
	sleep 0.02
done
kill -HUP $stat
# were it not ignored, it would be there before this is
kill -0 $stat && touch "$work/hangup.end"
wait $stat && grep -q "exit status 0" "$work/hangup.out"
END
check "a SIGHUP that nohup ignores stays ignored" on_node sh "$work/hangup"

# --- phases: the example of fixtures/README.md, and the node's clock moved by hand
mkdir "$work/example"
python3 - "$readme" "$work/example" <<'END'
import pathlib, re, sys
text = pathlib.Path(sys.argv[1]).read_text()
for name in "node.yaml", "msr.txt", "pci.txt", "workload.yaml":
    block = re.search(rf"### {re.escape(name)}\n```\w*\n(.*?)```", text, re.S)
    pathlib.Path(sys.argv[2], name).write_text(block[1])
END
fixture=$work/example
cat >"$work/phases" <<'END'
# over both phases, and the first again; and no energy is less than a unit of its counter
for i in 1 2 3 4; do
	"$msrctl" stat --daemon "$msrd" -t 1e-9 --expect /sys/devices/sim/workload -- \
		sh -c "echo +1.25s >/sys/devices/sim/clock" || exit
done
END
check "the example of fixtures/README.md is measured as it says" ends_with 0 manual sh "$work/phases"
check "... every figure of each 1.25 s" [ "$(grep -c "All 16 expected figures are measured within 1e-09 %" "$work/out")" = 4 ]
check "time that is moved by hand is the node's" ends_with 0 \
	"$fuse_msr" run --clock=manual --daemon "$msrd" "$work/example" -- \
	"$msrctl" stat --daemon "$msrd" -t 0.001 --expect /sys/devices/sim/workload -- \
	sh -c 'echo +3.5s >/sys/devices/sim/clock'
check "... exactly" says "5143 M *5143 M *0.00"
fixture=$4

# --- what is not known is n/a, with the reason
# variant NAME SED-SCRIPT FILE: the fixture, changed; on_node is on it then
variant() {
	cp -rL "$4" "$work/$1"
	chmod -R u+w "$work/$1"
	sed -i "$2" "$work/$1/$3"
	fixture=$work/$1
}
variant guest 's/^\(0-1 0xce\) [^ ]*/\1 0x80000000/; s/^\(0-1 0x606\) [^ ]*/\1 0x0/' msr.txt "$fixture"
check "a guest without ratio and unit is measured" ends_with 0 \
	manual "$msrctl" stat --daemon "$msrd" -- sh -c "$second"
check "... what it has" grep -q "^  0  *2975 M  *3500 M  *1.176  *n/a" "$work/out"
check "... without clock" says "n/a no base ratio in MSR_PLATFORM_INFO: a virtual machine?"
check "... and power" says "no energy unit in MSR_RAPL_POWER_UNIT: a virtual machine?"
check "... in JSON as well" ends_with 0 stat -i 0.2 --json
check "... where they are null" python3 -c 'import json, sys
doc = json.load(open(sys.argv[1]))
assert [cpu["clock_mhz"] for cpu in doc["cpus"]] == [None, None]
assert [socket["package_watts"] for socket in doc["sockets"]] == [None, None]' "$work/out"

variant offline 's/^topology:/&\n  offline: 0/' node.yaml "$4"
check "a package without online CPUs is shown" ends_with 0 \
	on_node "$msrctl" info --daemon "$msrd"
if [ "$(id -u)" = 0 ]; then
	check "... as such" says "^ *0 no CPU online"
	check "... and its buses stay its own" says "^0000:7f *0 "
fi
check "the other's figures are its own" ends_with 0 manual "$msrctl" stat --daemon "$msrd" -c 1 -- sh -c "$second"
check "... as they are without offline CPUs" says "^ *1 *4500 M *3000 M *39.00 *7.750"

# --- the kernel holds fixed counter 1 of CPU 0, as its NMI watchdog does
variant watched 's/^0-1 0x1a0 .*/&\n0 0x38d 0xb0  # IA32_FIXED_CTR_CTRL, assumed: a watchdog/' msr.txt "$4"
check "what the kernel holds is not measured" ends_with 1 manual sh -c '
	"$msrctl" stat --daemon "$msrd" -- sh -c "echo +1s >/sys/devices/sim/clock"
	status=$?
	"$msrctl" read --daemon "$msrd" -c 0 0x38d
	exit $status'
check "... which is said, with who it may be" says "the kernel holds fixed counter 1 (.*perf"
check "... and is left as it was" says " 0x0*b0$"
check "... while the others are" says "^ *1 *4250 M *3400 M *0.800 *3400 "

fixture=$4
cat >"$work/packages" <<'END'
echo "$1" >"$work/id"
for file in /sys/devices/system/cpu/cpu*/topology/physical_package_id; do
	mount --bind "$work/id" "$file" || exit 9
done
"$msrctl" info --daemon "$msrd"
"$msrctl" stat --daemon "$msrd" -- sh -c "echo +1s >/sys/devices/sim/clock"
END
as_root() {
	"$fuse_msr" run --as-root --daemon "$msrd" --clock manual "$fixture" -- "$@"
}
check "CPUs of a package that is not known are measured" ends_with 0 as_root sh "$work/packages" -1
check "... exactly" says "^ *1 *4250 M *3400 M *0.800 *3400"
check "... the package's figures are n/a" says "^ *- *n/a.*CPU 0's package is not known"
check "... under no number" [ "$(grep -c 4294967295 "$work/out")" = 0 ]
check "a bus of a package that no CPU is in is said to be" \
	ends_with 0 as_root sh "$work/packages" 1
check "... not proven" says "^0000:7f *- -"

# --- a daemon that somebody ends: said at once, and what it was asked for is put back
fixture=$4
cat >"$work/end-daemon" <<'END'
for child in $(cat /proc/$PPID/task/$PPID/children); do
	[ "$(cat /proc/$child/comm)" != msrd ] || kill -TERM $child
done
END
cat >"$work/ended" <<'END'
"$msrctl" read --daemon "$msrd" 0x38d 0x38f >"$work/before"
"$msrctl" stat --daemon "$msrd" --no-status -- sh "$work/end-daemon"
status=$?
"$msrctl" read --daemon "$msrd" 0x38d 0x38f >"$work/after"
diff "$work/before" "$work/after" || exit 9
exit $status
END
check "a daemon that was told to terminate ends a measurement" \
	ends_with 1 as_root sh "$work/ended"
check "... which says so" says "the daemon .* is gone: somebody has told it to terminate"

# --- a daemon that knows no batches
mkdir "$work/likwid-5.2"
ln -s "$msrd" "$work/likwid-5.2/likwid-accessD"
cat >"$work/plain" <<'END'
dump() {
	"$msrctl" read --daemon "$msrd" 0x38d 0x38f 0x309 0x186 0xc1 &&
		"$msrctl" read --daemon "$msrd" -u imc 0xf4 0xd8 0xdc 0xa0 0xa4
}
dump >"$work/before" && "$msrctl" stat --daemon "$work/likwid-5.2/likwid-accessD" "$@" -- \
	sh -c "echo +1s >/sys/devices/sim/clock" &&
	dump >"$work/after" && diff "$work/before" "$work/after"
END
check "over LIKWID's protocol alone all is measured, and put back" ends_with 0 manual sh "$work/plain" \
	-t 1e-9 --expect /sys/devices/sim/workload
check "... and nothing is missing" says "All 16 expected figures are measured within 1e-09 %"
check "... events too" ends_with 0 manual sh "$work/plain" \
	-e instructions,cpu/event=0xd0,umask=0x81/,imc/event=0x04,umask=0x03/,cbox/event=0x00/
sed -n 's/^\([a-z]* [01]\)  *\([a-z][^ ]*\)  *\([0-9]*\) .*/\1 \2 \3/p' "$work/out" >"$work/plain-events"
cat >"$work/plain-events.wanted" <<'END'
cpu 0 instructions 2975000000
cpu 1 instructions 4250000000
cpu 0 cpu/event=0xd0,umask=0x81/ 922250000
cpu 1 cpu/event=0xd0,umask=0x81/ 1317500000
socket 0 imc/event=0x04,umask=0x03/ 93750000
socket 1 imc/event=0x04,umask=0x03/ 70312500
socket 0 cbox/event=0x00/ 21600000000
socket 1 cbox/event=0x00/ 21600000000
END
check "... all of them, exactly" diff "$work/plain-events.wanted" "$work/plain-events"

# --- how many messages it takes. While the clock stands still no reading is repeated.
# sent ARGUMENT…: on a node of 16 CPUs, 2 sockets and 8 memory channels; stat's tables go to $work/out
sent() {
	# a sanitizer's look for leaks is itself a tracer's
	timeout 60 "$fuse_msr" run --clock manual --daemon "$msrd" "$(dirname "$fixture")/xeon-e5-2680-2s" -- \
		strace -E ASAN_OPTIONS=detect_leaks=0 -o "$work/calls" -e trace=sendto \
		"$msrctl" stat --daemon "$msrd" -i 0.1 "$@" >"$work/out" 2>"$work/err"
	grep -c "^sendto" "$work/calls"
}
# killed before or behind message $1, whatever was on its way: its daemon puts back controls, and
# the next measurement what counts
cat >"$work/killed" <<'END'
controls() {
	"$msrctl" read --daemon "$msrd" 0x38d 0x38f &&
		"$msrctl" read --daemon "$msrd" -u imc 0xf4 0xd8 0xdc 0xe0 0xe4
}
dump() {
	controls && "$msrctl" read --daemon "$msrd" 0x309 0x30a 0x30b &&
		"$msrctl" read --daemon "$msrd" -u imc 0xa0 0xa4 0xa8 0xac
}
"$msrctl" write --daemon "$msrd" -c 1 0x309 77 >/dev/null || exit 1
controls >"$work/controls" && dump >"$work/before" || exit 1
for call in sendto recvfrom; do
	strace -o /dev/null -e inject=$call:signal=KILL:when=$1 \
		"$msrctl" stat --daemon "$msrd" -n 0 >/dev/null 2>"$work/said"
	[ $? = 137 ] || { echo "it was not killed at $call $1"; cat "$work/said"; exit 1; }
	for i in $(seq 500); do
		controls >"$work/meanwhile" && cmp -s "$work/controls" "$work/meanwhile" && break
		sleep 0.02
	done
	"$msrctl" stat --daemon "$msrd" -i 0.1 >/dev/null && dump >"$work/after" &&
		diff "$work/before" "$work/after" || exit 1
done
END
if strace -o "$work/calls" true 2>/dev/null; then
	for i in 2 3 4 5; do
		check "killed at message $i it leaves nothing that the next does not put back" \
			ends_with 0 on_node sh "$work/killed" $i
	done
	# hello; what is there, what it was, what it is to be; CPUs and sockets, twice; a look
	# whether it is still so; what is programmed and what counts is read and put back; good-bye
	n=$(sent --expect /sys/devices/sim/workload)
	check "all is programmed by one message, and put back by four ($n messages)" \
		[ "$n" -gt 0 -a "$n" -le $((1 + 3 + 2 * 18 + 1 + 4 + 1)) ]
	check "... and that is something" [ "$(grep -c "^ *[0-9][0-9]* " "$work/out")" -ge 18 ]
	# the same with three steps more: which counters are in use, selects, and switches
	n=$(sent -e instructions,cycles,imc/event=0x04,umask=0x03/,cbox/event=0x00/)
	check "events are programmed by a few messages, however many boxes there are ($n)" \
		[ "$n" -gt 0 -a "$n" -le $((1 + 6 + 2 + 1 + 4 + 1)) ]
	check "... and that is something" \
		[ "$(grep -c "cbox/event\|imc/event\|instructions\|cycles" "$work/out")" -ge 36 ]
else
	leave_out strace "how many messages a measurement takes: strace is not installed, or not allowed"
fi

as_others "$0" "$@"
finish
