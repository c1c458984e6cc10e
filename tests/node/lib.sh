# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the shell tests of the node tier share: skipping, checking, waiting.
# Read with `.`; makes $work, a directory of the test's own, and removes it.

# A script that has said private_tmp=yes goes on in a mount namespace with a /tmp of its own. Where
# there is none to be had it goes on as it is.
if [ "${private_tmp:-no}" = yes ] && [ "${MSRD_TESTS_PRIVATE_TMP:-0}" = 0 ]; then
	namespace=--mount
	[ "$(id -u)" = 0 ] || namespace="--user --map-current-user --keep-caps --mount"
	# shellcheck disable=SC2086
	! unshare $namespace mount -t tmpfs tmpfs /tmp 2>/dev/null ||
		exec unshare $namespace sh "$(dirname "$0")/private-tmp.sh" "$0" "$@"
fi

n_failed=0 parts=
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above

# In front of a command it makes root an ordinary user; what a test uses has to be in his reach.
ordinary=
[ "$(id -u)" != 0 ] || ordinary="setpriv --reuid 65534 --regid 65534 --clear-groups"

# Names of reasons that no package, file or setting of the machine cures: such a skip is forgiven
# also where tests must run.
forgiven="cpuid"

# skip_as NAME TEXT: this machine cannot run the test, for a reason that has a name.
skip_as() {
	if [ "${MSRD_TESTS_MUST_RUN:-0}" = 1 ]; then
		case " $forgiven " in
		*" $1 "*) set -- "$1" "$2 (MSRD_TESTS_MUST_RUN forgives: $forgiven)" ;;
		*) skip "$1: $2" ;;
		esac
	fi
	echo "skipped: $1: $2"
	exit 77
}

# skip REASON: this machine cannot run the test, and could. In CI that is a failure.
skip() {
	if [ "${MSRD_TESTS_MUST_RUN:-0}" = 1 ]; then
		echo "FAILED: has to run here, and cannot: $1 (MSRD_TESTS_MUST_RUN forgives: $forgiven)"
		exit 1
	fi
	echo "skipped: $1"
	exit 77
}

# leave_out NAME TEXT: this machine cannot run a part of the test, which goes on without, and is
# skipped in the end. In CI that is a failure, as of a whole test.
leave_out() {
	parts="$parts $1"
	if [ "${MSRD_TESTS_MUST_RUN:-0}" = 1 ]; then
		case " $forgiven " in
		*" $1 "*) ;;
		*)
			echo "FAILED: a part has to run here, and cannot: $1: $2 (MSRD_TESTS_MUST_RUN forgives: $forgiven)"
			n_failed=$((n_failed + 1))
			return
			;;
		esac
	fi
	echo "left out: $1: $2"
}

# A build below a folder like /root is not: then the test goes on with copies, unless the script
# has said one_user=yes. Once: what is not in his reach then never will be.
if [ "$(id -u)" = 0 ] && [ "${one_user:-no}" = no ] && ! $ordinary test -r "$0" 2>/dev/null; then
	$ordinary true 2>/dev/null || skip "root cannot become an ordinary user here: a user namespace with one uid"
	[ "${MSRD_TESTS_COPIED:-0}" = 0 ] || skip "$(dirname "$work") is out of an ordinary user's reach: set TMPDIR"
	# file by file: $work may lie below
	mkdir "$work/node"
	for file in "$(dirname "$0")"/*; do
		case $work/ in
		"$file"/*) ;;
		*) cp -r "$file" "$work/node" ;;
		esac
	done
	n=0
	for argument; do
		shift
		n=$((n + 1))
		if [ -e "$argument" ]; then
			mkdir "$work/$n"
			cp -rL "$argument" "$work/$n"
			# what fuse-msr preloads lies beside it
			cp "$(dirname "$argument")"/libnode-cpuid.so "$work/$n" 2>/dev/null || :
			argument=$work/$n/$(basename "$argument")
		fi
		set -- "$@" "$argument"
	done
	chmod -R a+rX "$work" # what is root's alone is so also as a copy
	MSRD_TESTS_COPIED=1 sh "$work/node/$(basename "$0")" "$@"
	exit
fi

# with_lock COMMAND…: where the lock file /run/likwid.lock exists and is this user's
with_lock() {
	namespace=--mount
	[ "$(id -u)" = 0 ] || namespace="--user --map-current-user --keep-caps --mount"
	# shellcheck disable=SC2086
	unshare $namespace sh -c \
		'mount -t tmpfs -o mode=755 tmpfs /run && : >/run/likwid.lock && exec "$@"' sh "$@"
}

# own_shm COMMAND…: with a /dev/shm of its own. What measurements that were killed have left there is
# for the next one of the same node, and after the node for nobody.
own_shm() {
	namespace=--mount drop=
	[ "$(id -u)" = 0 ] || namespace="--user --map-current-user --keep-caps --mount"
	[ "$(id -u)" = 0 ] || drop="setpriv --inh-caps=-all --ambient-caps=-all"
	# shellcheck disable=SC2086
	unshare $namespace sh -c 'mount -t tmpfs -o mode=1777 tmpfs /dev/shm && exec "$@"' sh $drop "$@"
}

# manual FIXTURE COMMAND…: on a node with the daemon $msrd, whose clock only COMMAND moves
manual() {
	on=$1
	shift
	own_shm timeout 100 "$fuse_msr" run --daemon "$msrd" --clock manual "$on" -- "$@"
}

# need_node: skips where no simulated node can be made.
need_node() {
	# looked at first: opening it would make a file where there is none
	{ [ -c /dev/fuse ] && (: <>/dev/fuse) 2>/dev/null; } ||
		skip "/dev/fuse is missing or not open to uid $(id -u)"
	if [ "$(id -u)" = 0 ]; then
		unshare --mount true 2>/dev/null || skip "root may not make mount namespaces here"
	else
		unshare --user --map-root-user --mount true 2>/dev/null ||
			skip "no user namespaces for uid $(id -u)"
	fi
}

# need PROGRAM…
need() {
	for program; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
}

# check SENTENCE COMMAND…: the sentence holds when the command succeeds.
check() {
	sentence=$1
	shift
	if "$@"; then
		echo "ok: $sentence"
	else
		echo "FAILED: $sentence"
		n_failed=$((n_failed + 1))
	fi
}

# wait_until COMMAND…: up to 10 s.
wait_until() {
	deadline=$(($(date +%s) + 10))
	until "$@"; do
		[ "$(date +%s)" -lt "$deadline" ] || return 1
		sleep 0.02
	done
}

# is_gone PID: ended; whether somebody has reaped it is not ours to say.
is_gone() {
	! state=$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) || [ "$state" = Z ] ||
		[ -z "$state" ]
}

# as_others SCRIPT ARGUMENT…: root runs the script once more, as an ordinary user. What cannot
# run for them has still run for root. MSRD_TESTS_AGAIN=1 tells the script that root has run it.
as_others() {
	[ "$(id -u)" = 0 ] && [ "${MSRD_TESTS_ONE_USER:-0}" = 0 ] || return 0
	chmod 755 "$work"
	echo "-- as an ordinary user"
	$ordinary env MSRD_TESTS_AGAIN=1 sh "$@"
	others=$?
	[ $others != 77 ] || return 0
	check "the same as an ordinary user" [ $others = 0 ]
}

# has_run: root has run this script, and what is the same for an ordinary user need not run again.
has_run() {
	[ "${MSRD_TESTS_AGAIN:-0}" = 1 ]
}

finish() {
	[ "$n_failed" = 0 ] || exit 1
	[ -n "$parts" ] || exit 0
	echo "skipped: parts of it:$parts"
	exit 77
}
