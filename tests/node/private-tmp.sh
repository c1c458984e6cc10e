#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a test script where nobody else's files lie in /tmp: LIKWID gives up when something lies at
# the path of a daemon of its. What the test is given stays in its place. Started by lib.sh, as the
# root of a mount namespace.
# usage: private-tmp.sh SCRIPT [ARGUMENT…]

set -e
kept=
for path in "$PWD" "${TMPDIR:-/}" "$@"; do
	path=$(realpath -m "$path" 2>/dev/null) || continue
	case $path in
	/tmp/*)
		path=${path#/tmp/}
		kept="$kept ${path%%/*}" ;;
	esac
done
exec 9</tmp
mount -t tmpfs -o mode=1777 tmpfs /tmp
for entry in $kept; do
	[ ! -e "/tmp/$entry" ] || continue
	if [ -d "/proc/self/fd/9/$entry" ]; then
		mkdir "/tmp/$entry"
	elif [ -e "/proc/self/fd/9/$entry" ]; then
		: >"/tmp/$entry"
	else
		continue
	fi
	mount --no-canonicalize --bind "/proc/self/fd/9/$entry" "/tmp/$entry"
done
exec 9<&-
cd "$PWD"
# what an ordinary user was given for this, he gives back
drop=
[ "$(id -u)" = 0 ] || drop="setpriv --inh-caps=-all --ambient-caps=-all"
exec $drop env MSRD_TESTS_PRIVATE_TMP=1 sh "$@"
