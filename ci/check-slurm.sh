#!/bin/sh
# SPDX-License-Identifier: MIT
# Real slurmctld and two real slurmd's on two simulated nodes, with prolog, epilog and msrctl-job as they
# are installed. All of it in namespaces of the script's own, which take it with them when they end: an
# ordinary user with subordinate ids can do it as well as root.
set -eu
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin

for program in slurmctld slurmd srun munged ip nsenter newuidmap; do
	command -v $program >/dev/null && continue
	echo "skipped: $program is not installed"
	exit "${MSRD_TESTS_MUST_RUN:-0}"
done
identities="--user --map-root-user --map-auto"
[ "$(id -u)" != 0 ] || identities=
# shellcheck disable=SC2086
in_namespace() { unshare $identities --mount --net --uts --ipc --pid --fork --kill-child "$@"; }

work=$(mktemp -d /tmp/msrd-slurm-XXXXXX) # Slurm wants short paths
trap 'in_namespace rm -rf "$work"/*; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above
chmod 755 "$work"
meson setup "$work/build" --prefix "$work/prefix" --libdir lib -Dtests=false -Ddaemon_mode=none -Doptimization=0 >"$work/log" 2>&1 &&
	meson install -C "$work/build" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
rm -rf "$work/build"
in_namespace sh ci/slurm/jobs.sh "$work"
