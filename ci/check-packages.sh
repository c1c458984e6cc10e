#!/bin/sh
# SPDX-License-Identifier: MIT
# The packages: lintian has no complaint; in a bare Debian 12 of their own they are installed,
# changed by an administrator, upgraded, removed and purged, and so are the RPMs (ci/packages);
# which have the same files. Wants an ordinary user with subordinate ids.
set -eu
cd "$(dirname "$0")/.."
for program in dpkg-buildpackage dh lintian mmdebstrap rpmbuild python3; do
	command -v $program >/dev/null && continue
	echo "skipped: $program is not installed (Debian packages: dpkg-dev debhelper lintian mmdebstrap rpm python3)"
	[ "${MSRD_TESTS_MUST_RUN:-0}" = 0 ] || exit 1
	exit 0
done
work=$(mktemp -d /var/tmp/msrd-packages-XXXXXX)
rpm=
trap '[ -z "$rpm" ] || wait $rpm || :; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above
chmod 755 "$work"

# what is not looked at is not made: packages of symbols, and programs of the RPMs that are quick
DEB_BUILD_OPTIONS=noautodbgsym ci/package.sh "$work/deb"
# as in an unpacked release, where there is no git
mkdir "$work/release"
git -c safe.directory='*' archive HEAD | tar -x -C "$work/release"
{
	RPM_OPT_FLAGS=-O0 ci/package.sh --rpm "$work/rpm" &&
		RPM_OPT_FLAGS=-O0 RPM_DIST=.next "$work/release/ci/package.sh" --rpm "$work/rpm-next"
} >"$work/rpm.log" 2>&1 &
rpm=$!

as_root=
[ "$(id -u)" != 0 ] || as_root=--allow-root
lintian $as_root --fail-on error,warning "$work"/deb/*.changes
echo "ok: lintian has neither an error nor a warning"

# the next release: another version, a configuration file that has changed, a daemon that has
mkdir "$work/first" "$work/next"
for package in "$work"/deb/*.deb; do
	cp "$package" "$work/first"
	tree=$work/tree
	dpkg-deb -R "$package" "$tree"
	version=$(sed -n 's/^Version: //p' "$tree/DEBIAN/control")
	sed -i "s/^Version: .*/&+next/; s/(= $version)/(= $version+next)/" "$tree/DEBIAN/control"
	[ ! -e "$tree/etc/msrd/msrd.conf" ] || echo '# of the next release' >>"$tree/etc/msrd/msrd.conf"
	dpkg-deb --root-owner-group -b "$tree" "$work/next" >/dev/null
	rm -rf "$tree"
done

wait $rpm || { cat "$work/rpm.log"; exit 1; }
rpm=
cat "$work/rpm.log"
python3 ci/packages/same_files.py "$work/deb" "$work/rpm"

# a bare Debian 12, from where this machine has its packages; what it says goes to the log
apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' "Created-By: Packages" "Origin: Debian" |
	mmdebstrap --quiet --mode=unshare --variant=apt --include=man-db,systemd,libcap2-bin,likwid,netcat-openbsd,rpm \
		--customize-hook='mkdir "$1/packages"' \
		--customize-hook="copy-in $work/first $work/next $work/rpm $work/rpm-next ci/packages/inside.sh ci/packages/rpm.sh /packages" \
		--customize-hook='chroot "$1" sh /packages/inside.sh >&2' \
		--format=null bookworm - >"$work/log" 2>&1 || {
	tail -n 60 "$work/log"
	exit 1
}
grep '^ok: ' "$work/log"
grep -qx 'ok: all of it was checked' "$work/log"
