#!/bin/sh
# SPDX-License-Identifier: MIT
# Many clients, as the ranks of an MPI job on one node: 128 begin at once, by each way to a daemon,
# and all are served; sessions after each other leave nothing; clients that hang cost nobody else;
# a user can have so many sessions at a time as the administrator says. Run by root the daemon is
# setuid root or the service's; run by an ordinary user it has file capabilities.
# usage: crowd.sh FUSE-MSR MSRD MSRCTL FIXTURE NODE-CROWD SHIM NODE-SHIM FILE-CAPABILITIES
#     [SESSIONS]
#     SESSIONS: how many after each other

private_tmp=yes
. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$(realpath "$3") fixture=$4 crowd=$(realpath "$5")
shim=$(realpath "$6") node_shim=$(realpath "$7") file_capabilities=$8
sessions=${9:-50}
here=$(realpath "$(dirname "$0")")
n=128

need_node
need systemd-socket-activate setsid
chmod 755 "$work"
log=$work/log
: >"$log"
chmod 666 "$log"
. "$here/service-lib.sh"
mkdir "$work/own"
ln -s "$msrd" "$work/own/likwid-accessD"
mkdir "$work/likwid-5.4"
ln -s "$shim" "$work/likwid-5.4/likwid-accessD"
shim=$work/likwid-5.4/likwid-accessD
path=$work/own/likwid-accessD
export msrctl msrd crowd shim node_shim work here n

# on_node COMMAND…: with a /run and a /dev/shm of its own, in a session of processes of its own
on_node() {
	with_run sh -c 'mount -t tmpfs -o mode=1777 tmpfs /dev/shm || exit 1
		[ ! -d "$work/etc" ] || mount --bind "$work/etc" /etc || exit 1
		exec "$@"' sh \
		"$fuse_msr" run --daemon "$msrd" --syslog "$log" "$fixture" -- setsid -w "$@"
}

# by WAY COMMAND…: an ordinary user's, on a node where the service runs if WAY is that
by() {
	if [ "$1" = service ]; then
		shift
		on_node sh "$here/service-manager.sh" "$work/likwid-5.2/msrd" "$@"
	else
		shift
		on_node $ordinary "$@"
	fi
}

# goes COMMAND…: what it says is shown
goes() {
	"$@" >"$work/out" 2>&1
	r=$?
	sed 's/^/# /' "$work/out"
	return $r
}

fails() {
	! goes "$@"
}

says() {
	grep -q -- "$1" "$work/out" || { cat "$work/out"; false; }
}

cat >"$work/ctls" <<'END'
for i in $(seq $n); do
	"$msrctl" read "$@" -c 0 0x606 >>"$work/ctls.out" &
done
wait
END
: >"$work/ctls.out"
chmod 666 "$work/ctls.out"

for way in "$msrd" "$path" service; do
	case $way in
	service) name="the service" ;;
	"$path") name="/tmp/likwid-PID" ;;
	*) name="a pair of sockets" ;;
	esac
	check "$n clients at once by $name: all are served, and nothing is left" \
		goes by "$way" sh "$here/crowd-left.sh" "$crowd" together "$way" $n
	check "$sessions after each other by $name: nothing is left" \
		goes by "$way" sh "$here/crowd-left.sh" "$crowd" row "$way" "$sessions"
	check "20 that hang by $name cost nobody else" goes by "$way" sh "$here/crowd-left.sh" \
		"$crowd" hang - "$way" 20 "$crowd" row "$way" 10
done
check "$n of msrctl at once, each with a daemon: nothing is left" \
	goes by "$msrd" sh "$here/crowd-left.sh" sh "$work/ctls" --daemon "$msrd"
check "... and all have read" [ "$(grep -c 'a1003$' "$work/ctls.out")" = $n ]

# --- sessions of one user: root's configuration, and several users

# as_root_by WAY COMMAND…
as_root_by() {
	(ordinary= && by "$@")
}

if [ "$(id -u)" = 0 ]; then
	check "$n of one user that hang at the service cost another nothing" goes as_root_by service \
		"$crowd" hang 65534 service $n setpriv --reuid 12345 --regid 12345 --clear-groups \
		"$crowd" row service 10
	mkdir -p "$work/etc/msrd"
	chmod 755 "$work/etc" "$work/etc/msrd"
	cp /etc/passwd /etc/group /etc/nsswitch.conf /etc/ld.so.cache "$work/etc" 2>/dev/null
	grep -q '^msrd:' "$work/etc/passwd" || echo "msrd:x:$account:$account::/:/usr/sbin/nologin" >>"$work/etc/passwd"
	printf '[default]\nsessions 8\n[user 12345]\nsessions 10\n' >"$work/etc/msrd/msrd.conf"
	chmod 644 "$work/etc/msrd/msrd.conf"

	for way in "$msrd" "$path" service; do
		: >"$log"
		check "a user has 8 sessions by $way, if that is the limit, and no more" \
			goes by "$way" "$crowd" refused "$way" 8
		check "... who is told why" says 'as many sessions as /etc/msrd/msrd.conf lets one user have at a time'
		check "... as is the log" grep -q \
			"uid 65534 pid [0-9]*: no session: the user has 8 already, the limit of sessions in /etc/msrd/msrd.conf" "$log"
	done
	check "... 10 where the limit is another for him" goes as_root_by service \
		setpriv --reuid 12345 --regid 12345 --clear-groups "$crowd" refused service 10
	check "... of all ways together: the service's count for a daemon of one's own" goes as_root_by service \
		"$crowd" hang 65534 service 8 sh "$here/crowd-beside.sh" "$msrd"
	check "... who says so" says "exit status 8: you have as many sessions"
	check "root has no limit" goes as_root_by service "$crowd" together service 20
	check "a user who hangs with all of his sessions is refused another, and others are served" \
		goes as_root_by service "$crowd" hang 65534 service 8 sh "$here/crowd-beside.sh"
	check "... and told so" says 'has no session for user 65534: you have as many sessions'
	check "... as is the log of who comes through the shim" says 'of this user: sessions in /etc/msrd'
	check "... whose client finds the daemon busy" \
		says 'PASSED.*1 test'

	# with file capabilities the daemon is its user's, and so would be a file that it makes
	mkdir "$work/capable"
	cp "$msrd" "$work/capable/msrd"
	chmod 755 "$work/capable" "$work/capable/msrd"
	if "$file_capabilities" "$work/capable/msrd" 2>/dev/null; then
		capable() {
			as_root_by own sh -c "$1; exec \"\$@\"" sh $ordinary "$crowd" refused "$work/capable/msrd" 8
		}
		: >"$log"
		check "with capabilities and a limit nobody is served" \
			fails capable :
		check "... until root has made the file, says the log" \
			grep -q 'sessions can.t be used to count: No such file.*root has to make it' "$log"
		check "... for nobody else" fails capable \
			'install -d -m 755 /run/msrd; install -m 644 /dev/null /run/msrd/sessions'
		check "... says the log, too" grep -q "it has to be root's or the daemon's, mode 0600" "$log"
		check "... and then 8 are" goes capable \
			'install -d -m 755 /run/msrd; install -m 600 /dev/null /run/msrd/sessions'
		# as the way with a group has it
		"$file_capabilities" "$work/capable/msrd" sys_rawio
		: >"$log"
		check "with cap_sys_rawio alone there is no way to it" fails capable \
			'install -d -m 755 /run/msrd; install -m 600 /dev/null /run/msrd/sessions'
		check "... as the log says" grep -q \
			'sessions can.t be used to count: Permission denied; it takes cap_dac_override to open it' "$log"
	else
		leave_out capabilities "no file capabilities in $work"
	fi
fi
as_others "$0" "$@"
finish
