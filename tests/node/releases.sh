#!/bin/sh
# SPDX-License-Identifier: MIT
# The device numbers of every LIKWID release, chosen by the daemon's folder, or
# that of a link on the way to it; libmsrd follows.
# usage: releases.sh FUSE-MSR MSRD MSRCTL FIXTURE NODE-RELEASES

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$3 fixture=$4 node_releases=$5

need_node

for release in 3.1 4.0 4.1 4.2 4.3 5.0 5.1 5.2 5.3 5.4 5.5 9.9; do
	mkdir "$work/likwid-$release"
	ln -s "$msrd" "$work/likwid-$release/likwid-accessD"
done

# as in LIKWID's own folder: what the link leads to decides
mkdir -p "$work/opt/sbin"
ln -s "$work/likwid-5.5/likwid-accessD" "$work/opt/sbin/likwid-accessD"

on_node() {
	"$fuse_msr" run --daemon "$msrd" "$fixture" -- "$@"
}

# one of the units is only the owner's
check "each release is served" with_lock \
	"$fuse_msr" run --daemon "$msrd" "$fixture" -- "$node_releases" "$work"
for release in 3.1 4.0 5.1 5.2 5.3 5.5; do
	check "msrctl talks to a daemon of $release" on_node "$msrctl" \
		--daemon "$work/likwid-$release/likwid-accessD" read -u ha0,imc3,qpi1,r2pcie0 0xf4
done
on_node "$msrctl" --daemon "$work/likwid-9.9/likwid-accessD" read 0x606 2>"$work/stderr"
check "msrctl does not guess" [ $? = 1 ]
check "... and says why" grep -q "release of LIKWID that is not known" "$work/stderr"

check "msrctl follows a link to a release's link" on_node "$msrctl" \
	--daemon "$work/opt/sbin/likwid-accessD" read -u ha0,imc3 0xf4

# what is said of it is one line, whatever the folder is called
forged="$work/likwid-9x
msrd[1]: all is well"
mkdir "$forged"
ln -s "$msrd" "$forged/likwid-accessD"
: >"$work/log"
chmod 666 "$work/log"
"$fuse_msr" run --daemon "$msrd" --syslog "$work/log" "$fixture" -- "$forged/likwid-accessD" 2>"$work/stderr"
check "a folder's name can't forge a line" [ "$(wc -l <"$work/log") $(wc -l <"$work/stderr")" = "1 1" ]

as_others "$0" "$@"
finish
