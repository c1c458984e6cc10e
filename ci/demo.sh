#!/bin/sh
# SPDX-License-Identifier: MIT
# An ordinary user measures a two-socket Sandy Bridge-EP through the daemon, on
# the simulated node; beside each figure stands what the node's workload says.
# usage: demo.sh BUILD-FOLDER
set -eu
cd "$(dirname "$0")/.."
build=$(realpath "$1")
fixture=fixtures/documented/xeon-e5-2680-2s
seconds=3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above
chmod 755 "$work"

for part in src/daemon/msrd src/cli/msrctl fuse-msr/fuse-msr; do
	[ -x "$build/$part" ] && continue
	echo "demo.sh: this build has no ${part##*/}: \`make deps\` says which packages it lacks," >&2
	echo "and \`make\` builds it when they are installed" >&2
	exit 1
done

# copies, in case the ordinary user that root becomes can't reach this folder
cp "$build/src/daemon/msrd" "$build/src/cli/msrctl" "$work"

if [ "$(id -u)" = 0 ]; then
	as_user="setpriv --reuid 65534 --regid 65534 --clear-groups"
else
	as_user=
fi

cat <<END
The node: $fixture, two sockets of 8 cores, simulated. The daemon has the
privileges that an installation gives it; the user who measures has none.
Measuring for $seconds seconds ...

END
"$build/fuse-msr/fuse-msr" run --daemon "$work/msrd" "$fixture" -- \
	$as_user "$work/msrctl" --daemon "$work/msrd" stat -i $seconds --expect /sys/devices/sim/workload

if ! command -v likwid-perfctr >/dev/null; then
	echo "LIKWID is not installed (package likwid): it would measure through the same daemon."
	exit
fi
cat <<END
LIKWID's own likwid-perfctr, unmodified, through the same daemon: its group MEM on
the first CPU of each socket. (Its clock is that of this host.)

END
"$build/fuse-msr/fuse-msr" run --likwid --daemon "$work/msrd" "$fixture" -- \
	$as_user likwid-perfctr -c 0,8 -g MEM sleep $seconds |
	sed -n '/| *Metric /,/^$/p' | sed '/^$/q'
