#!/bin/sh
# SPDX-License-Identifier: MIT
# Direct access: msrctl and libmsrd without a daemon, by who has the rights on the node, and by who
# has not.
# usage: direct.sh FUSE-MSR MSRD MSRCTL FIXTURE NODE-BATCH

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$(realpath "$3") fixture=$4 batch=$(realpath "$5")
export msrd msrctl work

need_node

# as_root [OPTION…] -- COMMAND…: on the node, with all rights
as_root() {
	"$fuse_msr" run --daemon "$msrd" --as-root "$fixture" "$@" >"$work/out" 2>"$work/err"
}
# ends_with STATUS COMMAND…
ends_with() {
	wanted=$1
	shift
	"$@"
	status=$?
	[ $status = "$wanted" ] || {
		cat "$work/out" "$work/err"
		echo "status $status"
		false
	}
}
# --- with the rights, all on one node

cat >"$work/rights" <<'END'
# case_of NAME COMMAND…: what it prints goes to $work/NAME.out and .err
case_of() {
	name=$1
	shift
	"$@" >"$work/$name.out" 2>"$work/$name.err"
	echo $? >"$work/$name.status"
}
fault() {
	echo "$1" >/sys/devices/sim/fault
}
same() {
	for what in "0x10 0x186 0x198 0x38d 0x38f 0x606 0x611" "-u imc,ha 0xa0 0xd8 0xf4"; do
		"$msrctl" read $what --json --direct >"$work/direct" &&
			"$msrctl" read $what --json --daemon "$msrd" >"$work/daemon" &&
			cmp "$work/direct" "$work/daemon" || return 1
	done
}
unlisted() {
	! "$msrctl" write --daemon "$msrd" -c 0 0x1a0 0x850088 2>/dev/null &&
		"$msrctl" write --direct -c 0 0x1a0 0x850088 &&
		"$msrctl" read --direct -c 0 0x1a0 | grep 0000000000850088
}
case_of same same
case_of unlisted unlisted
case_of info "$msrctl" info --direct
case_of list "$msrctl" list --direct 'IA32_FIXED*'
case_of missing "$msrctl" read --direct --json -c 0 0x1ac
fault "vanish /dev/cpu/1/msr"
case_of vanished "$msrctl" read --direct --json -c 1 0x10
fault "return /dev/cpu/1/msr"
fault "vanish /dev/cpu/*/msr"
case_of module "$msrctl" read --direct --json 0x10
fault "return /dev/cpu/*/msr"
fault "offline 1"
case_of offline "$msrctl" read --direct --json -c 1 0x10
fault "online 1"
fault "allow_writes off"
case_of allow_writes "$msrctl" write --direct --json -c 0 0x38f 0
fault "lockdown integrity"
case_of lockdown "$msrctl" write --direct --json -c 0 0x38f 0
END
# ended NAME STATUS
ended() {
	[ "$(cat "$work/$1.status")" = "$2" ] || {
		cat "$work/$1.out" "$work/$1.err"
		false
	}
}
# told NAME REASON WORDS: a script is told the one, a person the other
told() {
	grep -q "\"reason\": \"$2\"" "$work/$1.out" && grep -q -e "$3" "$work/$1.err" || {
		cat "$work/$1.out" "$work/$1.err"
		false
	}
}
as_root --clock manual -- sh "$work/rights"
check "direct access reads what the daemon reads" ended same 0
check "... and writes what no list has" ended unlisted 0
check "all is accessible" ended info 0
silent_on() {
	pattern=$1
	shift
	! grep -q "$pattern" "$@"
}
check "... and no CPU or unit is not" silent_on "could not be opened" "$work/info.out"
check "list needs neither" ended list 0
check "register that is not there is told" told missing fault "may not have the register"
check "file that one CPU has not is told" told vanished cpu-file "some CPUs have no MSR file"
check "module that is not loaded is told" told module module "modprobe msr"
check "CPU that is offline is told" told offline no-device "or it is offline"
check "allow_writes=off is told" told allow_writes allow-writes "allow_writes=off (echo on"
check "lockdown is told" told lockdown lockdown "the kernel is locked down"
check "... and no word is of a daemon" silent_on "daemon\|doctor" "$work"/*.err
has_run || check "batches, and all calls of libmsrd" ends_with 0 as_root --clock manual -- "$batch" direct

cat >"$work/measure" <<'END'
"$msrctl" stat --direct -n 0 >/dev/null & stat=$!
for i in $(seq 500); do
	! "$msrctl" read --direct -c 1 0x38d | grep -q 333 || break
	sleep 0.02
done
children=$(cat /proc/$stat/task/$stat/children)
kill -KILL $stat
wait $stat 2>/dev/null
# nobody has put anything back, but the next of its kind does
"$msrctl" read --direct -c 1 0x38d | grep -q 333 || exit 3
"$msrctl" stat --direct -t 1e-9 --expect /sys/devices/sim/workload -- \
	sh -c "echo +16s >/sys/devices/sim/clock" || exit
[ -z "$children" ] || exit 4
"$msrctl" read --direct -c 1 0x38d | grep -q 0x0000000000000000 || exit 5
END
has_run || check "stat's figures are the workload's, and it puts back what a killed one has left" \
	ends_with 0 as_root --clock manual -- sh "$work/measure"

for other in --daemon="$msrd" --service --service=/run/other; do
	"$msrctl" read --direct "$other" -c 0 0x10 2>"$work/err"
	check "--direct and $other are wrong usage" [ $? = 2 ]
	"$msrctl" --direct read "$other" -c 0 0x10 2>"$work/err"
	check "... before the command, too" [ $? = 2 ]
	check "... and say so" grep -q "uses no daemon" "$work/err"
done

cat >"$work/others" <<'END'
. "$work/cases"
sed 's/^model\t.*/model\t\t: 42/' /proc/cpuinfo >"$work/cpuinfo" &&
	mount --bind "$work/cpuinfo" /proc/cpuinfo || exit 1
case_of unknown-msr "$msrctl" read --direct -c 0 0x606
case_of unknown-unit "$msrctl" read --direct --json -s 0 -u imc0 0xf4
END
sed '/^}/q' "$work/rights" >"$work/cases"
as_root -- unshare --mount sh "$work/others"
check "MSRs of a CPU model that is not known are read by number" ended unknown-msr 0
check "... with their values" grep -q 00000000000a1003 "$work/unknown-msr.out"
check "... and that its units are not known is told" told unknown-unit model "not supported"
has_run || check "a machine is recorded without a daemon" \
	ends_with 0 as_root --clock manual -- "$msrctl" record --direct "$work/recorded"
has_run || check "... and says how" grep -q "by direct access" "$work/recorded/node.yaml"

cp -rL "$fixture" "$work/bare"
: >"$work/bare/pci.txt"
"$fuse_msr" run --as-root "$work/bare" -- "$msrctl" read --direct --json -s 0 -u imc0 0xf4 \
	>"$work/bare.out" 2>"$work/bare.err"
check "no uncore functions are told" told bare no-uncore "no uncore functions"

# --- without the rights

# root's starter is root
nobody=
[ "$(id -u)" != 0 ] || nobody="$ordinary --inh-caps=-all"
cat >"$work/none" <<'END'
. "$work/cases"
case_of msr $nobody "$msrctl" read --direct --json 0x10
case_of config $nobody "$msrctl" read --direct --json -s 0 -u imc0 0xf4
case_of denied $nobody "$msrctl" info --direct
case_of measured $nobody "$msrctl" stat --direct -i 0.1
END
export nobody
"$fuse_msr" run --daemon "$msrd" "$fixture" -- sh "$work/none"
check "an ordinary user is told whose the files are" \
	told msr installed "/dev/cpu/0/msr may not be opened by this user: it is of uid .*, mode 0600"
check "... and which capability config space takes" \
	told config few-capabilities "takes the capability cap_sys_admin, which this process has not"
check "... and info fails" ended denied 1
check "... and says it once" [ "$(grep -c "may not be opened by this user" "$work/denied.err")" = 1 ]
check "... and stat fails" ended measured 1

if [ "$(id -u)" = 0 ]; then
	cat >"$work/some" <<'END'
. "$work/cases"
read="$msrctl read --direct --json -c 0 0x606"
group="setpriv --reuid 65534 --regid 65534 --groups 77 --inh-caps=+sys_rawio --ambient-caps=+sys_rawio"
chmod 666 /dev/cpu/*/msr
case_of capability $nobody $read
case_of bounding setpriv --bounding-set=-sys_rawio $nobody $read
chmod 660 /dev/cpu/*/msr
case_of other-group $nobody $read
chgrp 77 /dev/cpu/*/msr
case_of group $group "$msrctl" write --direct -c 0 0x38f 0x7
chmod 640 /dev/cpu/*/msr
case_of read-only $group "$msrctl" read --direct -c 0 0x38f
case_of no-write $group "$msrctl" write --direct --json -c 0 0x38f 0
# the node has been given to one user
mount -t tmpfs tmpfs /run && : >/run/likwid.lock && chown 1 /run/likwid.lock
case_of locked $read
chown 0 /run/likwid.lock
case_of own $read
END
	as_root -- unshare --mount sh "$work/some"
	check "files that are open, without the capability" \
		told capability few-capabilities "opening MSR files takes the capability cap_sys_rawio"
	check "the bounding set" told bounding bounding-set "bounding set lacks cap_sys_rawio"
	check "a group that may, of another" \
		told other-group installed "and gid 0, mode 0660 (be a member of that group"
	check "a member of the files' group with the capability writes" ended group 0
	check "... or reads alone" ended read-only 0
	check "... what was written" grep -q 0000000000000007 "$work/read-only.out"
	check "... and is told who may write" told no-write installed \
		"/dev/cpu/0/msr may not be written by this user: it is of uid 0, mode 0640"
	check "another user's lock file holds for root, too" \
		told locked locked "is of uid 1, who has the counters"
	check "... and one's own does not" ended own 0
fi

as_others "$0" "$@"
finish
