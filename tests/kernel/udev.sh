#!/bin/sh
# SPDX-License-Identifier: MIT
# A udevadm, which is udevd by another name: this machine's, or that of Debian's package, unpacked
# below CACHE and installed nowhere: prints its path. Its last line on standard error says why there
# is none.
# usage: udev.sh CACHE
set -u
cache=$1

if command -v udevadm; then exit; fi
mkdir -p "$cache" && cd "$cache" || exit 1
for program in apt-get dpkg-deb; do
	command -v "$program" >/dev/null || { echo "neither udevadm nor $program is installed" >&2; exit 1; }
done
if ! [ -x udev/bin/udevadm ]; then
	rm -rf udev-new && mkdir udev-new && cd udev-new || exit 1
	apt-get download -q udev >&2 || { echo "the package udev can't be downloaded" >&2; exit 1; }
	dpkg-deb -x ./*.deb . || { echo "the package udev can't be unpacked" >&2; exit 1; }
	rm -f ./*.deb
	cd .. && rm -rf udev && mv udev-new udev || exit 1
fi
! ldd udev/bin/udevadm | grep 'not found' >&2 || { echo "udevadm lacks libraries of this machine's" >&2; exit 1; }
echo "$PWD/udev/bin/udevadm"
