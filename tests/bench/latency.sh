#!/bin/sh
# SPDX-License-Identifier: MIT
# What an access costs on the simulated node, by msrd, by the reference daemon if
# Debian's likwid is installed, and at least.
# usage: latency.sh BUILD-FOLDER [--json] [--rounds N]
one_user=yes
. "$(dirname "$0")/../node/lib.sh"
build=$(realpath "$1")
fixture=$(realpath "$(dirname "$0")/../../fixtures/documented/xeon-e5-2680-2x1")
shift

need_node
case " $* " in
*" --json "*) ;;
*) echo "On the simulated node: its device files are FUSE's, slower than a kernel's own." ;;
esac
for path in /usr/sbin/likwid-accessD /usr/local/sbin/likwid-accessD; do
	[ -x "$path" ] || continue
	set -- --reference "$path" "$@"
	break
done

# All are the node's root: nobody's privileges, and no setuid start, are part of a figure.
"$build/fuse-msr/fuse-msr" run --as-root "$fixture" -- \
	"$build/tests/bench/latency" --daemon "$build/src/daemon/msrd" "$@"
