#!/bin/sh
# SPDX-License-Identifier: MIT
# msrctl doctor names each cause that a namespace or a simulated node can bring about, and only that.
# usage: doctor.sh FUSE-MSR MSRD MSRCTL FIXTURE FILE-CAPABILITIES

private_tmp=yes
. "$(dirname "$0")/lib.sh"
fuse_msr=$(realpath "$1") msrd=$(realpath "$2") msrctl=$(realpath "$3") fixture=$4
file_capabilities=$5
export msrd msrctl work

need_node

# on_node COMMAND…
on_node() {
	"$fuse_msr" run --daemon "$msrd" "$fixture" -- "$@"
}

# examine COMMAND…: a doctor's table goes to $work/out, its exit status to $status
examine() {
	"$@" >"$work/out" 2>"$work/err"
	status=$?
}

# row STATUS CHECK TEXT
row() {
	grep -q "^\($1\)  *$2 .*$3" "$work/out" || {
		cat "$work/out" "$work/err"
		false
	}
}

# has SENTENCE STATUS CHECK TEXT
has() {
	check "$1" row "$2" "$3" "$4"
}

# silent_elsewhere CHECK: no other check of the system finds an error (the daemon's answers may)
silent_elsewhere() {
	! grep "^error" "$work/out" | grep -v "^error  *\($1\) " | grep -v "^error  *\(MSR\|PCI register\) " || {
		cat "$work/out"
		false
	}
}

examine on_node "$msrctl" doctor --daemon "$msrd"
check "simulated node is well, but for what the host has" [ "$status" -le 1 ]
has "... the daemon reads" ok MSR "the daemon reads MSR 0x"
has "... also config space" ok "PCI register" "the daemon reads offset 0x"
# one message asks for the register of all CPUs
if strace -o "$work/calls" true 2>/dev/null; then
	# a sanitizer's look for leaks is itself a tracer's
	examine "$fuse_msr" run --daemon "$msrd" "$(dirname "$fixture")/xeon-e5-2680-2s" -- \
		strace -E ASAN_OPTIONS=detect_leaks=0 -o "$work/calls" -e trace=sendto \
		"$msrctl" doctor --daemon "$msrd"
	sent=$(grep -c "^sendto" "$work/calls")
	check "... and of 16 CPUs and 2 sockets by a hello, two messages and good-bye ($sent)" \
		[ "$sent" -gt 0 -a "$sent" -le 4 ]
	has "... which read" ok MSR "the daemon reads MSR 0x"
else
	leave_out strace "how many messages doctor takes: strace is not installed, or not allowed"
fi
examine on_node "$msrctl" doctor --daemon "$msrd" --json
check "JSON has every check" [ "$(grep -c '"check"' "$work/out")" = 19 ]
examine "$msrctl" doctor --no-such-option
check "wrong usage is no finding" [ $status = 64 ]

on_node "$msrctl" read --daemon "$work/none" -c 0 0x606 >"$work/out" 2>"$work/err"
check "msrctl read that gets no daemon leads to doctor" grep -q "msrctl doctor. says why" "$work/err"
examine on_node "$msrctl" doctor --daemon "$work/none"
has "daemon that is not there" error daemon "is no program"
check "... is an error" [ $status = 2 ]

# Machines.
cp -rL "$fixture" "$work/bare"
: >"$work/bare/pci.txt"
examine "$fuse_msr" run --daemon "$msrd" "$work/bare" -- "$msrctl" doctor --daemon "$msrd"
has "no uncore functions" warning uncore "no uncore functions"
check "... is a warning" [ $status = 1 ]

# told REASON OPTION… FIXTURE -- COMMAND…: what the daemon itself tells a script at the first access
told() {
	reason=$1
	shift
	"$fuse_msr" run --daemon "$msrd" "$@" --json --daemon "$msrd" >"$work/out" 2>"$work/err"
	check "script is told $reason" grep -q "\"reason\": \"$reason\"" "$work/out"
}
told no-uncore "$work/bare" -- "$msrctl" read -s 0 -u imc0 0xf4
told allow-writes --fault "allow_writes off" "$fixture" -- "$msrctl" write -c 0 0x38f 0
told lockdown --fault "lockdown integrity" "$fixture" -- "$msrctl" write -c 0 0x38f 0

# hidden NAME ID…: a node whose firmware hides all functions of these ids
hidden() {
	node=$work/$1
	cp -rL "$fixture" "$node"
	for id; do
		awk -v RS= -v ORS="\n\n" -v id="8086:$id" '!index($0, id)' "$node/pci.txt" >"$work/pci.txt"
		cp "$work/pci.txt" "$node/pci.txt"
	done
	examine "$fuse_msr" run --daemon "$msrd" "$node" -- "$msrctl" doctor --daemon "$msrd"
}
hidden no-imc2 3cb4
has "functions hidden by firmware" warning uncore "hidden by firmware, or not fitted: imc2"
hidden no-ubox 3ce0 3c28
has "UBOX hidden by firmware" warning uncore "has no socket: nothing says which"
told hidden "$work/no-ubox" -- "$msrctl" read -s 0 -u imc0 0xf4

# without CPU, msr and privileges: the host's kernel with another cpuinfo
sed 's/^model\t.*/model\t\t: 42/; s/^cpu family.*/cpu family\t: 6/' /proc/cpuinfo >"$work/cpuinfo"
[ "$(id -u)" = 0 ] && namespace=--mount || namespace="--user --map-root-user --mount"
# shellcheck disable=SC2086
examine unshare $namespace sh -c 'mount --bind "$1" /proc/cpuinfo && shift && exec "$@"' - \
	"$work/cpuinfo" "$msrctl" doctor --daemon "$msrd"
has "unsupported model" error "cpu model" "not supported: .*family 6, model 42"
check "... is an error" [ $status = 2 ]

if [ "$(id -u)" = 0 ] && [ "${MSRD_TESTS_PRIVATE_TMP:-0}" = 1 ]; then
	. "$(dirname "$0")/doctor-root.sh"
fi

as_others "$0" "$@"
finish
