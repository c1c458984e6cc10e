#!/bin/sh
# SPDX-License-Identifier: MIT
# systemd reads the installed units without a complaint, and finds msrd@.service as exposed as
# msrd(8) says. No systemd has to run.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above
prefix=$work/prefix
units=$prefix/lib/systemd/system

# the figure that the man page gives, and the systemd that it is of
page=src/daemon/msrd.8.scd
promised=$(sed -n 's/.*exposure level of \*\([0-9.]*\)\*.*/\1/p' "$page")
of=$(sed -n 's/.*as systemd \([0-9]*\) reckons.*/\1/p' "$page")
version=$(systemd-analyze --version | sed -n '1s/[^0-9]*\([0-9]*\).*/\1/p')

meson setup "$work/build" --prefix "$prefix" -Dtests=false -Dfuse=false -Ddaemon_mode=none \
	>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
meson install -C "$work/build" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }

said=$(systemd-analyze verify --man=no "$units/msrd.socket" "$units/msrd@.service" 2>&1) &&
	[ -z "$said" ] || { echo "$said"; echo "systemd-analyze verify complains"; exit 1; }
echo "msrd.socket, msrd@.service: systemd $version has no complaint"

# what it starts is msrd by the name and the folder that the socket's clients count on
program=$(sed -n 's/^ExecStart=//p' "$units/msrd@.service")
[ "$program" = "$prefix/libexec/msrd/likwid-5.2/msrd" ] &&
	[ "$(realpath "$program")" = "$prefix/sbin/msrd" ] ||
	{ echo "ExecStart=$program is not msrd by its name"; exit 1; }

said=$(systemd-sysusers --dry-run --root="$work/root" "$prefix/lib/sysusers.d/msrd.conf" 2>&1)
echo "$said" | grep -q "Creating user 'msrd'" || { echo "$said"; exit 1; }
echo "sysusers.d/msrd.conf: makes the account"

systemd-analyze security --offline=true --no-pager "$units/msrd@.service" >"$work/security"
exposure=$(sed -n 's/.*exposure level for msrd@.*: \([0-9.]*\) .*/\1/p' "$work/security")
echo "msrd@.service: exposure $exposure, as systemd $version reckons"
if [ "$version" = "$of" ] && [ "$exposure" != "$promised" ]; then
	grep -v '✓' "$work/security"
	echo "msrd(8) says $promised"
	exit 1
fi
