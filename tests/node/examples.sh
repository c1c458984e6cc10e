#!/bin/sh
# SPDX-License-Identifier: MIT
# Every example of README, man pages and --help, for an ordinary user, whom they are for; for
# root where there can be no node for anybody else.
# usage: examples.sh FUSE-MSR MSRD MSRCTL FIXTURES TESTS LEFT-OUT DEMO README PAGE…

private_tmp=yes
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/likwid.sh"
fuse_msr=$1 msrd=$2 fixtures=$4

need_node
need python3 bash jq lscpu
if [ "$(id -u)" = 0 ] && $ordinary unshare --user --map-root-user --mount true 2>/dev/null; then
	$ordinary sh "$0" "$@"
	exit
fi

# takes_the_node: LIKWID asks the processor, which is the host's where CPUID can't be made to fault
takes_the_node() {
	on "$fixtures/documented/xeon-e5-2680-2x1" -- likwid-perfctr -i | grep -q SandyBridge
}

(need_likwid) >"$work/missing"
likwid=$?
[ $likwid = 0 ] && ! takes_the_node && likwid=cpuid
python3 "$(dirname "$0")/examples.py" "$work" $likwid "$@" || exit 1
command -v gnuplot >/dev/null || leave_out gnuplot "gnuplot is not installed (Debian: gnuplot-nox): its examples"
case $likwid in
0) finish ;;
cpuid) skip_as cpuid "LIKWID takes the processor for another one than the node's: its examples" ;;
*) sed 's/$/: the examples with LIKWID/' "$work/missing" && exit $likwid ;;
esac
