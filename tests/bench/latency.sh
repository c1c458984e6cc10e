#!/bin/sh
# SPDX-License-Identifier: MIT
# What an access costs on the simulated node, by msrd, by the reference daemon if
# Debian's likwid is installed, and at least. `taskset -c 2,5` before it chooses
# the CPUs. --plain: plain files in place of FUSE's, which cost next to nothing. In the environment,
# FIXTURE is another node, and REFERENCE the reference daemon, or nothing for none.
# usage: latency.sh BUILD-FOLDER [--plain] [--json] [--rounds N] [--most N] [--starts] [--out FOLDER]
one_user=yes
. "$(dirname "$0")/../node/lib.sh"
here=$(realpath "$(dirname "$0")")
build=$(realpath "$1")
fixture=$(realpath "${FIXTURE:-$here/../../fixtures/documented/xeon-e5-2680-2x1}")
shift

need taskset
need_node
device=
if [ "${1:-}" = --plain ]; then
	device="$here/plain.sh"
	shift
fi

# stays OPTION PROGRAM: the daemon waits for a client; its first process ends in any case
stays() {
	# shellcheck disable=SC2016,SC2086
	timeout 20 "$build/fuse-msr/fuse-msr" run --as-root $1 "$fixture" -- sh -c '
		"$1" >/dev/null 2>&1 &
		socket=/tmp/likwid-$!
		wait $!
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			sleep 0.1
			[ ! -S "$socket" ] || break
		done
		sleep 0.3
		for exe in /proc/[0-9]*/exe; do
			[ "$(readlink "$exe")" = "$1" ] && found=1 && kill "$(basename "$(dirname "$exe")")"
		done
		rm -f "$socket"
		[ -n "$found" ]' sh "$2"
}
with_cpuid=

# What a program's start takes longer by the library that shows it the node's processor: the
# reference daemon starts others.
say_library() {
	# shellcheck disable=SC2016
	"$build/fuse-msr/fuse-msr" run --as-root --cpuid "$fixture" -- sh -c '
		time_100() {
			i=0 begin=$(date +%s%N)
			while [ $((i += 1)) -le 100 ]; do /bin/true; done
			echo $((($(date +%s%N) - begin) / 100000))
		}
		with=$(time_100)
		unset LD_PRELOAD
		echo "The library that shows the reference daemon a processor takes $((with - $(time_100))) us of the start"
		echo "of each program, of which that daemon starts 10 more (strace -f -e execve)."'
}

for path in ${REFERENCE-/usr/sbin/likwid-accessD /usr/local/sbin/likwid-accessD}; do
	[ -x "$path" ] || continue
	set -- --reference "$path" "$@"
	# it has to know the processor: where it does not know the host's, it is shown the node's
	if ! stays '' "$path"; then
		if ! stays --cpuid "$path"; then
			shift 2
			# for people: scripts read what follows
			[ ! -t 2 ] || echo "$path does not know this processor and serves nobody: it is left out" >&2
			continue
		fi
		with_cpuid=--cpuid
	fi
	break
done

# fuse-msr is on the daemons' CPU, as a real device is that a daemon asks
cpus=$(taskset -cp $$)
cpus=${cpus##*: }
first=${cpus%%[,-]*}
[ -n "$device" ] || set -- --device-cpu "$first" "$@"

# All are the node's root: nobody's privileges, and no setuid start, are part of a figure.
# shellcheck disable=SC2016,SC2086
taskset -c "$first" "$build/fuse-msr/fuse-msr" run --as-root $with_cpuid "$fixture" -- sh -c '
	[ -z "${LD_PRELOAD:-}" ] || set -- "$@" --reference-setting "LD_PRELOAD=$LD_PRELOAD"
	unset LD_PRELOAD
	exec "$@"' sh $device "$build/tests/bench/latency" --daemon "$build/src/daemon/msrd" --cpus "$cpus" "$@"
status=$?
case "$with_cpuid $*" in
*--json*) ;;
--cpuid*) say_library ;;
esac
exit $status
