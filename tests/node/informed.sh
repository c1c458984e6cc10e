#!/bin/sh
# SPDX-License-Identifier: MIT
# What the daemon says of its machine and its policy, to libmsrd and to msrctl.
# usage: informed.sh FUSE-MSR MSRD MSRCTL FIXTURE INFORMED

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$(realpath "$3") fixture=$4 informed=$(realpath "$5")

need_node
mkdir "$work/likwid-5.2"
ln -s "$msrd" "$work/likwid-5.2/likwid-accessD"
export msrd msrctl informed work

on() {
	"$fuse_msr" run --daemon "$msrd" --clock manual "$fixture" -- "$@" >"$work/out" 2>&1 || {
		cat "$work/out"
		false
	}
}
check "msrd says what accesses meet" on "$informed" "$msrd"
check "of who speaks LIKWID's protocol alone this machine says what it can" \
	on "$informed" "$work/likwid-5.2/likwid-accessD" plain
check "the owner of the lock file is told of more" with_lock \
	"$fuse_msr" run --daemon "$msrd" --clock manual "$fixture" -- "$informed" "$msrd" owner
# who else there is an ordinary user can't say
[ "$(id -u)" != 0 ] || check "while the lock file is another's that is told, with what would be allowed" with_lock \
	sh -c 'chown 1 /run/likwid.lock && exec "$@"' sh \
	"$fuse_msr" run --daemon "$msrd" --clock manual "$fixture" -- "$informed" "$msrd" locked

as_others "$0" "$@"
finish
