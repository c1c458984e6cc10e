#!/bin/sh
# SPDX-License-Identifier: MIT
# The daemon under memcheck, on the simulated node. The node's root runs it: a program that
# has been given privileges can't be run under valgrind by anybody else.
# usage: memcheck.sh FUSE-MSR MSRD MSRCTL FIXTURE NODE-DAEMON

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$3 fixture=$4 node_daemon=$5

need_node
need valgrind
log=$work/log
: >"$log"

# a copy, which the node gives no privileges
cp "$msrd" "$work/plain-msrd"

# valgrind's verdict is the daemon's exit status, which every test looks at
cat >"$work/msrd" <<END
#!/bin/sh
exec $(command -v valgrind) --quiet --vgdb=no --leak-check=full --errors-for-leak-kinds=definite,possible \\
	--error-exitcode=99 --log-file=$work/valgrind-%p $work/plain-msrd
END
chmod 755 "$work/msrd"

on_node() {
	"$fuse_msr" run --as-root --syslog "$log" "$fixture" -- "$@"
}

# no errors, no leaks: valgrind has nothing to say
is_quiet() {
	cat "$work"/valgrind-* >"$work/said"
	[ -f "$1" ] && [ ! -s "$work/said" ] || { cat "$work/said"; false; }
}

check "conversations, refusals, disconnects" on_node "$node_daemon" "$work/msrd" "$log" as-root
check "a measurement" on_node "$msrctl" --daemon "$work/msrd" stat -o "$work/stat"
check "memcheck found nothing" is_quiet "$(echo "$work"/valgrind-* | cut -d' ' -f1)"
finish
