#!/bin/sh
# SPDX-License-Identifier: MIT
# msrctl through the real daemon on the simulated node.
# usage: msrctl.sh FUSE-MSR MSRD MSRCTL FIXTURE NODE-OCCUPIED

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$2 msrctl=$3 fixture=$4 node_occupied=$5

need_node
export msrd msrctl work

# on_node COMMAND…
on_node() {
	"$fuse_msr" run --daemon "$msrd" "$fixture" -- "$@"
}

# ctl COMMAND…: msrctl on the node
ctl() {
	command=$1
	shift
	on_node "$msrctl" "$command" --daemon "$msrd" "$@"
}

# ends_with STATUS COMMAND…: output goes to $work/out, standard error goes to $work/err
ends_with() {
	wanted=$1
	shift
	"$@" >"$work/out" 2>"$work/err"
	[ $? = "$wanted" ]
}

# On the node: what stat may touch, before, during and after; $1 is what happens to it, and $2 how
# long it measures.
cat >"$work/interrupt" <<'END'
dump() {
	"$msrctl" read --daemon "$msrd" 0x38d 0x38f 0x309 0x30a 0x30b &&
		"$msrctl" read --daemon "$msrd" -u imc 0xf4 0xd8 0xdc 0xe0 0xe4 0xa0 0xa4 0xa8 0xac
}
is_programmed() {
	"$msrctl" read --daemon "$msrd" -c 1 0x38d | grep -q 333
}
"$msrctl" write --daemon "$msrd" -s 0 -u imc 0xf4 0x10100 >/dev/null || exit 1
dump >"$work/before" || exit 1
"$msrctl" stat --daemon "$msrd" -i "$2" >/dev/null 2>&1 &
stat=$!
for i in $(seq 200); do
	is_programmed && break
	sleep 0.02
done
is_programmed || exit 1
case $1 in
client) kill -TERM $stat ;;
daemon) kill -KILL $(cat /proc/$stat/task/$stat/children) ;;
esac
wait $stat
dump >"$work/after" && cmp "$work/before" "$work/after"
END

# Time passes on this node, and a machine that is busy elsewhere starts or stops a counter late: then
# it may try again. What is wrong stays wrong.
shows_the_workload() {
	for try in 1 2 3; do
		ctl stat --expect /sys/devices/sim/workload --output /dev/null && return 0
		echo "try $try failed"
	done
	return 1
}

check "what is measured is what the workload does" shows_the_workload
echo "cpu 0 cpi 77" >"$work/wrong"
check "a figure that is off is an error" ends_with 1 ctl stat -i 0.2 --expect "$work/wrong"
check "... with how many" grep -q "1 of 1 expected figures" "$work/err"
check "everything on the node is accessible" ends_with 0 ctl info
check "a register is found by name" ends_with 0 ctl read -c 0 ia32_perf_global_ctrl
check "... by the names of other tools" ends_with 0 ctl read -c 0 IA32_PERF_STATUS
check "... shown by the manual's" grep -q "0x198 *MSR_PERF_STATUS" "$work/out"
check "a name that is not there is wrong usage" ends_with 2 ctl read -c 0 ia32_perf_statu
check "... and the nearest one is told" grep -q "did you mean IA32_PERF_STATUS?" "$work/err"
check "registers are listed by the names of other tools" ends_with 0 ctl list IA32_PERF_STATUS
check "a refused register is an error" ends_with 1 ctl read -c 1 0x600
check "... that names register, CPU and cause" \
	grep -q "MSR 0x600 on CPU 1: register not allowed" "$work/err"
check "a write beyond the mask is an error" ends_with 1 ctl write -c 0 IA32_MISC_ENABLE 0x4000000000
check "... that says which bits, which mask, and what to write instead" grep -q \
	"bits 0x850089 outside the mask; the mask is 0x4000000000 (profile features): write 0x4000850089" "$work/err"
check "... and that this daemon does not let one write it at all" \
	grep -q "this daemon does not let you write it" "$work/err"
check "a write to what is only read is an error" ends_with 1 ctl write -c 0 0x198 1
check "... that says so" grep -q "no profile lets it be written" "$work/err"
check "a CPU that is not there does not hide the others" ends_with 1 ctl read -c 99,0 0x38f
check "... which are read" grep -q "^ *0 0x38f" "$work/out"
check "a write to nowhere is wrong usage" ends_with 2 ctl write 0x38f 0
for command in info list "list --built-in" "read 0x198" "stat -i 0.2"; do
	ctl $command --json >"$work/json"
	check "JSON of $command can be read" python3 -c \
		'import json, sys; json.load(open(sys.argv[1]))' "$work/json"
done
: >"$work/log"
ln -s "$(realpath "$msrd")" "$work/likwid-accessD"
check "sockets of somebody else where its daemons are met cost daemons, and nothing else" \
	"$fuse_msr" run --daemon "$msrd" --syslog "$work/log" "$fixture" -- \
	"$node_occupied" "$work/log" "$msrctl" read --daemon "$work/likwid-accessD" -c 0 0x606

# called by its own name it is handed its client: no name in /tmp is needed, or made
without_tmp() {
	"$fuse_msr" run --as-root --daemon "$msrd" "$fixture" -- \
		sh -c 'mount --rbind /tmp /tmp && mount -o remount,bind,ro /tmp && exec "$@"' - \
		"$msrctl" read --daemon "$1" -c 0 0x606
}
check "nothing of ours depends on a name in /tmp" without_tmp "$msrd"
refused_without_tmp() {
	! without_tmp "$work/likwid-accessD" 2>/dev/null
}
check "... which LIKWID's way does" refused_without_tmp

# each has process 2 as its daemon, and they share /tmp
cat >"$work/namespaces" <<'END'
for i in $(seq 20); do
	unshare --pid --fork "$msrctl" read --daemon "$msrd" -c 0 0x606 >"$work/namespace.$i" 2>&1 &
done
wait
[ "$(cat "$work"/namespace.* | grep -c a1003)" = 20 ] || { cat "$work"/namespace.*; exit 1; }
END
check "clients in 20 PID namespaces that share /tmp all have their daemon" \
	"$fuse_msr" run --as-root --daemon "$msrd" "$fixture" -- sh "$work/namespaces"
check "stat puts back every register" on_node sh "$work/interrupt" nothing 1
check "stat puts back every register after a signal" on_node sh "$work/interrupt" client 3
check "stat puts back every register after the daemon's death" on_node sh "$work/interrupt" daemon 5

as_others "$0" "$@"
finish
