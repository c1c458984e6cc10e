#!/bin/sh
# SPDX-License-Identifier: MIT
# Every example of README, man pages and --help, for an ordinary user, whom they are for; for
# root where there can be no node for anybody else.
# usage: examples.sh FUSE-MSR MSRD MSRCTL FIXTURES TESTS DEMO README PAGE…

. "$(dirname "$0")/lib.sh"

need_node
need python3 bash jq lscpu
if [ "$(id -u)" = 0 ] && $ordinary unshare --user --map-root-user --mount true 2>/dev/null; then
	$ordinary sh "$0" "$@"
	exit
fi
python3 "$(dirname "$0")/examples.py" "$work" "$@"
