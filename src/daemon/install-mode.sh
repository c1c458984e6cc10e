#!/bin/sh
# SPDX-License-Identifier: MIT
# Gives the installed daemon its privileges: MODE GROUP PATH-BELOW-PREFIX.
set -eu
mode=$1 group=$2
daemon=$MESON_INSTALL_DESTDIR_PREFIX/$3

if [ "$mode" = auto ]; then
	if [ "$(id -u)" = 0 ]; then mode=setuid; else mode=none; fi
fi
case $mode in
setuid)
	chown root:root "$daemon"
	chmod 4755 "$daemon" ;;
setgid)
	chown "root:$group" "$daemon"
	chmod 2755 "$daemon" ;;
none) ;;
esac
