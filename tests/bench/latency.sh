#!/bin/sh
# SPDX-License-Identifier: MIT
# What an access costs on the simulated node, by msrd, by the reference daemon if
# Debian's likwid is installed, and at least. `taskset -c 2,5` before it chooses
# the CPUs. --plain: plain files in place of FUSE's, which cost next to nothing. In the environment,
# FIXTURE is another node.
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
for path in /usr/sbin/likwid-accessD /usr/local/sbin/likwid-accessD; do
	[ -x "$path" ] || continue
	if "$build/fuse-msr/fuse-msr" run --as-root "$fixture" -- "$build/src/cli/msrctl" read \
		--daemon "$path" 0x606 2>&1 | grep -q 'did not start'; then
		# for people: scripts read what follows
		[ ! -t 2 ] || echo "$path does not know this processor and serves nobody: it is left out" >&2
		continue
	fi
	set -- --reference "$path" "$@"
	break
done

# fuse-msr is on the daemons' CPU, as a real device is that a daemon asks
cpus=$(taskset -cp $$)
cpus=${cpus##*: }
first=${cpus%%[,-]*}
[ -n "$device" ] || set -- --device-cpu "$first" "$@"

# All are the node's root: nobody's privileges, and no setuid start, are part of a figure.
taskset -c "$first" "$build/fuse-msr/fuse-msr" run --as-root "$fixture" -- \
	$device "$build/tests/bench/latency" --daemon "$build/src/daemon/msrd" --cpus "$cpus" "$@"
