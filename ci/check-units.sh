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

# What the maintainer scripts of the Debian packages do with them, where systemd runs: in an upgrade
# no client is to find the socket missing, and what is removed serves nobody.
if ! command -v dh_installsystemd >/dev/null; then
	echo "skipped: what packages do with the units: dh_installsystemd is not installed (Debian package: debhelper)"
	exit "${MSRD_TESTS_MUST_RUN:-0}"
fi
mkdir -p "$work/dh/debian" "$work/stubs"
cp ci/debian/control "$work/dh/debian"
SOURCE_DATE_EPOCH=0 python3 ci/changelog.py . >"$work/dh/debian/changelog"
for package in msrd msrctl; do
	mkdir -p "$work/dh/debian/$package/lib/systemd"
	cp -r "$units" "$work/dh/debian/$package/lib/systemd"
done
sed -n 's/^\t\(dh_installsystemd .*\)/\1/p' ci/debian/rules >"$work/steps"
(cd "$work/dh" && sh -e "$work/steps")
printf '#!/bin/sh\n' | tee "$work/stubs/deb-systemd-helper" >"$work/stubs/systemctl"
printf '#!/bin/sh\necho "$@" >>%s\n' "$work/invoked" >"$work/stubs/deb-systemd-invoke"
chmod 755 "$work"/stubs/*

# run_script PACKAGE SCRIPT ARGUMENT…
run_script() {
	package=$1 script=$2
	shift 2
	for part in "ci/debian/$package.$script" "$work/dh/debian/.debhelper/generated/$package/$script.service" \
		"$work/dh/debian/$package.$script.debhelper"; do
		[ ! -e "$part" ] || cat "$part"
	done | sed "s#/run/systemd/system#$work#" >"$work/script"
	PATH=$work/stubs:$PATH sh "$work/script" "$@"
}

# invokes WHAT WANTED: what systemd was told
invokes() {
	[ "$(cat "$work/invoked")" = "$2" ] || { echo "$1, systemd is told:"; cat "$work/invoked"; exit 1; }
	: >"$work/invoked"
}
: >"$work/invoked"
for package in msrd msrctl; do
	run_script $package preinst upgrade 1
	run_script $package postinst configure 1
done
invokes "in an upgrade" "try-restart msrd-export.service"
echo "an upgrade leaves msrd.socket alone, and restarts msrctl export where it runs"
for package in msrd msrctl; do
	run_script $package prerm remove
done
invokes "when the packages are removed" "stop msrd.socket
stop msrd-export.service"
echo "what is removed is stopped"
