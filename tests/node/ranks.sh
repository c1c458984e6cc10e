#!/bin/sh
# SPDX-License-Identifier: MIT
# msrctl stat as several ranks of one job on one simulated node, whose clock moves by a second with
# each rank's program: what is measured is as long as all of them together, whoever of them measures.
# The launchers here are this script; tests/node/mpi.sh has a real one.
# usage: ranks.sh FUSE-MSR MSRD MSRCTL FIXTURE

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$(realpath "$3") fixture=$4

need_node
need jq python3
unset COLUMNS NO_COLOR
export msrd msrctl work

# What the scripts on the node share.
cat >"$work/node.sh" <<'END'
# of nobody else, as /proc/net/unix has everybody's
job=one-${work##*/}
# names KIND RANK LOCAL-SIZE SIZE: of the launcher's variables
names() {
	case $1 in
	ompi) echo OMPI_COMM_WORLD_RANK="$2" OMPI_COMM_WORLD_LOCAL_SIZE="$3" OMPI_COMM_WORLD_SIZE="$4" PMIX_NAMESPACE=$job ;;
	hydra) echo PMI_RANK="$2" MPI_LOCALNRANKS="$3" PMI_SIZE="$4" ;;
	slurm) echo SLURM_PROCID="$2" SLURM_STEP_TASKS_PER_NODE="$3" SLURM_STEP_NUM_TASKS="$4" SLURM_NODEID=0 \
		SLURM_JOB_ID=7 SLURM_STEP_ID=0 ;;
	esac
}
# rank RANK COMMAND…: in the background, of $size on this node, its status into $work/status.RANK; $pid
rank() {
	number=$1
	shift
	rm -f "$work/status.$number"
	# who waits for a word does not find one of before
	: >"$work/out.$number" && : >"$work/err.$number"
	(
		"$@" >"$work/out.$number" 2>"$work/err.$number" &
		echo $! >"$work/pid.$number"
		wait $!
		echo $? >"$work/status.$number"
	) &
	until [ -s "$work/pid.$number" ]; do sleep 0.01; done
	pid=$(cat "$work/pid.$number")
	rm "$work/pid.$number"
}
# stat_rank RANK ARGUMENT…: of msrctl stat
stat_rank() {
	number=$1
	shift
	# shellcheck disable=SC2046
	rank "$number" env $(names "${kind:-ompi}" "${as:-$number}" "$size" "${all:-$size}") "$msrctl" stat --daemon "$work/daemon" "$@"
}
second='echo +1s >/sys/devices/sim/clock'
has() { grep -q "$1" "$2" 2>/dev/null; }
wait_for() {
	deadline=$(($(date +%s) + 60))
	until "$@"; do
		[ "$(date +%s)" -lt "$deadline" ] || { echo "never: $*" >&2; exit 1; }
		sleep 0.02
	done
}
# somebody leads and listens
meeting=/dev/shm/msrctl-ranks-1-$(id -u)-$(cat /proc/sys/kernel/random/boot_id)
leads() { [ -n "$(ls "$meeting" 2>/dev/null)" ]; }
# n_here N: as many wait to be let in, or are in
n_here() { [ "$(grep -c "/$(ls "$meeting")\$" /proc/net/unix)" -ge "$1" ]; }
END
# a daemon has no environment
cat >"$work/daemon" <<END
#!/bin/sh
echo started >>"$work/starts"
exec "$msrd" "\$@"
END
chmod 755 "$work/daemon"

# on_node: the script that is standard input; what ranks write is in $work/out.RANK and err.RANK
on_node() {
	rm -f "$work"/out.* "$work"/err.* "$work"/status.* "$work"/run.* "$work/starts"
	{
		cat "$work/node.sh" -
		# nobody hangs, and nothing is left behind
		printf '%s\n' wait '! ls -d "$meeting" >"$work/left" 2>/dev/null'
	} >"$work/script.sh"
	manual "$fixture" sh "$work/script.sh"
}
statuses() { cat "$work"/status.* | tr '\n' ' '; }
seconds() { cat "$work"/out.* | awk '$1 == "INTERVAL" { getline; print $2 }' | tr '\n' ' '; }
says() { cat "$work"/err.* | grep -qF -e "$1" || { cat "$work"/err.*; false; }; }
nothing_left() { [ ! -s "$work/left" ] || { cat "$work/left"; false; }; }
starts() { wc -l <"$work/starts" | tr -d ' '; }

# --- one measurement
for kind in ompi hydra slurm; do
	on_node <<END
kind=$kind size=4
# by one launcher: Hydra's jobs have no other names
for i in 0 1 2 3; do
	env \$(names $kind \$i 4 4) "\$msrctl" stat --daemon "\$work/daemon" -g memory -- \
		sh -c "sleep 0.\$i; \$second; exit \$i" >"\$work/out.\$i" 2>"\$work/err.\$i" &
	eval "rank_\$i=\$!"
done
for i in 0 1 2 3; do
	eval "wait \\\$rank_\$i"
	echo \$? >"\$work/status.\$i"
done
END
	check "$kind: four ranks are measured together, from before the first to behind the last" [ "$(seconds)" = "4.000 " ]
	check "... by one daemon" [ "$(starts)" = 1 ]
	check "... into one table, which the node's name heads" [ "$(cat "$work"/out.* | sed -n 1p) $(cat "$work"/out.* | grep -c ^MEMORY)" = "Node $(uname -n): 4 of 4 ranks 1" ]
	check "... whose bandwidth is the workload's" [ "$(cat "$work"/out.* | awk '$1 == "socket" && $2 == 0 { print $3, $4, $5, $6 }')" = "6000 M 2250 M" ]
	check "... and all exit as their programs do" [ "$(statuses)" = "0 1 2 3 " ]
	check "... and nothing is said, or left" sh -c "! grep . $work/err.* $work/left"
done
on_node <<'END'
size=4
for i in 0 1 2 3; do stat_rank $i --ranks each -g memory -- true; done
END
check "--ranks each has a measurement a rank" [ "$(starts)" = 4 ]
check "... and no heading" sh -c "! grep -q ^Node $work/out.*"
on_node <<'END'
rank 0 "$msrctl" stat --daemon "$work/daemon" -g memory -- sh -c "$second"
END
check "without a launcher nothing is headed" [ "$(sed -n 1p "$work/out.0")" = "INTERVAL SECONDS COMMAND" ]
on_node <<'END'
size=2
# the batch script is rank 0 of nothing
rank 0 env SLURM_PROCID=0 SLURM_NODEID=0 SLURM_JOB_ID=7 SLURM_TASKS_PER_NODE=2 "$msrctl" stat --daemon "$work/daemon" -g memory -- sh -c "$second"
END
check "nor is a batch script of Slurm a rank" [ "$(sed -n 1p "$work/out.0")" = "INTERVAL SECONDS COMMAND" ]
on_node <<'END'
size=2
for i in 0 1; do
	job=one stat_rank $i -g memory -- sh -c "$second"
	job=two as=$i stat_rank "1$i" --ranks together -g memory -- true
done
END
check "two jobs are two measurements" [ "$(starts)" = 2 ]

for folder in /dev/shm /tmp; do
	export folder
	# others may write to it, as if somebody else had made it
	on_node <<'END'
size=2
for parent in /dev/shm $folder; do mkdir -p -m 777 "$parent/${meeting##*/}"; done
for i in 0 1; do stat_rank $i -g memory -- sh -c "$second"; done
wait
for parent in /dev/shm $folder; do rmdir "$parent/${meeting##*/}" 2>/dev/null; done
END
	[ $folder = /tmp ] || check "a folder that others may write to is not theirs: they meet in another one" [ "$(seconds)$(statuses)" = "2.000 0 0 " ]
done
check "... and without one each measures for itself, after a message" says "the other ranks of this node cannot be found: /tmp/msrctl-ranks"
check "... which says why" says "it is somebody else's, or others may write to it"
check "... and says so" [ "$(cat "$work"/out.* | grep ^Node | sort -u)" = "Node $(uname -n): 1 of 2 ranks" ]

on_node <<'END'
for parent in /dev/shm /tmp; do mkdir -m 777 "$parent/msrctl-1-${meeting#*-ranks-1-}"; done
rank 0 "$msrctl" stat --daemon "$work/daemon" -g memory -- sh -c "$second"
wait
for parent in /dev/shm /tmp; do rmdir "$parent/msrctl-1-${meeting#*-ranks-1-}"; done
END
check "so does one that is no rank, and finds no other measurements" [ "$(seconds)$(statuses)" = "1.000 0 " ]
check "... which it says" says "other measurements of yours cannot be considered: /tmp/msrctl-1-"

# --- one behind another, and within
on_node <<'END'
size=2
for i in 0 1; do
	# shellcheck disable=SC2046
	rank $i env $(names ompi $i 2 2) sh -c '"$msrctl" stat --daemon "$work/daemon" -g memory -- sh -c "$1"
		"$msrctl" stat --daemon "$work/daemon" -g memory -- sh -c "$1; $1"' sh "$second"
done
END
# whoever of them leads the second
check "two measurements of each rank follow each other" [ "$(seconds | tr ' ' '\n' | sort | tr '\n' ' ')" = "2.000 4.000 " ]
on_node <<'END'
size=2
for i in 0 1; do stat_rank $i -g memory -- "$msrctl" stat --daemon "$work/daemon" -g energy -- sh -c "$second"; done
END
check "one within another is a second measurement, and waits for nobody" [ "$(seconds)" = "2.000 2.000 " ]

# --- who is killed
on_node <<'END'
size=3
stat_rank 0 -g memory -- sh -c 'echo >"$work/run.0"; exec sleep 60'
leader=$pid
wait_for leads
for i in 1 2; do stat_rank $i -g memory -- sh -c 'echo >"$work/run.'$i'"; until [ -e "$work/run.killed" ]; do sleep 0.02; done; exit '$i; done
for i in 0 1 2; do wait_for [ -e "$work/run.$i" ]; done
kill -KILL $leader
wait_for [ -e "$work/status.0" ]
echo >"$work/run.killed"
END
check "the measuring rank killed: the others' programs go on, and their statuses are their own" [ "$(statuses)" = "137 1 2 " ]
check "... and it is said that nothing was measured" says "the rank that measured this node was killed"
check "... and its name does not stay" nothing_left
on_node <<'END'
size=3
stat_rank 0 --wait 600 -g memory -- sh -c "$second"
leader=$pid
wait_for leads
stat_rank 1 --wait 600 -g memory -- sh -c "$second"
wait_for n_here 2
kill -KILL $leader
wait_for [ -e "$work/status.0" ]
stat_rank 2 --wait 600 -g memory -- sh -c "$second; exit 2"
END
check "the measuring rank killed before it began: another one measures" [ "$(seconds)$(statuses)" = "2.000 137 0 2 " ]
check "... and all of it is put away" nothing_left
on_node <<'END'
size=2
stat_rank 0 -g memory -- sh -c "$second"
wait_for leads
stat_rank 1 -g memory -- sh -c 'echo >"$work/run.1"; exec sleep 60'
wait_for [ -e "$work/run.1" ]
kill -KILL $pid
END
check "another rank killed: the measurement ends, and shows what was measured" [ "$(seconds)$(statuses)" = "1.000 0 137 " ]
check "... and it is said" says "other ranks of this node were killed (1)"
on_node <<'END'
size=2
stat_rank 0 -g memory -- sh -c "$second; echo >\"\$work/run.0\"; exec sleep 60"
leader=$pid
wait_for leads
stat_rank 1 -g memory -- sh -c "$second; echo >\"\$work/run.1\"; until [ -e \"\$work/status.0\" ]; do sleep 0.02; done; exit 7"
for i in 0 1; do wait_for [ -e "$work/run.$i" ]; done
kill -TERM $leader
END
check "a signal to the measuring rank ends the measurement, and not the others" [ "$(seconds)$(statuses)" = "2.000 143 7 " ]

on_node <<'END'
size=2
for i in 0 1; do stat_rank $i -g memory -- sh -c 'trap : USR1; echo >"$work/run.'$i'"; until [ -e "$work/run.sent" ]; do sleep 0.02; done; '"$second"; eval "rank_$i=$pid"; done
for i in 0 1; do wait_for [ -e "$work/run.$i" ]; done
kill -USR1 $rank_0 $rank_1
echo >"$work/run.sent"
END
check "SIGUSR1, as mpirun passes it on, ends no measurement" [ "$(seconds)$(statuses)" = "2.000 0 0 " ]

# --- who can't
on_node <<'END'
size=2
stat_rank 0 -g memory -- "$work/there-is-none"
wait_for leads
stat_rank 1 -g memory -- sh -c "sleep 0.3; $second; exit 4"
END
check "the measuring rank can't run its command: the others are measured all the same" [ "$(seconds)$(statuses)" = "1.000 127 4 " ]
check "... and it is said" says "there-is-none: No such file or directory"
on_node <<'END'
size=2
stat_rank 0 -g memory -- sh -c "$second"
wait_for leads
stat_rank 1 -g memory -- "$work/script.sh"
END
check "another rank can't run its command" [ "$(seconds)$(statuses)" = "1.000 0 126 " ]
on_node <<'END'
size=3
for i in 0 1 2; do stat_rank $i -e nonsense -- sh -c 'echo >"$work/run.0"'; done
END
check "what can't be measured at all is an error of all, and nobody's program runs" [ "$(statuses)$(find "$work" -name 'run.*')" = "2 2 2 " ]
check "... which one of them says" [ "$(find "$work" -name "err.*" -size +0 | wc -l)" = 1 ]
on_node <<'END'
size=3
for i in 0 1; do stat_rank $i --wait 0.3 -g memory -- sh -c "$second"; done
END
check "a rank that does not come is not waited for longer than --wait" says "2 of the 3 ranks of this node have come within 0.3 s"
check "... and the others are measured" [ "$(seconds)$(statuses)" = "2.000 0 0 " ]
check "... of whom the heading speaks" [ "$(cat "$work"/out.* | sed -n 1p)" = "Node $(uname -n): 2 of 3 ranks" ]
on_node <<'END'
size=2
# as MPI's do: no rank's program ends before all have begun
stat_rank 0 --wait 0.3 -i 0.1 -n 2 -g memory -- sh -c 'until [ -e "$work/run.1" ]; do sleep 0.02; done'
both_intervals() { [ "$(grep -c ^INTERVAL "$work/out.0")" = 2 ]; }
wait_for both_intervals
stat_rank 1 --wait 0.3 -i 0.1 -n 2 -g memory -- sh -c 'echo >"$work/run.1"'
wait_for [ -e "$work/status.1" ]
END
check "a rank that comes behind the last interval does not wait for programs that wait for it" [ -e "$work/run.1" ]
on_node <<'END'
size=2
stat_rank 0 -g memory -- sh -c "$second"
wait_for leads
stat_rank 1 -g energy -- sh -c "$second"
END
check "other options than those of the measuring rank are told" says "rank 1 was given other options than the rank that measures this node"
on_node <<'END'
size=2
stat_rank 0 -g memory -- sh -c "$second; exit 3"
wait_for leads
stat_rank 1 -g memory -- sh -c 'until [ -e "$work/status.0" ]; do sleep 0.02; done; exit 5'
END
check "who fails while the others wait for it ends, so that its launcher hears of it" [ "$(seconds)$(statuses)" = "1.000 3 5 " ]
check "... and it is said of whom nothing more is measured" says "rank 0 has failed: 1 more of this node that still run are measured no longer"

# --- with other options
on_node <<'END'
size=2
for i in 0 1; do stat_rank $i -r 2 -g memory -- sh -c "$second; echo >>\"\$work/run.$i\""; done
END
check "--repeat is for all ranks at once" [ "$(cat "$work/run.0" "$work/run.1" | wc -l) $(cat "$work"/out.* | grep -c '2 runs of sh')" = "4 1" ]
on_node <<'END'
size=2
stat_rank 0 -r 3 -g memory -- sh -c "$second; echo >>\"\$work/run.0\""
wait_for leads
stat_rank 1 -r 3 -g memory -- sh -c "$second; exit 5"
END
check "... and ends with the first that fails: no mean is of runs of fewer ranks" [ "$(wc -l <"$work/run.0") $(cat "$work"/out.* | grep -c '1 runs of sh') $(statuses)" = "1 1 1 5 " ]
check "... as is said" says "run 1 of 3 was the last"
on_node <<'END'
size=2
stat_rank 0 -r 3 -g memory -- sh -c "$second; exit 3"
wait_for leads
stat_rank 1 -r 3 -g memory -- sh -c "$second; echo >>\"\$work/run.1\""
END
check "... also with the measuring rank itself" [ "$(wc -l <"$work/run.1") $(cat "$work"/out.* | grep -c '1 runs of sh') $(cat "$work/status.0")" = "1 1 3" ]
on_node <<'END'
size=2
for i in 0 1; do stat_rank $i -r 2 --timeout 0.5 -g memory -- sh -c "echo >>\"\$work/run.$i\"; exec sleep 60"; done
END
check "... or that --timeout ends" [ "$(cat "$work/run.0" "$work/run.1" | wc -l) $(statuses)" = "2 143 143 " ]
on_node <<'END'
size=2
for i in 0 1; do stat_rank $i --timeout 0.5 -g memory -- sleep 60; done
END
check "--timeout ends all of them" [ "$(statuses)" = "143 143 " ]
on_node <<'END'
size=2 all=4
for i in 0 1; do stat_rank $i -o "$work/run.%h.%%h.txt" -g memory -- sh -c "$second"; done
END
check "-o has the node's name in the place of %h" grep -q "2 of 4 ranks" "$work/run.$(uname -n).%h.txt"
check "... and says nothing" [ ! -s "$work/err.0" ]
on_node <<'END'
size=2 all=4
for i in 0 1; do stat_rank $i -o "$work/run.txt" -g memory -- sh -c "$second"; done
END
check "... and without it that nodes may write the same file" says "%h in its name is the node's"
check "... once" [ "$(cat "$work"/err.* | grep -c "%h in its name")" = 1 ]
on_node <<'END'
size=2
for i in 0 1; do stat_rank $i --ranks each -o "$work/run.txt" -g memory -- sh -c "$second"; done
END
check "--ranks each and one file: that one of them stays" says "each rank of a node writes it"
check "--ranks has no other words" sh -c "! '$msrctl' stat --ranks some 2>$work/err.0 && grep -q 'there are together each' $work/err.0"

# --- in one piece: each write to such a socket is a packet of its own
cat >"$work/packets.py" <<'END'
import os, socket, subprocess, sys
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
environment = dict(os.environ, OMPI_COMM_WORLD_RANK="0", OMPI_COMM_WORLD_LOCAL_SIZE="1", OMPI_COMM_WORLD_SIZE="1", PMIX_NAMESPACE="a")
child = subprocess.Popen(sys.argv[1:], stdout=theirs, env=environment, stdin=subprocess.DEVNULL)
theirs.close()
packets = iter(lambda: ours.recv(1 << 20), b"")
print(*[len(packet) > 500 for packet in packets])
sys.exit(child.wait())
END
manual "$fixture" python3 "$work/packets.py" "$msrctl" stat --daemon "$msrd" -- sh -c "echo +1s >/sys/devices/sim/clock" >"$work/out.0"
check "figures, totals and heading of a node are written at once" [ "$(cat "$work/out.0")" = True ]

# ... also where somebody else has made it one that does not wait: a reader comes only when it is full
cat >"$work/room.py" <<'END'
import fcntl, os, subprocess, sys, termios, time
ours, theirs = os.pipe()
fcntl.fcntl(theirs, fcntl.F_SETPIPE_SZ, 4096)
os.set_blocking(theirs, False)
environment = dict(os.environ, OMPI_COMM_WORLD_RANK="0", OMPI_COMM_WORLD_LOCAL_SIZE="1", OMPI_COMM_WORLD_SIZE="1", PMIX_NAMESPACE="a")
child = subprocess.Popen(sys.argv[1:], stdout=theirs, env=environment, stdin=subprocess.DEVNULL)
os.close(theirs)
full = lambda: int.from_bytes(fcntl.ioctl(ours, termios.FIONREAD, bytes(4)), sys.byteorder) == 4096
while child.poll() is None and not full():
    time.sleep(0.01)
text = open(ours, "rb").read()
print(text.endswith(b"]}\n"), len(text) > 4096)
sys.exit(child.wait())
END
manual "$fixture" python3 "$work/room.py" "$msrctl" stat --daemon "$msrd" --format ndjson -- sh -c "echo +1s >/sys/devices/sim/clock" >"$work/out.0"
check "... into a pipe that does not wait for its reader, too" [ "$(cat "$work/out.0")" = "True True" ]

as_others "$0" "$@"
finish
