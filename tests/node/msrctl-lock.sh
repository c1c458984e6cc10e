#!/bin/sh
# SPDX-License-Identifier: MIT
# msrctl lock: the counters are given to one user and taken back, whatever lies in the place of the
# lock file. In a mount namespace with a /run of the test's own.
# usage: msrctl-lock.sh FUSE-MSR MSRD MSRCTL FIXTURE

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$2 msrctl=$3 fixture=$4

need_node
need jq
if [ "${MSRD_TESTS_OWN_RUN:-0}" = 0 ]; then
	namespace=--mount
	[ "$(id -u)" = 0 ] || namespace="--user --map-current-user --keep-caps --mount"
	# shellcheck disable=SC2086
	MSRD_TESTS_OWN_RUN=1 unshare $namespace sh -c \
		'mount -t tmpfs -o mode=755 tmpfs /run && sh "$@"' sh "$0" "$@" || exit
	as_others "$0" "$@"
	finish
fi
lock=/run/likwid.lock me=$(id -u)

# lock ARGUMENT…
lock() {
	"$msrctl" lock "$@" >"$work/out" 2>"$work/err"
	status=$?
}

# ended STATUS [WORDS]: on standard error; without, it has to be silent
ended() {
	[ "$status" = "$1" ] && if [ $# = 2 ]; then grep -qF -- "$2" "$work/err"; else [ ! -s "$work/err" ]; fi ||
		{ echo "status $status"; cat "$work/out" "$work/err"; false; }
}

# of UID: the lock file, a regular one, and nothing beside it
of() {
	[ "$(stat -c '%F %u' $lock)" = "regular empty file $1" ] && [ "$(ls -A /run)" = likwid.lock ]
}

lock give "+$me"
check "a number behind a + is one" ended 0
check "... whose the file is" of "$me"
lock release "+$me"
check "... also to give them back" ended 0
lock
check "without a lock the counters are everybody's" ended 0
check "... says show" grep -q "everybody's *- *-$" "$work/out"
lock take
check "take gives them to who runs it" ended 0
check "... by a file that is his" of "$me"
lock show --json
check "... says show" [ "$(jq -c '.lock[0] | [.path, .state, .uid]' "$work/out")" = "[\"$lock\",\"yours\",$me]" ]
inode=$(stat -c %i $lock)
lock take
check "who has them does not get them once more" ended 1 "$lock is of "
check "... and learns how to end it" grep -q "msrctl lock release +$me\$" "$work/err"
check "... and nothing was changed" [ "$(stat -c %i $lock)" = "$inode" ]
lock take --force
check "--force makes another one" ended 0
check "... in the same place" of "$me"
lock release --json
check "release gives them back" ended 0
check "... as is told" [ "$(jq -r '.lock[0].state' "$work/out")" = "everybody's" ]
check "... and nothing is left" [ -z "$(ls -A /run)" ]
lock release
check "what is everybody's already can be given back" ended 0

lock give
check "give wants a user" ended 2 "to which USER?"
lock give "$me" "$me"
check "... and one" ended 2 "one argument too many"
lock give no-such-user
check "... that exists" ended 2 "no-such-user is no user"
lock give 4294967295
check "... and is somebody" ended 2 "4294967295 is no user"
lock give +no-such-user
check "... by number alone behind a +" ended 2 "+no-such-user is no user"
lock seize
check "parts that there are not are wrong usage" ended 2 "show, give, take and release"
check "wrong usage leaves nothing" [ -z "$(ls -A /run)" ]

for target in "$work/elsewhere" "$work/nowhere"; do
	: >"$work/elsewhere"
	ln -s "$target" $lock
	for part in take "take --force" release "release --force"; do
		# shellcheck disable=SC2086
		lock $part
		check "$part leaves a link to ${target##*/} alone" ended 1 "no regular file"
	done
	check "... and it is still there" [ "$(readlink $lock)" = "$target" ]
	lock show
	check "... and show tells" ended 0 "no regular file"
	rm $lock
done
check "nothing was made where a link leads to" [ ! -e "$work/nowhere" ]
mkdir $lock
for part in take "take --force" release; do
	# shellcheck disable=SC2086
	lock $part
	check "$part leaves a folder alone" ended 1 "no regular file"
done
rmdir $lock

mount -o remount,ro /run
lock take
check "a /run that can't be written is told" ended 1 "$lock: Read-only file system"
mount -o remount,rw /run && rm -rf /run/mount # where mount keeps notes

n=0
for i in 1 2 3 4 5 6 7 8; do
	{ "$msrctl" lock take 2>/dev/null && echo taken >>"$work/taken"; } &
done
wait
check "of many who take them at once one gets them" [ "$(wc -l <"$work/taken")" = 1 ]
check "... and nothing lies beside the lock" of "$me"
rm $lock

if [ "$me" != 0 ]; then
	lock give $((me + 1))
	check "who is not root gives nothing to others" ended 1 "it is root who gives and takes the counters"
	finish
fi

# --- several users
lock give 1
check "root gives them to somebody" ended 0
check "... by name or number" of 1
lock show
check "show says who has them" ended 1
check "... and that it is another user" grep -q "another user's" "$work/out"
lock give 2
check "what one has another does not get" ended 1 "uid 1, who has the counters until it is removed"
lock release 2
check "what one has is not released as another's" ended 1 "msrctl lock release +1"
lock release
check "... nor as root's" ended 1 "msrctl lock release +1"
check "... and it is still there" of 1
lock give --force 2
check "--force gives it to another" ended 0
check "... at once" of 2
lock release 2
check "it is released as whose it is" ended 0
: >"$work/link-of-root"
ln -s "$work/link-of-root" $lock
lock give 65534
check "a link is not followed to make its target somebody's" ended 1 "no regular file"
check "... which is root's as before" [ "$(stat -c %u "$work/link-of-root")" = 0 ]
rm $lock
for i in 1 2 3 4 5 6 7 8; do
	{ "$msrctl" lock give $i 2>/dev/null && echo $i >>"$work/given"; } &
done
wait
check "of many users at once one gets them" [ "$(wc -l <"$work/given")" = 1 ]
check "... the one who was told so" of "$(cat "$work/given")"

# on_node UID: reads a register
on_node() {
	"$fuse_msr" run --daemon "$msrd" "$fixture" -- "$msrctl" --daemon "$msrd" read -c 0 0x606 >/dev/null 2>"$work/err"
}
lock give --force 0
check "who has them uses them" on_node
lock give --force 1
check "... and others do not" sh -c '! "$@"' sh "$fuse_msr" run --daemon "$msrd" "$fixture" -- \
	"$msrctl" --daemon "$msrd" read -c 0 0x606
check "... nor give them away" sh -c '! "$@" 2>/dev/null' sh $ordinary "$msrctl" lock release 1
finish
