# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Starts the cluster: munged, slurmctld, two nodes. Read with `.` by the root of the namespaces, with
# $cluster, a folder that has an installation in prefix/.

alice=2001 bob=2002

# wait_for COMMAND…: up to two minutes, as the machine may be busy
wait_for() {
	end=$(($(date +%s) + 120))
	until "$@"; do
		[ "$(date +%s)" -lt $end ] || { echo "waited in vain for: $*"; return 1; }
		sleep 0.1
	done
}

# The users, on this machine's own list.
add_users() {
	grep -v ':\(2001\|2002\):' /etc/passwd >"$cluster/passwd"
	grep -v ':\(2001\|2002\):' /etc/group >"$cluster/group"
	for user in "alice $alice" "bob $bob"; do
		# shellcheck disable=SC2086
		set -- $user
		echo "$1:x:$2:$2::$cluster/home-$1:/bin/sh" >>"$cluster/passwd"
		echo "$1:x:$2:" >>"$cluster/group"
		mkdir -m 700 "$cluster/home-$1"
		chown "$2:$2" "$cluster/home-$1"
	done
	mount --bind "$cluster/passwd" /etc/passwd
	mount --bind "$cluster/group" /etc/group
}

# The daemon that users start, setuid root, where no mount option is in the way.
install_daemon() {
	cp "$cluster/prefix/sbin/msrd" "$cluster/msrd"
	mount -t tmpfs -o mode=755 tmpfs "$cluster/prefix/sbin"
	mv "$cluster/msrd" "$cluster/prefix/sbin"
	chmod 4755 "$cluster/prefix/sbin/msrd"
}

start_munged() {
	mkdir -m 755 "$cluster/munge"
	head -c 1024 /dev/urandom >"$cluster/munge/key"
	chmod 400 "$cluster/munge/key"
	munged --foreground --force --key-file="$cluster/munge/key" --socket="$cluster/munge/socket" \
		--pid-file="$cluster/munge/pid" --log-file="$cluster/munge/log" --seed-file="$cluster/munge/seed" \
		>"$cluster/munged" 2>&1 &
	wait_for test -S "$cluster/munge/socket"
}

# The lines of msrd-slurm(7) are taken from the page.
write_config() {
	cat >"$cluster/slurm.conf" <<-END
		ClusterName=simulated
		SlurmctldHost=ctl(10.77.0.1)
		SlurmctldPort=26817
		SlurmdPort=26818
		SlurmUser=root
		SlurmdUser=root
		AuthInfo=socket=$cluster/munge/socket
		StateSaveLocation=$cluster/state
		SlurmdSpoolDir=$cluster/spool-%n
		SlurmctldPidFile=$cluster/slurmctld.pid
		SlurmdPidFile=$cluster/slurmd-%n.pid
		SlurmctldLogFile=$cluster/slurmctld.log
		SlurmdLogFile=$cluster/slurmd-%n.log
		SlurmdDebug=info
		SlurmdParameters=config_overrides
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		JobAcctGatherType=jobacct_gather/none
		MpiDefault=none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_CPU
		ReturnToService=2
		KillWait=5
		MessageTimeout=60
		NodeName=node1 NodeAddr=10.77.1.2 CPUs=4 State=UNKNOWN
		NodeName=node2 NodeAddr=10.77.2.2 CPUs=4 State=UNKNOWN
		PartitionName=all Nodes=node1,node2 Default=YES State=UP
	END
	sed -n 's#^\t*\(Prolog[A-Za-z]*=[^+]*\|Epilog[A-Za-z]*=[^+]*\).*#\1#p' "$1" |
		sed "s#/usr/local#$cluster/prefix#" >>"$cluster/slurm.conf"
	mkdir "$cluster/state"
	export SLURM_CONF="$cluster/slurm.conf"
}

# start_node NUMBER
start_node() {
	unshare --mount --net --uts sh ci/slurm/node.sh "$cluster" "$1" >"$cluster/node$1" 2>&1 &
	node=$!
	wait_for [ "$(readlink "/proc/$node/ns/net")" != "" ]
	until [ "$(readlink "/proc/$node/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
	ip link add "node$1" type veth peer name eth0 netns $node
	ip addr add "10.77.$1.1/24" dev "node$1"
	ip link set "node$1" up
}

is_idle() {
	[ "$(sinfo -h -n "$1" -o %T)" = idle ]
}

# slurmd_of NODE: by the host name that it sees
slurmd_of() {
	for process in /proc/[0-9]*; do
		if [ "$(cat "$process/comm" 2>/dev/null)" = slurmd ] &&
			[ "$(nsenter -t "${process#/proc/}" -u hostname)" = "$1" ]; then
			echo "${process#/proc/}"
			return
		fi
	done
	return 1
}

# on NODE COMMAND…: as the node's root, without a job
on() {
	where=$1
	shift
	nsenter -t "$(slurmd_of "$where")" -m -u -n -p -- "$@"
}

# as USER COMMAND…
as() {
	who=$1
	shift
	(cd "$cluster" && exec setpriv --reuid "$who" --regid "$who" --clear-groups env HOME="$cluster" TMPDIR=/tmp "$@")
}

show_logs() {
	for log in "$cluster/slurmctld.log" "$cluster"/slurmd-node*.log "$cluster"/node? "$cluster"/syslog-node?; do
		echo "--- ${log##*/}"
		tail -n 40 "$log"
	done
}

start_cluster() {
	mount --make-rprivate /
	mount -t proc proc /proc
	mount -t tmpfs -o mode=755 tmpfs /run
	hostname ctl
	ip link set lo up
	ip addr add 10.77.0.1/32 dev lo
	echo 1 >/proc/sys/net/ipv4/ip_forward
	add_users
	install_daemon
	start_munged
	write_config "$1"
	slurmctld -D -f "$SLURM_CONF" >"$cluster/slurmctld" 2>&1 &
	start_node 1
	start_node 2
	for name in node1 node2; do
		wait_for is_idle $name
	done
}
