#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the Debian packages that are missing, or names them and stops.
# More packages can be named as arguments. "a|b": either will do.
set -eu

packages="gcc meson ninja-build pkg-config libcmocka-dev libfuse3-dev fuse3 libcyaml-dev libyaml-dev libzstd-dev
libsmartcols-dev libncurses-dev libpfm4-dev libjansson-dev libmicrohttpd-dev libzydis-dev libseccomp-dev libcap-ng-dev scdoc valgrind util-linux pciutils jq hwloc-nox|hwloc"

is_installed() {
	[ "$(dpkg-query -W -f '${Status}' "$1" 2>/dev/null)" = "install ok installed" ]
}

missing=
for package in $packages "$@"; do
	is_installed "${package%|*}" || is_installed "${package#*|}" || missing="$missing ${package%|*}"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
	as_root=
elif command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
	as_root=sudo
else
	echo "Missing packages, and no right to install them. Ask an administrator for:" >&2
	echo "    apt-get install$missing" >&2
	exit 1
fi
echo "Installing:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
