#!/bin/sh
# SPDX-License-Identifier: MIT
# The service: systemd's socket activation hands each client to a daemon of its own, which takes
# whom it serves from the connection. msrctl, and LIKWID's clients through the shim. Run by root,
# nothing is privileged but what starts it, as msrd@.service has it, and users are several; run by
# an ordinary user, the daemon has file capabilities and all are one.
# usage: service.sh FUSE-MSR MSRD MSRCTL SHIM FIXTURE NODE-SHIM NODE-TOUCH NODE-RELEASES
#     NODE-REPLAY CONVERSATIONS

private_tmp=yes
. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$3 shim=$(realpath "$4") fixture=$5
node_shim=$6 node_touch=$7 node_releases=$8 replay=$9
conversations=${10}
here=$(dirname "$0")

need_node
need systemd-socket-activate
log=$work/log
: >"$log"
chmod 755 "$work"
chmod 644 "$log"
mkdir -m 777 "$work/shared"
export msrctl msrd work

. "$here/service-lib.sh"

for release in 3.1 4.0 4.1 4.2 4.3 5.0 5.1 5.2 5.3 5.4 5.5 9.9; do
	mkdir -p "$work/shim/likwid-$release"
	ln -s "$shim" "$work/shim/likwid-$release/likwid-accessD"
done
mkdir -p "$work/shim/opt/sbin" "$work/own"
ln -s "$work/shim/likwid-5.5/likwid-accessD" "$work/shim/opt/sbin/likwid-accessD"
ln -s "$msrd" "$work/own/likwid-accessD"

# on_node COMMAND…: where there is no service yet
on_node() {
	with_run "$fuse_msr" run --daemon "$msrd" --syslog "$log" "$fixture" -- "$@"
}

# on COMMAND…: an ordinary user's, on a node where the service runs
on() {
	on_node sh "$here/service-manager.sh" "$work/likwid-5.2/msrd" "$@"
}

# ends_with STATUS COMMAND…
ends_with() {
	wanted=$1
	shift
	"$@" >"$work/out" 2>&1
	r=$?
	[ $r = "$wanted" ] || { echo "status $r"; cat "$work/out"; false; }
}

says() {
	grep -q -- "$1" "$work/out" || { cat "$work/out"; false; }
}

logged() {
	grep -q -- "$1" "$log" || { cat "$log"; false; }
}

# --- msrctl

check "msrctl reads through the service, which nobody has named" \
	ends_with 0 on "$msrctl" read -c 0 0x606
check "... the register" says '0x606 .*a1003'
check "... of an uncore unit too" ends_with 0 on "$msrctl" read -u imc0 0xf4
check "... measures" ends_with 0 on "$msrctl" stat -i 0.5
check "... lists what there is, all of it accessible" ends_with 0 on "$msrctl" info
check "... lists registers" ends_with 0 on "$msrctl" list MSR_RAPL*
check "... and finds nothing wrong with it, but what is the host's" \
	ends_with 0 on sh -c '"$msrctl" doctor; [ $? -lt 2 ]'
check "... the daemon being the service's" says 'the service at /run/msrd/socket'
check "the service can be named" ends_with 0 on "$msrctl" --service read -c 0 0x606
check "... by its socket" ends_with 0 on "$msrctl" --service=/run/msrd/socket read -c 0 0x606
check "a daemon and a service are too much" \
	ends_with 1 on "$msrctl" --service --daemon "$msrd" read -c 0 0x606
check "... which is said" says 'only one of them'
check "the one who is served is the one who has connected" \
	ends_with 1 on "$msrctl" read -c 0 0x1d9
check "... by the kernel's word, in the log" logged "refused: uid $user pid [0-9]*: read of MSR 0x1d9"
check "no name in /tmp is made" ends_with 0 on sh -c \
	'"$msrctl" stat -i 0.2 >/dev/null && [ -z "$(find /tmp -maxdepth 1 -name "likwid-*")" ]'
check "a client that is killed takes its daemon with it" ends_with 0 on sh "$here/service-killed.sh"

# --- no service

check "a service that is named and not there is an error" \
	ends_with 1 on_node "$msrctl" --service read -c 0 0x606
check "... with the cure" says 'no service at /run/msrd/socket: No such file.*enable --now msrd.socket'
own_daemon="env PATH=$work/own:$PATH $msrctl read -c 0 0x606"
check "without one, a daemon of one's own serves" ends_with 0 on_node $own_daemon
[ "$(id -u)" = 0 ] || check "... also where it has left its socket" ends_with 0 on sh -c \
	'kill $manager; while kill -0 $manager 2>/dev/null; do sleep 0.02; done; "$@"' \
	sh $own_daemon
check "a service that can't start its daemon is an error" ends_with 1 \
	on_node sh "$here/service-manager.sh" /bin/false "$msrctl" read -c 0 0x606
check "... which names the cause" says 'took the connection and closed it'
check "a node of the simulator does not see the host's service" ends_with 0 \
	with_run sh "$here/service-manager.sh" /bin/false "$fuse_msr" run --daemon "$msrd" "$fixture" -- \
	$own_daemon

# --- several users

if [ "$(id -u)" = 0 ]; then
	others="setpriv --reuid=12345 --regid=12345 --clear-groups"
	check "a socket of another user's is refused" \
		ends_with 1 on_node env as_manager="$others" as_service= \
		sh "$here/service-manager.sh" /bin/false "$msrctl" read -c 0 0x606
	check "... and whose it is is said" says 'belongs to user 12345, who is neither root nor you'
	check "in a user namespace of one user, who made the socket can't be told: it is used" \
		ends_with 0 on_node env ordinary="$others" sh "$here/service-manager.sh" \
		"$work/likwid-5.2/msrd" unshare --user --map-current-user "$msrctl" read -c 0 0x606
	check "... also in one inside of another, whose root is not the host's" \
		ends_with 0 on_node env ordinary="$others" sh "$here/service-manager.sh" \
		"$work/likwid-5.2/msrd" unshare --user --map-root-user unshare --user --map-root-user \
		"$msrctl" read -c 0 0x606
	check "the lock file is the peer's to own, not root's" ends_with 0 on_node sh "$here/service-lock.sh" \
		"$here/service-manager.sh" "$work/likwid-5.2/msrd" 0 $user
	check "... and is not somebody else's" ends_with 0 on_node sh "$here/service-lock.sh" \
		"$here/service-manager.sh" "$work/likwid-5.2/msrd" 1 0 # MSRD_LOCKED
	check "the daemon is its own account's, and its client can't touch it" \
		ends_with 0 on "$node_touch"
	# its account is 65534 where there is no msrd
	check "... nor a setuid one" ends_with 0 \
		"$fuse_msr" run --daemon "$msrd" "$fixture" -- $others "$node_touch" "$msrd"
else
	check "a daemon with capabilities can't be traced nor looked into by its client" ends_with 0 \
		"$fuse_msr" run --daemon "$msrd" "$fixture" -- "$node_touch" "$msrd" capabilities
fi

# --- LIKWID's clients, through the shim

check "the shim serves each release in its own numbers" ends_with 0 on_node sh "$here/service-lock.sh" \
	"$here/service-manager.sh" "$work/likwid-5.2/msrd" 0 $user "$node_releases" "$work/shim"
for conversation in "$conversations"/*.txt; do
	check "$(basename "$conversation" .txt), through the shim" ends_with 0 on_node \
		sh "$here/service-lock.sh" "$here/service-manager.sh" "$work/likwid-5.2/msrd" 0 $user \
		"$replay" --same-node "$work/shim/likwid-5.2/likwid-accessD" "$conversation"
done
shim=$work/shim/likwid-5.2/likwid-accessD
check "msrctl comes to the service through the shim" ends_with 0 on "$msrctl" --daemon \
	"$work/shim/likwid-5.4/likwid-accessD" read -u imc0 0xf4
: >"$log"
check "without a service each access is answered: no device file" \
	ends_with 0 on_node $ordinary "$node_shim" "$shim" 3
check "... and the log has the cure" logged 'likwid-accessd-shim.*enable --now msrd.socket'
check "a service that has no daemon to spare is busy" \
	ends_with 0 on_node sh "$here/service-manager.sh" /bin/false "$node_shim" "$shim" 5
check "the shim ends with its client, and so does the daemon" \
	ends_with 0 on "$node_shim" "$shim" disconnect
check "the shim ends with its daemon, and its client sees that" \
	ends_with 0 on "$node_shim" "$shim" kill
check "a shim with privileges serves nobody" ends_with 1 with_run "$fuse_msr" run \
	--daemon "$shim" "$fixture" -- $ordinary "$shim"
check "... and says so" says 'installed with privileges'

if ! command -v likwid-perfctr >/dev/null; then
	leave_out likwid "likwid-perfctr is not installed"
elif [ "$(nproc)" -lt 2 ]; then
	leave_out cpus "LIKWID runs on both CPUs of the node, and here are $(nproc)"
else
	. "$(dirname "$0")/likwid.sh"
	likwid() {
		with_run "$fuse_msr" run --likwid=5.2 --daemon "$msrd" --syslog "$log" "$fixture" -- \
			sh "$here/service-manager.sh" "$work/likwid-5.2/msrd" \
			env PATH="$work/shim/likwid-5.2:$PATH" "$@"
	}
	: >"$log"
	check "likwid-powermeter measures through the shim" ends_with 0 likwid likwid-powermeter -s 1s
	check "... watts" says '^Power consumed: [1-9][0-9.]* Watt'
	check "likwid-perfctr measures through the shim" \
		ends_with 0 likwid likwid-perfctr -C 0 -g MEM sleep 0.5
	check "... memory" says '| *Memory bandwidth '
	check "... for its user" logged "uid $user"
	with_no_service() {
		! with_run "$fuse_msr" run --likwid=5.2 --daemon "$msrd" "$fixture" -- \
			$ordinary env PATH="$work/shim/likwid-5.2:$PATH" likwid-perfctr -C 0 -g MEM true \
			>"$work/out" 2>&1
	}
	check "without a service LIKWID is told, and ends" with_no_service
fi

as_others "$0" "$@"
finish
