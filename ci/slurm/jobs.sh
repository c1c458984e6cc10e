#!/bin/sh
# SPDX-License-Identifier: MIT
# What jobs of two users get on a cluster of two simulated nodes, and what they leave.
# usage: jobs.sh WORK, as the root of namespaces of one's own; WORK has an installation in prefix/

one_user=yes
. tests/node/lib.sh
cluster=$1
. ci/slurm/cluster.sh
bin=$cluster/prefix/bin
workload=fixtures/documented/xeon-e5-2680-2s/workload.yaml
lock=/run/likwid.lock
PATH=$PATH:$bin
export PATH
cp ci/slurm/left.sh "$cluster/left"
chmod 755 "$cluster/left"
mkdir -m 1777 "$cluster/marks"

# registers NODE: all that say what is counted and how the node runs
registers() {
	on "$1" msrctl --direct dump
}

# is_as_before NODE: the job has ended, its epilog too
is_as_before() {
	wait_for is_idle "$1" && registers "$1" >"$work/now" && diff "$work/before-$1" "$work/now" &&
		! on "$1" test -e $lock && on "$1" test ! -e /run/msrd-slurm/before
}

# job USER OPTION-OR-COMMAND…: what it prints is in $work/out and $work/err
job() {
	as "$@" >"$work/out" 2>"$work/err"
	status=$?
}

# said WORDS
said() {
	grep -qF -- "$1" "$work/err" || { cat "$work/out" "$work/err"; false; }
}

figures_of() {
	grep "^msrctl-job: $1: " "$work/err" | python3 ci/slurm/expected.py $workload 8 || { cat "$work/err"; false; }
}

# start USER NAME OPTION-OR-COMMAND…: a job that runs until there is marks/NAME.end, once it has begun
start() {
	who=$1 name=$2
	shift 2
	as "$who" srun -J "$name" "$@" sh -c ': >"$0" && until [ -e "$1" ]; do sleep 0.1; done' \
		"$cluster/marks/$name" "$cluster/marks/$name.end" >"$work/$name.out" 2>"$work/$name.err" &
	wait_for test -e "$cluster/marks/$name"
}

end() {
	: >"$cluster/marks/$1.end"
}

id_of() {
	squeue -h -n "$1" -o %i
}

is_over() {
	[ -z "$(id_of "$1")" ]
}

start_cluster src/cluster/slurm/msrd-slurm.7.scd || { show_logs; exit 1; }
for node in node1 node2; do
	on $node msrctl reset >/dev/null
	registers $node >"$work/before-$node"
done

# --- two users, one after the other, on both nodes
for user in $alice $bob; do
	job "$user" srun -N2 --ntasks-per-node=2 msrctl-job -o "$cluster/marks" sh -c 'stat -c %u /run/likwid.lock; sleep 2'
	check "the job of uid $user ends as its command does" [ $status = 0 ]
	check "... with the counters of both nodes in all tasks" [ "$(sort "$work/out" | uniq -c | tr -s ' ')" = " 4 $user" ]
	check "... and a line a node" [ "$(grep -c "^msrctl-job: " "$work/err")" = 2 ]
	for node in node1 node2; do
		check "... which is what the workload of $node is" figures_of $node
		check "... and leaves $node as it was" is_as_before $node
	done
done
check "... and all figures of each node are in a file" [ "$(ls "$cluster/marks"/*.csv | wc -l)" = 4 ]
job $alice srun -N1 msrctl-job sh -c 'exit 7'
check "the exit status is the command's" [ $status = 7 ]

# --- a job that leaves what it can
start $alice leaves -w node1 -n1 sh -c '"$0" && exec "$@"' "$cluster/left"
check "a job can leave a lot" [ "$(as $alice srun -w node1 -n1 msrctl read -c 0 MSR_MISC_FEATURE_CONTROL | grep -c 0x000000000000000f)" = 1 ]
end leaves
wait_for is_over leaves
check "... of which nothing is left" is_as_before node1

# --- a job that is killed in the middle
start $alice victim -N2 -n2 sh -c '"$0" && exec msrctl-job "$@"' "$cluster/left"
scancel --signal=KILL "$(id_of victim)"
wait_for is_over victim
check "a job that is killed leaves nothing on node1" is_as_before node1
check "... nor on node2" is_as_before node2
start $alice told -w node1 -n1 msrctl-job
scancel --signal=TERM "$(id_of told)"
wait_for is_over told
check "a job that is told to end leaves nothing" is_as_before node1
check "... and says that Slurm has ended the daemon with it" wait_for \
	grep -q "^msrctl-job: node1: nothing was measured" "$work/told.err"
start $alice cancelled -w node1 -n1 msrctl-job
scancel "$(id_of cancelled)"
wait_for is_over cancelled
check "a job that is cancelled leaves nothing" is_as_before node1

# --- a node that two users share
start $alice first -w node1 -n1
job $bob srun -w node1 -n1 msrctl-job echo ran
check "the second user of a node runs" grep -qx ran "$work/out"
check "... and is told whose turn it is" said "msrctl-job: node1: not measured: alice, uid $alice, has the counters until $lock is removed"
job $bob srun -w node1 -n1 msrctl read -c 0 MSR_RAPL_POWER_UNIT
check "... also by the daemon" said "locked by another user: $lock is of uid $alice, who has the counters until it is removed"
check "... which refuses him" [ $status = 1 ]
start $bob second -w node1 -n1
job $alice srun -w node1 -n1 msrctl-job true
check "the first user's other job has them too" said " GB/s, "
check "... and does not take them along" [ "$(on node1 stat -c %u $lock)" = $alice ]
end first
wait_for is_over first
wait_for on node1 test ! -e $lock
job $bob srun -w node1 -n1 sh -c 'stat -c %u /run/likwid.lock; exec msrctl read -c 0 MSR_RAPL_POWER_UNIT'
check "when the first user's last job has ended it is the second's turn" [ "$(head -n 1 "$work/out")" = $bob ]
check "... who is served" [ $status = 0 ]
end second
wait_for is_over second
check "... and leaves nothing" is_as_before node1

# --- what can't be put back
start $alice stuck -w node2 -n1 sh -c '"$0" && exec "$@"' "$cluster/left"
on node2 sh -c 'echo "fail 0 0x1a4 EIO" >/sys/devices/sim/fault'
end stuck
is_drained() {
	[ "$(sinfo -h -n node2 -o %T)" = drained ]
}
check "a node that can't be put back gets no more jobs" wait_for is_drained
check "... as Slurm tells" [ "$(sinfo -h -n node2 -o %E)" = "Epilog error" ]
check "... and its log says why" grep -q "msrd-slurm: job [0-9]*: switches can't be put back: .*0x1a4" "$cluster/syslog-node2"
check "... and the counters are nobody's but root's" [ "$(on node2 stat -c %u $lock)" = 0 ]
on node2 sh -c 'echo "clear all" >/sys/devices/sim/fault'
check "the epilog by hand puts the rest back" on node2 env SLURM_JOB_ID=0 SLURM_JOB_UID=0 \
	"$cluster/prefix/libexec/msrd/slurm/epilog"
scontrol update nodename=node2 state=resume
check "... and the node is as before" is_as_before node2

[ "$n_failed" = 0 ] || show_logs
finish
