#!/bin/sh
# SPDX-License-Identifier: MIT
# systemd reads the installed units without a complaint, and finds the services as exposed as
# their man pages say. No systemd has to run.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above
prefix=$work/prefix
units=$prefix/lib/systemd/system

version=$(systemd-analyze --version | sed -n '1s/[^0-9]*\([0-9]*\).*/\1/p')

meson setup "$work/build" --prefix "$prefix" -Dtests=false -Dfuse=false -Ddaemon_mode=none \
	>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
meson install -C "$work/build" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }

said=$(systemd-analyze verify --man=no "$units/msrd.socket" "$units/msrd@.service" "$units/msrd-export.service" 2>&1) &&
	[ -z "$said" ] || { echo "$said"; echo "systemd-analyze verify complains"; exit 1; }
echo "msrd.socket, msrd@.service, msrd-export.service: systemd $version has no complaint"

# what it starts is msrd by the name and the folder that the socket's clients count on
program=$(sed -n 's/^ExecStart=//p' "$units/msrd@.service")
[ "$program" = "$prefix/libexec/msrd/likwid-5.2/msrd" ] &&
	[ "$(realpath "$program")" = "$prefix/sbin/msrd" ] ||
	{ echo "ExecStart=$program is not msrd by its name"; exit 1; }

program=$(sed -n 's/^ExecStart=\([^ ]*\) .*/\1/p' "$units/msrd-export.service")
[ "$program" = "$prefix/bin/msrctl" ] && [ -x "$program" ] || { echo "ExecStart=$program is not msrctl"; exit 1; }

for account in msrd msrd-export; do
	said=$(systemd-sysusers --dry-run --root="$work/root" "$prefix/lib/sysusers.d/$account.conf" 2>&1)
	echo "$said" | grep -q "Creating user '$account'" || { echo "$said"; exit 1; }
	echo "sysusers.d/$account.conf: makes the account"
done

# is_as_exposed UNIT PAGE: as its page says, which says of which systemd the figure is
is_as_exposed() {
	promised=$(sed -n 's/.*exposure level is \*\([0-9.]*\)\*.*/\1/p; s/.*exposure level of \*\([0-9.]*\)\*.*/\1/p' "$2")
	of=$(sed -n 's/.*as systemd \([0-9]*\) reckons.*/\1/p' "$2")
	[ -n "$promised" ] && [ -n "$of" ] || { echo "$2 has no figure"; exit 1; }
	systemd-analyze security --offline=true --no-pager "$units/$1" >"$work/security"
	exposure=$(sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p' "$work/security")
	echo "$1: exposure $exposure, as systemd $version reckons"
	if [ "$version" = "$of" ] && [ "$exposure" != "$promised" ]; then
		grep -v '✓' "$work/security"
		echo "$2 says $promised"
		exit 1
	fi
}
is_as_exposed msrd@.service src/daemon/msrd.8.scd
is_as_exposed msrd-export.service src/cli/man/msrctl-export.1.scd
