#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the Debian packages (ci/debian), or with --rpm those of ci/rpm/msrd.spec, into FOLDER. What
# is built is what lies here, changes included, in a checkout or an unpacked release; the version is
# meson.build's.
# usage: package.sh [--rpm] FOLDER
set -eu
kind=deb
[ "${1:-}" != --rpm ] || { kind=rpm; shift; }
[ $# = 1 ] || { echo "usage: package.sh [--rpm] FOLDER" >&2; exit 2; }
case $kind in
deb) needed="dpkg-buildpackage dh python3" packages="dpkg-dev debhelper git python3" ;;
rpm) needed="rpmbuild python3" packages="rpm git python3; elsewhere rpm-build" ;;
esac
# a release lies in no checkout, or in somebody else's
here=$(dirname "$0")/..
[ ! -e "$here/.git" ] || needed="$needed git"
for program in $needed; do
	command -v "$program" >/dev/null ||
		{ echo "package.sh: $program is missing (Debian packages: $packages)" >&2; exit 1; }
done
mkdir -p "$1"
out=$(realpath "$1")
cd "$here"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above

git="git -c safe.directory=*"
version=$(python3 ci/changelog.py --version .)
sources=$work/msrd-$version
mkdir "$sources"
if [ -e .git ]; then
	made=$($git log -1 --format=%ct)
	# what git has, or would take; what it has and this folder has not was removed
	$git ls-files -z --cached --others --exclude-standard |
		xargs -0 sh -c 'for file; do [ ! -e "$file" ] && [ ! -L "$file" ] || printf "%s\0" "$file"; done' sh |
		tar -c --null -T - | tar -x -C "$sources"
else
	made=$(stat -c %Y meson.build)
	tar -c --exclude-tag-all=build.ninja --exclude="./${out#"$PWD"/}" . | tar -x -C "$sources"
fi
# the same sources give the same packages
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$made}
export SOURCE_DATE_EPOCH

# run COMMAND…: what it says is of interest when it fails
run() {
	"$@" >"$work/log" 2>&1 || {
		tail -n 60 "$work/log"
		echo "package.sh: $1 failed" >&2
		exit 1
	}
}

build_deb() {
	cp -r ci/debian "$sources/debian"
	python3 ci/changelog.py . >"$sources/debian/changelog"
	cd "$sources"
	run dpkg-buildpackage -us -uc -b
}

# On a system whose packages are no RPMs none of the needed ones is there, as far as rpm knows.
build_rpm() {
	set --
	mkdir "$work/SOURCES"
	tar -C "$work" -czf "$work/SOURCES/msrd-$version.tar.gz" "msrd-$version"
	nodeps=
	! command -v dpkg >/dev/null || nodeps=--nodeps
	[ -z "${RPM_OPT_FLAGS:-}" ] || set -- --define "optflags $RPM_OPT_FLAGS"
	[ -z "${RPM_DIST:-}" ] || set -- "$@" --define "dist $RPM_DIST"
	run rpmbuild -bb $nodeps "$@" --define "_topdir $work" --define "msrd_version $version" ci/rpm/msrd.spec
	mv "$work"/RPMS/*/*.rpm "$work"
}

(build_$kind)
for file in "$work"/*.deb "$work"/*.changes "$work"/*.buildinfo "$work"/*.rpm; do
	[ -f "$file" ] || continue
	mv "$file" "$out"
	echo "$out/${file##*/}"
done
