#!/bin/sh
# SPDX-License-Identifier: MIT
# The real daemon on the simulated node, used by an ordinary user.
# usage: daemon.sh FUSE-MSR MSRD FIXTURE NODE-DAEMON NODE-ROOT NODE-TIMEOUT NODE-RESTORE
#     NODE-STARTER

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") fixture=$3
node_daemon=$4 node_root=$5 node_timeout=$6 node_restore=$7
node_starter=$8

need_node
log=$work/log

# without_account COMMAND…: these tests stop and end a daemon, which has to be their user's (65534)
# for that. What nobody can do to one with an account of its own, service.sh shows.
without_account() {
	if [ "$(id -u)" != 0 ] || ! grep -q '^msrd:' /etc/passwd; then
		"$@"
		return
	fi
	grep -v '^msrd:' /etc/passwd >"$work/passwd"
	chmod 644 "$work/passwd"
	unshare --mount sh -c 'mount --bind "$0" /etc/passwd && exec "$@"' "$work/passwd" "$@"
}

# on_node COMMAND…: as an ordinary user, whoever runs this
on_node() {
	: >"$log"
	chmod 644 "$log"
	without_account "$fuse_msr" run --daemon "$msrd" --syslog "$log" "$fixture" -- "$@"
}

# at_terminal COMMAND…: the same, where there is a terminal's both ends
at_terminal() {
	without_account "$node_starter" terminal \
		"$fuse_msr" run --daemon "$msrd" "$fixture" -- "$@"
}

# for real: 15 s, in which the others run
give_up() (
	log=$work/log.timeout
	on_node "$node_timeout" "$msrd"
)

says() {
	want=$1 text=$2
	shift 2
	r=0
	"$@" >"$work/said" 2>&1 || r=$?
	[ $r = "$want" ] && grep -q "$text" "$work/said"
}
check "--help says what it is" says 0 "^Usage: msrd$" "$msrd" --help
check "--version says which" says 0 "^msrd [0-9]" "$msrd" --version
check "another option is a fault in usage" says 2 "takes no options" "$msrd" --fake-root

# the path is the caller's, and so would be the line
forge() (
	mkdir -p "$work/refused: uid 0/likwid-9.9"
	ln -sf "$msrd" "$work/refused: uid 0/likwid-9.9/likwid-accessD"
	cd "$work"
	"refused: uid 0/likwid-9.9/likwid-accessD"
)
check "what the log says of a path does not begin with it" \
	says 1 "^msrd: uid $(id -u): .* not known: refused: uid 0/likwid-9.9/" forge

if [ "$(id -u)" = 0 ]; then
	chmod 755 "$work"
	check "setuid daemon serves an ordinary user" on_node $ordinary "$node_daemon" "$msrd" "$log"
	check "setuid daemon puts back what a client leaves that dies" \
		on_node $ordinary "$node_restore" "$msrd" "$log"
	check "setuid daemon is not its starter's to misuse" \
		at_terminal $ordinary "$node_starter" "$msrd"
else
	give_up >"$work/timeout" 2>&1 &
	timeout=$!
	check "daemon with file capabilities serves an ordinary user" \
		on_node "$node_daemon" "$msrd" "$log"
	check "daemon with file capabilities puts back what a client leaves that dies" \
		on_node "$node_restore" "$msrd" "$log"
	check "daemon with file capabilities is not its starter's to misuse" \
		at_terminal "$node_starter" "$msrd"
fi
check "lock file and descriptors" \
	"$fuse_msr" run --as-root --daemon "$msrd" "$fixture" -- "$node_root" "$msrd"

if [ "$(id -u)" != 0 ]; then
	wait $timeout
	check "daemon gives up after 15 s without a client" [ $? = 0 ]
	check "... and says so" \
		grep -q "no client connected to /tmp/likwid-[0-9]* within 15 s" "$work/log.timeout"
	[ "$n_failed" = 0 ] || cat "$work/timeout"
fi

as_others "$0" "$@"
finish
