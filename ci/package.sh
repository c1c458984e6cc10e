#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the Debian packages: FOLDER gets them, and the .changes and .buildinfo beside them. What
# they are is in ci/debian; what is built is what git has checked out here, changes included.
# usage: package.sh FOLDER
set -eu
[ $# = 1 ] || { echo "usage: package.sh FOLDER" >&2; exit 2; }
for program in dpkg-buildpackage dh git python3; do
	command -v $program >/dev/null ||
		{ echo "package.sh: $program is missing (Debian packages: dpkg-dev debhelper git python3)" >&2; exit 1; }
done
mkdir -p "$1"
out=$(realpath "$1")
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above

ci/sources.sh "$work/msrd"
cp -r ci/debian "$work/msrd/debian"
# SOURCE_DATE_EPOCH is when the change was made
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -c safe.directory='*' log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
python3 ci/changelog.py . >"$work/msrd/debian/changelog"

(cd "$work/msrd" && dpkg-buildpackage -us -uc -b) >"$work/log" 2>&1 || {
	tail -n 60 "$work/log"
	echo "package.sh: dpkg-buildpackage failed" >&2
	exit 1
}
for file in "$work"/*.deb "$work"/*.changes "$work"/*.buildinfo; do
	mv "$file" "$out"
	echo "$out/${file##*/}"
done
