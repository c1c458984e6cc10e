#!/bin/sh
# SPDX-License-Identifier: MIT
# What the other scripts share (lib.sh) comes to an end wherever it is read.
one_user=yes
. "$(dirname "$0")/lib.sh"

unset MSRD_TESTS_COPIED MSRD_TESTS_AGAIN
mkdir -m 700 "$work/closed"
cp "$(dirname "$0")/lib.sh" "$work/closed"
printf '%s\n' '. "$(dirname "$0")/lib.sh"' 'echo "run as $(id -u), of" "$@"' finish >"$work/closed/script.sh"
echo content >"$work/closed/file"

# ends STATUS TEXT COMMAND…: without MSRD_TESTS_MUST_RUN, which makes a failure of a skip
ends() {
	want=$1 text=$2
	shift 2
	said=$(MSRD_TESTS_MUST_RUN=0 timeout 20 "$@" 2>&1)
	r=$?
	[ $r = "$want" ] && echo "$said" | grep -q "$text" || { echo "status $r: $said"; return 1; }
}

check "root of a namespace with one user skips what needs another" \
	ends 77 "^skipped: root cannot become an ordinary user" \
	unshare --user --map-root-user sh "$work/closed/script.sh"
if [ "$(id -u)" = 0 ]; then
	check "a script that others cannot read goes on as a copy, with copies" \
		ends 0 "run as 0, of /.*/1/file word" sh "$work/closed/script.sh" "$work/closed/file" word
	check "where they cannot read the copy it is skipped" \
		ends 77 "^skipped: .*TMPDIR" env TMPDIR="$work/closed" sh "$work/closed/script.sh"
fi
finish
