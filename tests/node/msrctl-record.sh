#!/bin/sh
# SPDX-License-Identifier: MIT
# A node that is recorded, and made anew from the recording, answers the same.
# usage: msrctl-record.sh FUSE-MSR MSRD MSRCTL FIXTURE

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$2 msrctl=$3 fixture=$4
registers=$(dirname "$0")/registers.py

need_node
need python3
export msrd msrctl registers work

on() {
	node=$1
	shift
	"$fuse_msr" run --daemon "$msrd" --clock manual "$node" "$@"
}
node_says() {
	on "$1" --as-root -- sh -c 'grep -v "^cpu MHz" /proc/cpuinfo; lscpu -p; numactl -H 2>/dev/null; python3 "$registers"'
}

# Nothing has its reset value when it is recorded: counters are set up, and time has passed.
on "$fixture" --as-root -- sh -c '
	"$msrctl" --daemon "$msrd" write -c 0-1 0x186 0x4300c0 >/dev/null &&
	"$msrctl" --daemon "$msrd" write -c 0-1 0x38d 0x333 >/dev/null &&
	"$msrctl" --daemon "$msrd" write -c 0-1 0x38f 0x70000000f >/dev/null &&
	"$msrctl" --daemon "$msrd" write -u imc0-3 0xd8 0x400304 >/dev/null &&
	exec 3>"$work/err" && echo +1.5s >/sys/devices/sim/clock && "$msrctl" record "$work/node" 2>&3 &&
	grep -v "^cpu MHz" /proc/cpuinfo >"$work/before" && lscpu -p >>"$work/before" && { numactl -H 2>/dev/null || :; } >>"$work/before" &&
	python3 "$registers" >>"$work/before"' >"$work/out"
check "root records a machine" [ $? = 0 ]
check "... and is told where" grep -q "$work/node" "$work/out"
"$fuse_msr" check "$work/node" >"$work/out"
check "... which is a fixture" [ $? = 0 ]
node_says "$work/node" >"$work/after"
check "the node made of it has the same registers, config space, CPUs and memory" \
	sh -c 'diff "$1" "$2" >"$3" || { head -20 "$3"; false; }' - "$work/before" "$work/after" "$work/diff"
check "... and that was something to compare" [ "$(grep -c '^cpu' "$work/before")" -gt 300 ]
check "what is recorded says so" grep -q "MSR_PLATFORM_INFO, recorded: msrctl record" "$work/node/msr.txt"
check "what is not known says so" grep -q "uncore: .*# assumed" "$work/node/node.yaml"

# --- an ordinary user gets what the policy lets him
chmod 1777 "$work"
# shellcheck disable=SC2086
on "$fixture" -- $ordinary "$msrctl" record --daemon "$msrd" "$work/user" 2>"$work/err" >"$work/out"
check "who has no root records through the daemon" [ $? = 0 ]
check "... and is told what the policy refuses" grep -q "registers are refused by the policy" "$work/err"
check "... which stands in the file" grep -q "^# not known: .*refused" "$work/user/msr.txt"
check "... and what of config space is root's" grep -q "behind their first 64 bytes" "$work/err"
"$fuse_msr" check "$work/user" >"$work/out" 2>"$work/err"
check "... and gets a fixture" grep -q "MSRs  *[1-9]" "$work/out"
check "... whose buses are of no package, as the bytes that say so are root's" \
	sh -c 'grep -q "has uncore units, but no package" "$1" && ! grep -v "but no package" "$1"' - "$work/err"
check "... with the registers that he may read" grep -q "^0-[0-9]* 0x606 0xa1003 " "$work/user/msr.txt"

# one message asks for all registers of a CPU
if strace -o "$work/calls" true 2>/dev/null; then
	# a sanitizer's look for leaks is itself a tracer's
	on "$fixture" -- strace -E ASAN_OPTIONS=detect_leaks=0 -o "$work/calls" -e trace=sendto \
		"$msrctl" record --daemon "$msrd" "$work/traced" 2>"$work/err" >"$work/out"
	check "who is traced records as well" [ $? = 0 ]
	sent=$(grep -c "^sendto" "$work/calls")
	cpus=$(sed -n 's/.*: \([0-9]*\) CPUs.*/\1/p' "$work/out")
	check "... and asks once for each CPU, not for each register ($sent messages, $cpus CPUs)" \
		[ "$sent" -ge "$cpus" -a "$sent" -le $((cpus + 2)) ]
else
	leave_out strace "how many messages a recording takes: strace is not installed, or not allowed"
fi

# --- what goes wrong leaves nothing
cp -r "$work/node" "$work/copy"
on "$fixture" --as-root -- "$msrctl" record "$work/node" 2>"$work/err"
check "a DIR that is there is refused with status 2" [ $? = 2 ]
check "... and named" grep -q "node is there already" "$work/err"
check "... and left as it is" diff -r "$work/node" "$work/copy"
on "$fixture" --as-root -- "$msrctl" record "$work/none/node" 2>"$work/err"
check "a DIR that can't be made is status 1" [ $? = 1 ]
check "... with the reason" grep -q "No such file" "$work/err"
on "$fixture" -- "$msrctl" record --daemon "$work/none" "$work/bad" 2>"$work/err"
check "no daemon is status 1" [ $? = 1 ]
check "... and nothing is written" [ -z "$(find "$work" -maxdepth 1 -name 'bad*')" ]
on "$fixture" -- "$msrctl" record 2>"$work/err"
check "no DIR is wrong usage" [ $? = 2 ]

finish
