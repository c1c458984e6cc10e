#!/bin/sh
# SPDX-License-Identifier: MIT
# LIKWID's other tools on the node, and LIKWID's own daemon with our client.
# usage: likwid-tools.sh FUSE-MSR MSRD MSRCTL FIXTURE

private_tmp=yes
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/likwid.sh"
fuse_msr=$1 msrd=$2 msrctl=$3 fixture=$4
reference_daemon=/usr/sbin/likwid-accessD

need_likwid
export msrctl msrd reference_daemon

# --- likwid-powermeter

# watts DOMAIN SOCKET: what likwid-powermeter printed
watts() {
	sed -n "/Measure for socket $2 /,/^\$/p" "$work/power" | sed -n "/Domain $1:/,/Power/p" |
		sed -n 's/^Power consumed: \([0-9.]*\) Watt/\1/p'
}

# is_near VALUE EXPECTED: within 1 %
is_near() {
	awk -v value="${1:-0}" -v expected="$2" \
		'BEGIN { d = value / expected - 1; exit !(d < 0.01 && d > -0.01) }' ||
		{ echo "$1, not $2"; false; }
}

# start NAME COMMAND…: on the node, in the background; most of these sleep most of the time. What it
# says is $work/NAME.
start() {
	name=$1
	shift
	on "$fixture" -- "$@" >"$work/$name" 2>&1 &
}

start power likwid-powermeter -s 2s
start info likwid-powermeter -i
start temperatures likwid-powermeter -t
start topology likwid-topology -O
# it has a daemon of its own for the clock; of ours it asks for the uncore's, which 06_2D has not
start frequencies likwid-setFrequencies -p
wait

# The figures are those of the fixture's workload and msr.txt: DOMAIN:SOCKET:WATTS.
powers="PKG:0:42.5 PKG:1:39 PP0:0:21.25 PP0:1:19.5 DRAM:0:9.5 DRAM:1:7.75"

power_is_right() {
	domain=${1%%:*} rest=${1#*:}
	is_near "$(watts "$domain" "${rest%:*}")" "${rest#*:}"
}

powers_are_right() {
	for power in $powers; do
		power_is_right "$power" || return 1
	done
}

# time passes, and a machine that is busy elsewhere reads late: once more, alone
powers_are_right || on "$fixture" -- likwid-powermeter -s 2s >"$work/power" 2>&1
for power in $powers; do
	check "power of ${power%:*}" power_is_right "$power"
done
check "powermeter knows the base clock" grep -q '^Base clock:.*2700.00 MHz' "$work/info"
check "... the turbo steps" grep -q '^C0 3500.00 MHz' "$work/info"
check "... and what the package is made for" grep -q '^Thermal Spec Power: 130 Watt' "$work/info"
check "temperatures are those of the CPUs" \
	[ "$(grep -oE 'HWThread [01]: [0-9]+ C' "$work/temperatures" | tr '\n' ' ')" = \
		"HWThread 0: 42 C HWThread 1: 38 C " ]
check "powermeter says nothing of an error" \
	says_no_error "$work/power" "$work/info" "$work/temperatures"

# --- likwid-features

cat >"$work/features" <<'END'
bits() {
	# what is preloaded for LIKWID is not for a program with a sanitizer
	LD_PRELOAD='' "$msrctl" read --daemon "$msrd" -c "$1" 0x1a0 0x1a4 |
		sed -n 's/.*0x0*\([0-9a-f]*[0-9a-f]\)$/\1/p' | tr '\n' ' '
}
is() {
	[ "$(bits "$1")" = "$2" ] || { echo "CPU $1 has $(bits "$1"), not $2"; exit 1; }
}
is 0 "850089 0 "
likwid-features -d HW_PREFETCHER -c 0 >/dev/null && is 0 "850089 1 "
likwid-features -d IP_PREFETCHER,DCU_PREFETCHER -c 0 >/dev/null && is 0 "850089 d "
likwid-features -e HW_PREFETCHER -c 0 >/dev/null && is 0 "850089 c "
is 1 "850089 0 "
likwid-features -l -c 0,1 >"$1"
likwid-features -e IP_PREFETCHER,DCU_PREFETCHER -c 0 >/dev/null && is 0 "850089 0 "
END
cat >"$work/no-features" <<'END'
likwid-features -d HW_PREFETCHER -c 0
LD_PRELOAD='' "$msrctl" read --daemon "$msrd" -c 0 0x1a4
END
"$fuse_msr" run --likwid --daemon "$msrd" --syslog "$work/no-features.log" "$fixture" -- \
	sh "$work/no-features" >"$work/no-features.out" 2>&1
check "features are refused without a lock file" grep -q '0x0*0$' "$work/no-features.out"
check "... which the log says" grep -q 'refused: .* write of 0x1 to MSR 0x1a4 .*(the profile is off: only for the owner' "$work/no-features.log"
check "the owner's features change their own bit and no other" on_own "$fixture" -- sh "$work/features" "$work/list"
# its exit status is 1 by design
check "the list shows which are off" \
	[ "$(sed -n 's/^\(IP\|DCU\|HW\|CL\)_PREFETCHER *\(o[nf]*\)\t\(o[nf]*\).*/\1 \2 \3/p' "$work/list" |
		tr '\n' ',')" = "HW on on,CL on on,DCU off on,IP off on," ]

# --- likwid-topology and likwid-setFrequencies

check "topology has the sockets" grep -q '^Sockets:,2,' "$work/topology"
check "... their NUMA nodes" grep -q '^NUMA domains:,2,' "$work/topology"
check "... and the L3" grep -q '^Size:,20 MB,' "$work/topology"
check "... without an error" says_no_error "$work/topology"
check "setFrequencies knows that the uncore's clock can't be set" \
	grep -q 'No support for Uncore frequencies' "$work/frequencies"

check_refusals

# --- fuse-msr

PATH=/nowhere "$fuse_msr" run --likwid --daemon "$msrd" "$fixture" /bin/true 2>"$work/missing"
check "without LIKWID there is no node" [ $? = 125 ]
check "... and the message names the package" grep -q 'install the package .likwid.' "$work/missing"

# --- LIKWID's daemon, our client

# The daemon is a grandchild, given to the supervisor: our parent.
cat >"$work/reference" <<'END'
daemons() {
	for exe in /proc/[0-9]*/exe; do
		[ "$(readlink "$exe" 2>/dev/null)" = "$reference_daemon" ] &&
			grep "^PPid:.*[^0-9]$PPID\$" "${exe%exe}status" 2>/dev/null
	done
}
ctl() {
	command=$1
	shift
	"$msrctl" "$command" --daemon "$reference_daemon" "$@"
}
if [ "$1" = intel ]; then
	ctl read 0x606 && ctl write -c 1 0x309 0x1234 && ctl read -c 1 0x309 || exit 1
else
	! ctl read 0x606 || exit 1
fi
for i in $(seq 500); do
	[ -n "$(daemons)" ] || exit 0
	sleep 0.02
done
echo "still there: $(daemons)"
exit 1
END

# reference HOST: with what LIKWID's daemon answers there
reference() {
	"$fuse_msr" run --as-root "$fixture" -- sh "$work/reference" "$1" >"$work/answers" 2>&1 ||
		{ cat "$work/answers"; false; }
}

# has_answers N PATTERN: that many
has_answers() {
	[ "$(grep -cE "$2" "$work/answers")" = "$1" ] || { cat "$work/answers"; false; }
}

# It allows the registers of the processor that it executes CPUID on, which may be one of Intel's
# that it does not know.
refuses_all() {
	reference other >/dev/null 2>&1
}

# On a processor that it does not know at all it serves nobody: asked of it alone, without our client,
# whose mistakes are to be seen.
cat >"$work/alone" <<'END'
ls /tmp/likwid-[0-9]* >"$1" 2>/dev/null
[ -f "$1" ] || exit 1
"$reference_daemon" >/dev/null 2>&1
for i in $(seq 100); do
	ls /tmp/likwid-[0-9]* 2>/dev/null | grep -vxFf "$1" >"$1.new" && {
		# the node's end kills it, and nobody else removes that
		xargs rm -f <"$1.new"
		exit 1
	}
	sleep 0.02
done
END
ends_at_once() {
	"$fuse_msr" run --as-root "$fixture" -- sh "$work/alone" "$work/before" && ! reference intel >/dev/null 2>&1
}

if [ -x $reference_daemon ] && is_intel_host && ! refuses_all; then
	check "our client speaks with LIKWID's daemon, which ends" reference intel
	check "... and gets the registers" has_answers 4 '(0x606 .*a1003|0x309 .*1234)$'
elif [ -x $reference_daemon ] && ends_at_once; then
	check "our client says that LIKWID's daemon, which does not know this processor, has ended" \
		has_answers 1 'likwid-accessD did not start: it ended with exit status'
elif [ -x $reference_daemon ]; then
	check "our client speaks with LIKWID's daemon, which ends" reference other
	check "... and is refused Intel's registers" \
		has_answers 2 'read of MSR 0x606 on CPU [01]: register not allowed'
fi

as_others "$0" "$@"
finish
