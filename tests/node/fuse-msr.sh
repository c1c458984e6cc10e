#!/bin/sh
# SPDX-License-Identifier: MIT
# fuse-msr makes a node, runs a command on it, and leaves nothing behind.
# usage: fuse-msr.sh FUSE-MSR FIXTURES DEVICE-FILES

. "$(dirname "$0")/lib.sh"
fuse_msr=$1
fixture=$2/xeon-e5-2680-2s
device_files=$3

need_node
need lscpu lspci

node() {
	"$fuse_msr" run "$fixture" "$@"
}

status_is() {
	expected=$1
	shift
	"$@" 2>"$work/stderr"
	status=$?
	[ "$status" = "$expected" ] || { echo "status $status, not $expected"; cat "$work/stderr"; false; }
}

says() {
	grep -q "$1" "$work/stderr"
}

# refused_by REASON COMMAND…
refused_by() {
	reason=$1
	shift
	! LC_ALL=C "$@" >"$work/refused" 2>&1 && grep -q "$reason" "$work/refused"
}

# --- names are the kernel's

check "what /sys says can't be taken away by root" \
	refused_by "Operation not permitted" node --as-root -- rm -f /sys/devices/system/cpu/online
check "... and in no directory of /proc something be made" \
	refused_by "No such file or directory" node --as-root -- mkdir /proc/bus/pci/new

# --- names in /dev are root's, as on devtmpfs

# shellcheck disable=SC2016
check "root makes files beside the device files, and they are what they were made to be" node --as-root -- sh -ec '
	cd /dev/cpu/0
	echo hello >file
	mkdir dir && ln -s ../msr dir/link && ln file dir/second && mkfifo dir/fifo
	[ "$(cat dir/second)" = hello ]
	[ "$(stat -c "%h %s %a" file)" = "2 6 644" ]
	[ "$(readlink dir/link)" = ../msr ]
	[ "$(ls -U)" = "$(printf "dir\nfile\nmsr\ncpuid")" ]
	! rmdir dir 2>/dev/null
	exec 3<>file
	rm file dir/second
	[ "$(cat <&3)" = hello ]
	rm -r dir
	[ "$(ls -U)" = "$(printf "msr\ncpuid")" ]'
in_user_namespace() { ! node --as-root -- grep -qw 4294967295 /proc/self/uid_map; }
if in_user_namespace; then
	check "... but no device, which Linux lets nobody make in a user namespace" \
		refused_by "Operation not permitted" node --as-root -- mknod /dev/cpu/0/null c 1 3
else
	# shellcheck disable=SC2016
	check "... and devices, which are what they are on devtmpfs" node --as-root -- sh -ec '
		mknod -m 640 /dev/cpu/0/null c 1 3
		[ "$(stat -c "%F %t,%T %a" /dev/cpu/0/null)" = "character special file 1,3 640" ]
		echo gone >/dev/cpu/0/null
		[ "$(wc -c </dev/cpu/0/null)" = 0 ]
		rm /dev/cpu/0/null'
fi
# shellcheck disable=SC2016
check "... and a device file by another name is the same register" node --as-root -- sh -ec '
	read_it() { dd if="$1" bs=8 count=1 skip=206B iflag=skip_bytes status=none | od -An -tx8; }
	cd /dev/cpu/0
	before=$(read_it msr)
	ln msr kept
	mv msr other
	[ -n "$before" ] && [ "$(read_it kept)" = "$before" ] && [ "$(read_it other)" = "$before" ]
	rm kept other
	! [ -e msr ]'
# shellcheck disable=SC2016
check "a CPU that goes offline takes its device files along, and nobody else's" node --as-root -- sh -ec '
	cd /dev/cpu
	echo mine >1/file
	rm 1/msr
	echo 0 >/sys/devices/system/cpu/cpu1/online
	[ "$(ls 1)" = file ]
	echo 1 >/sys/devices/system/cpu/cpu1/online
	[ "$(ls -U 1 | tr "\n" " ")" = "cpuid msr file " ]
	rm 1/file
	echo 0 >/sys/devices/system/cpu/cpu1/online
	! [ -e 1 ]'
# shellcheck disable=SC2086
check "... and nobody but root makes any" refused_by "Permission denied" node --daemon /bin/true -- \
	$ordinary mkdir /dev/cpu/0/new

# --- the command's end is fuse-msr's end

check "exit status is the command's" status_is 7 node -- sh -c 'exit 7'
check "killed command is 128 plus the signal" status_is 137 node -- sh -c 'kill -9 $$'
check "command that does not exist is 127" status_is 127 node -- /does/not/exist
check "command that is no program is 126" status_is 126 node -- /etc/passwd
check "wrong command line is 2" status_is 2 "$fuse_msr" run --clock yesterday
check "no command is 2" status_is 2 node
check "fixture that does not exist is 125" status_is 125 "$fuse_msr" run no-such-node true
check "... and the message names it" says no-such-node
check "command's options are its own" status_is 3 node sh -c 'exit 3'
check "grace that is no number is 2" status_is 2 node --grace soon -- true
check "standard streams are the caller's" [ "$(echo hello | node -- cat)" = hello ]

# shellcheck disable=SC2016
check "without /dev/fuse there is no node" status_is 125 unshare --user --map-root-user --mount \
	sh -c 'mount -t tmpfs none /dev && exec "$@"' sh "$fuse_msr" run "$fixture" true
check "... and the message has the cure" says 'chmod 666 /dev/fuse'

# --- the node is seen

check "lscpu sees the sockets" [ "$(node -- lscpu | sed -n 's/^Socket(s): *//p')" = 2 ]
check "lscpu sees the CPUs" [ "$(node -- lscpu | sed -n 's/^CPU(s): *//p')" = 16 ]
node -- lspci -n >"$work/node"
lspci -n -F "$fixture/pci.txt" >"$work/dump"
check "lspci sees the functions of the dump" cmp "$work/node" "$work/dump"
check "... and there are some" [ -s "$work/dump" ]
check "lspci sees them in /proc too" \
	[ "$(node -- lspci -n -A linux-proc | wc -l)" = "$(wc -l <"$work/dump")" ]
if command -v hwloc-calc >/dev/null; then
	check "hwloc sees the cores" [ "$(node -- hwloc-calc -N core all)" = 16 ]
	check "hwloc sees the NUMA nodes" [ "$(node -- hwloc-calc -N numanode all)" = 2 ]
fi
check "uid is the caller's" [ "$(node -- id -u)" = "$(id -u)" ]
check "root of the node is uid 0" [ "$(node --as-root -- id -u)" = 0 ]
check "device files behave as the kernel's for root" node --as-root -- "$device_files" root
if [ "$(id -u)" = 0 ] && unshare --user true 2>/dev/null; then
	check "... also for a container's, which has not all capabilities" \
		setpriv --bounding-set=-sys_rawio "$fuse_msr" run "$fixture" -- "$device_files" root
fi
# shellcheck disable=SC2016
[ "$(id -u)" = 0 ] || check "root of another namespace is not root of the node" status_is 1 \
	node -- unshare --map-root-user cat /dev/cpu/0/msr

# --- the daemon has privileges, and it alone

# any program can play the daemon: this one knows what it may
cp "$device_files" "$work/daemon"
chmod 755 "$work" "$work/daemon"
# shellcheck disable=SC2086
on_node() {
	node --daemon "$work/daemon" -- $ordinary "$@"
}
check "device files open to the daemon as to root" on_node "$work/daemon" root
check "... and to others they do not" on_node "$device_files" others
check "the command has no capability" \
	on_node grep -q '^CapEff:.*0000000000000000$' /proc/self/status
check "the daemon's file is as before" [ "$(stat -c %a "$work/daemon")" = 755 ]

# --- time and messages

# shellcheck disable=SC2016
check "manual clock moves by what is written to it, and only so" \
	[ "$(node --clock manual -- sh -c 'cd /sys/devices/sim
		cat clock; echo +1.5s >clock; cat clock; echo +7 >clock; cat clock' |
		tr '\n' ' ')" = "0 1500000000 1500000007 " ]
check "real clock is not moved" status_is 1 \
	node -- sh -c 'echo +1s 2>/dev/null >/sys/devices/sim/clock'
# read MSR of CPU 0; write it (eight bytes for printf)
# shellcheck disable=SC2016
msrs='rdmsr() { dd if=/dev/cpu/0/msr bs=8 count=1 skip="$1" iflag=skip_bytes status=none | od -An -tu8 | tr -d " "; }
	wrmsr() { printf "$2" | dd of=/dev/cpu/0/msr bs=8 seek="$1" oflag=seek_bytes conv=notrunc status=none; }'
# UOPS_ISSUED.ANY with CMASK 1 and INV, then an event that no workload spreads, with CMASK 1
# shellcheck disable=SC2016
check "stall cycles and cycles with events are all cycles" \
	[ "$(node --as-root --clock manual -- sh -c "$msrs"'
		wrmsr 390 "\016\001\303\001\000\000\000\000"; wrmsr 391 "\016\001\103\001\000\000\000\000"
		echo +1s >/sys/devices/sim/clock
		echo $(($(rdmsr 193) + $(rdmsr 194)))' 2>&1)" = 3100000000 ]
# shellcheck disable=SC2016
check "what the workload does not say counts 0, and the log says why" \
	[ "$(node --as-root --clock manual -- sh -c "$msrs"'
		wrmsr 390 "\121\001\103\001\000\000\000\000"
		echo +1s >/sys/devices/sim/clock
		rdmsr 193; cat /sys/devices/sim/log' 2>&1 | tr '\n' ' ')" = "0 cpu 0: event 0x51 umask 0x01 \
threshold 1 counts 0: the workload does not say how it is spread over cycles (per_cycle) " ]
node --syslog "$work/syslog" -- logger --socket /dev/log "one line"
check "what is sent to syslog is in the file" grep -q 'one line$' "$work/syslog"
check "... once" [ "$(wc -l <"$work/syslog")" = 1 ]
check "without --syslog there is no syslog" node -- test ! -e /dev/log

# --- nothing is left

mounts() {
	sed 's/^[0-9]* [0-9]* //' /proc/self/mountinfo
}
mounts >"$work/mounts"

# start COMMAND…: on the node, in the background; $pid is fuse-msr's.
start() {
	rm -f "$work/pid"
	# shellcheck disable=SC2016
	# a shell starts what is in the background with SIGINT and SIGQUIT ignored, and nohup does
	# so with SIGHUP: env gives them back
	# shellcheck disable=SC2086
	${where:-} "$fuse_msr" run "$fixture" -- env --default-signal=HUP,INT,QUIT,TERM \
		sh -c 'echo $$ >"$0.new"; mv "$0.new" "$0"; exec "$@"' "$work/pid" "$@" &
	pid=$!
	if ! wait_until test -s "$work/pid"; then
		echo "FAILED: no command was started"
		exit 1
	fi
	# their numbers on the node are others
	read -r supervisor _ <"/proc/$pid/task/$pid/children"
	read -r command _ <"/proc/$supervisor/task/$supervisor/children"
}

all_gone() {
	is_gone "$pid" && is_gone "$supervisor" && is_gone "$command"
}

# hold COMMAND…: the command and all that it starts have $work/held open as descriptor 9.
hold() {
	rm -f "$work/held"
	mkfifo "$work/held"
	exec 8<>"$work/held" # a writer that opens it does not wait for a reader
	"$@" 8<&- 9>"$work/held"
}
# let_go SECONDS: within that nobody has it open any more.
let_go() {
	exec 7<"$work/held" 8<&-
	timeout "$1" cat <&7
	held=$?
	exec 7<&-
	[ $held = 0 ]
}
# nobody_left SCRIPT: whom it has started on the node is gone when fuse-msr has ended.
nobody_left() {
	hold node --grace 50 -- sh -c "$1"
	let_go 1
}
check "what the command left behind ends with it" nobody_left 'sleep 1000 &'
check "... also when it does not listen to SIGTERM" nobody_left 'trap "" TERM; sleep 1000 &'
check "... and in another session" nobody_left 'trap "" TERM; setsid sleep 1000 &'
check "... and when its parent is gone already" \
	nobody_left '(trap "" TERM; setsid sh -c "sleep 1000 & sleep 1000 &" &)'
check "... and when it is stopped" nobody_left 'trap "" TERM; sh -c "kill -STOP \$\$" &'
check "... and when it has numbers of its own" \
	nobody_left 'trap "" TERM; setsid unshare --user --map-root-user --pid --fork sleep 1000 &'

# left_after MS: how the command's child ends that has heard SIGTERM and needs a while
left_after() {
	rm -f "$work/left"
	# shellcheck disable=SC2016
	node --grace "$1" -- sh -c 'mkfifo "$0.fifo"
		sh -c "trap \"sleep 0.2; echo heard >\$0; exit\" TERM; echo >\$0.fifo; while :; do sleep 0.1; done" \
			"$0" </dev/null >/dev/null 2>&1 &
		read line <"$0.fifo"' "$work/left"
	rm "$work/left.fifo"
	cat "$work/left" 2>/dev/null
}
check "... as late as --grace says" [ "$(left_after 0)" = "" ]
check "... so that it may end as it likes" [ "$(left_after 10000)" = heard ]

# --- signals that the caller ignores or blocks

# inheriting HOW SIGNALS COMMAND…: with SIGNALS ignored or blocked
inheriting() {
	timeout --kill-after=5 20 env --"$1"-signal="$2" "$fuse_msr" run "$fixture" -- \
		sh -c "$3"
}
# of awk, whose SIGCHLD is bit 16 of two masks
cat >"$work/usual.awk" <<'AWK'
/^Sig(Blk|Ign):/ { if (substr($2, 12, 1) ~ /[13579bdf]/) unusual = 1; n++ }
END { exit unusual || n != 2 }
AWK
for how in ignore block; do
	check "command's end is seen with SIGCHLD set to $how" \
		status_is 3 inheriting $how CHLD 'sleep 0.1; exit 3'
	check "... and SIGTERM too" status_is 3 inheriting $how CHLD,TERM 'sleep 0.1; exit 3'
	check "... and the command has it as usual" \
		inheriting $how CHLD "awk -f '$work/usual.awk' /proc/self/status"
done
check "what is ignored stays so" \
	[ "$(inheriting ignore HUP,INT,QUIT 'kill -HUP $$; kill -INT $$; kill -QUIT $$; echo here')" = here ]

ulimit -c 0 # for SIGQUIT
for signal in HUP:129 INT:130 QUIT:131 TERM:143; do
	start sleep 1000
	kill -s "${signal%:*}" "$pid"
	wait "$pid"
	check "SIG${signal%:*} ends the command and everything" [ $? = "${signal#*:}" ]
	check "... and nobody is left" all_gone
done
start sleep 1000
kill -9 "$pid"
check "when fuse-msr is killed everything ends" wait_until all_gone
wait "$pid" 2>/dev/null
start sleep 1000
kill -9 "$command"
wait "$pid"
check "when the command is killed everything ends" [ $? = 137 ]
check "... and nobody is left" all_gone
start sleep 1000
kill -9 "$supervisor"
wait "$pid"
check "when the supervisor is killed everything ends" [ $? = 137 ]
check "... and nobody is left" all_gone

start sleep 1000
kill -9 "$supervisor" "$pid"
check "when all of fuse-msr is killed everything ends" wait_until all_gone
wait "$pid" 2>/dev/null
start sleep 1000
kill -STOP "$supervisor"
kill -9 "$pid"
check "... and when the supervisor is stopped" wait_until all_gone
kill -CONT "$supervisor" 2>/dev/null
wait "$pid" 2>/dev/null
start sleep 1000
kill -STOP "$command"
kill -TERM "$pid"
check "SIGTERM ends a stopped command" wait_until is_gone "$pid"
kill -CONT "$command" 2>/dev/null
wait "$pid"
check "... which is what is said of it" [ $? = 143 ]

has_pids=no
[ "$(node -- cat /proc/1/comm)" != fuse-msr ] || has_pids=yes
if unshare --user --map-root-user --mount --pid --fork --mount-proc \
	sh -c 'echo 300 >/proc/sys/kernel/ns_last_pid' 2>/dev/null; then
	check "where a PID namespace can be had the node has one" [ $has_pids = yes ]
fi

# in sessions of their own, without a parent, stopped, and deaf to SIGTERM
hidden='trap "" TERM; setsid sh -c "sleep 1000 & setsid sleep 1000 & kill -STOP \$\$" &
	(setsid sleep 1000 &); sleep 1000'
victims_of="pid supervisor"
[ $has_pids = no ] || victims_of="pid supervisor supervisor,pid"
for victims in $victims_of; do
	hold start sh -c "$hidden"
	for victim in $(echo "$victims" | tr , ' '); do
		eval "kill -9 \$$victim"
	done
	check "nobody hides when this is killed: $victims" let_go 10
	wait "$pid" 2>/dev/null
done

# --- numbers of processes

if [ $has_pids = yes ]; then
	check "/proc shows the node's processes only" [ "$(node -- sh -c 'set -- /proc/[0-9]*; echo $#')" = 2 ]
	# shellcheck disable=SC2016
	for n in 1 2 3 4 5 6 7 8; do
		node -- sh -c 'echo $$'
	done >"$work/numbers"
	check "nodes begin with numbers of their own" [ "$(sort -u "$work/numbers" | wc -l)" -gt 4 ]
fi
# shellcheck disable=SC2016
check "/proc/self is who looks" node -- sh -c '[ -d /proc/$$ ] &&
	[ "$(sed "s/ .*//" /proc/$$/stat)" = $$ ]'

# where nobody gets a PID namespace with a /proc of its own
echo 'mount -t tmpfs none /proc/sys && exec unshare --user --map-root-user --mount "$@"' >"$work/contain"
contained="unshare --user --map-root-user --mount sh $work/contain"
# shellcheck disable=SC2016,SC2086
check "without a /proc of its own it goes on with the host's numbers" status_is 7 \
	$contained "$fuse_msr" run "$fixture" -- sh -c '[ "$(cat /proc/1/comm)" != fuse-msr ] && exit 7'
check "... and says nothing" [ ! -s "$work/stderr" ]
where=$contained
start sleep 1000
where=
kill -STOP "$supervisor"
kill -9 "$pid"
check "... and everything ends when all is killed and the supervisor is stopped" wait_until all_gone
kill -CONT "$supervisor" 2>/dev/null
kill -9 "$command" 2>/dev/null
wait "$pid" 2>/dev/null

# --- the terminal

if command -v python3 >/dev/null; then
	check "a shell on the node has the terminal, its jobs, ^C and ^Z; then its caller has it again" \
		timeout 60 python3 "$(dirname "$0")/terminal.py" "$fuse_msr" run "$fixture"
fi

# --- mount

is_mounted() {
	grep -q " $work/mount " /proc/self/mountinfo
}
is_unmounted() {
	! is_mounted
}
start_mount() {
	"$fuse_msr" mount "$fixture" "$work/mount" "$@" 2>"$work/stderr" &
	pid=$!
	wait_until is_mounted
}
mkdir "$work/mount"
if [ "$(id -u)" = 0 ] || command -v fusermount3 >/dev/null; then
	start_mount --as-root
	check "mount says where and how to unmount" wait_until says "$work/mount.*fusermount3 -u"
	check "mounted node can be read" cmp -n 8 "$work/mount/dev/cpu/0/msr" \
		"$work/mount/dev/cpu/1/msr"
	kill -TERM "$pid"
	check "mount ends with a signal" wait "$pid"
	check "... and unmounts itself" is_unmounted
	start_mount
	umount "$work/mount" 2>/dev/null || fusermount3 -u "$work/mount"
	check "mount ends when it is unmounted" wait "$pid"
	start_mount
	kill -9 "$pid"
	check "killed mount is unmounted" wait_until is_unmounted
	wait "$pid" 2>/dev/null
fi

mounts >"$work/mounts.after"
check "the host's mounts are as before" cmp "$work/mounts" "$work/mounts.after"

# --- check

check "check accepts the fixture" status_is 0 "$fuse_msr" check "$fixture"
"$fuse_msr" check "$fixture" >"$work/said"
check "... and says which packages there are" grep -q '^  topology   packages 0-1: 8 cores' "$work/said"
check "... which is each uncore bus's, and why" \
	[ "$(grep -c "^  PCI bus    0000:\(7f, package 0\|ff, package 1\) (the UBOX's node id): 4 imc, 1 ha," \
		"$work/said")" = 2 ]
check "... and nothing of the others" [ "$(grep -c '^  PCI bus    0000:[08]0: [0-9]* other' "$work/said")" = 2 ]
cp -r "$fixture" "$work/doubt"
chmod -R u+w "$work/doubt"
sed -i '/^0000:ff:0b.0/,/^$/s/^50: 00 00 00 00 08 00/50: 00 00 00 00 00 80/' "$work/doubt/pci.txt"
status_is 1 "$fuse_msr" check "$work/doubt" >"$work/said"
check "check says of which bus the package is not proven, and why" \
	grep -q '^  PCI bus    0000:ff, no package (its UBOX names a package that no CPU is in): 4 imc' \
	"$work/said"
cp -r "$fixture" "$work/fixture"
chmod -R u+w "$work/fixture"
echo "0 0x10 nonsense" >>"$work/fixture/msr.txt"
line=$(wc -l <"$work/fixture/msr.txt")
check "check refuses one that is wrong" status_is 1 "$fuse_msr" check "$work/fixture"
check "... and names the line" says "msr.txt:$line:"

as_others "$0" "$@"
finish
