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

printf '%s\n' 'one_user=yes' '. "$(dirname "$0")/lib.sh"' 'leave_out engine "there is no engine"' \
	'check "the rest is run" true' 'check "the rest is right" [ "$1" = right ]' finish >"$work/part.sh"
cp "$(dirname "$0")/lib.sh" "$work"
check "a test without one of its parts is skipped in the end" \
	ends 77 "^skipped: parts of it: engine" sh "$work/part.sh" right
check "... and says why" ends 77 "^left out: engine: there is no engine" sh "$work/part.sh" right
check "... has run the rest" ends 77 "^ok: the rest is run" sh "$work/part.sh" right
check "... and fails where the rest does" ends 1 "^FAILED: the rest is right" sh "$work/part.sh" wrong
check "where tests must run, a part that cannot is a failure with its name" \
	ends 1 "^FAILED: a part has to run here, and cannot: engine: " \
	env MSRD_TESTS_MUST_RUN=1 sh "$work/part.sh" right
finish
