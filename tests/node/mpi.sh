#!/bin/sh
# SPDX-License-Identifier: MIT
# mpirun msrctl stat, as users type it, with Open MPI's own launcher: on one simulated node, and on two, which its
# agent enters in the place of ssh. The clock of a node moves by a second with each rank: what is measured is exact.
# usage: mpi.sh FUSE-MSR MSRD MSRCTL FIXTURE-FOLDER

. "$(dirname "$0")/lib.sh"
fuse_msr=$(realpath "$1") msrd=$(realpath "$2") msrctl=$(realpath "$3") node=$(realpath "$4/xeon-e5-2680-2s")
other=$(realpath "$4/xeon-e5-2680v2-2s")

need_node
need mpirun jq
mpirun --version 2>&1 | grep -q "Open MPI" || skip "mpirun is not Open MPI's"
unset COLUMNS NO_COLOR
export fuse_msr msrd msrctl node other work

# its sessions are here, and it looks for no other networks than this machine's
export OMPI_MCA_orte_tmpdir_base="$work" OMPI_MCA_btl=self,tcp OMPI_MCA_oob_tcp_if_include=lo OMPI_MCA_btl_tcp_if_include=lo \
	OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
[ "$(id -u)" != 0 ] || export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

# a daemon has no environment
cat >"$work/daemon" <<END
#!/bin/sh
echo started >>"$work/starts"
exec "$msrd" "\$@"
END
printf '%s\n' '#!/bin/sh' 'echo +1s >/sys/devices/sim/clock' >"$work/a.out"
# agent HOST COMMAND…: on a node that is called so
cat >"$work/agent" <<'END'
#!/bin/sh
while case $1 in -*) ;; *) false ;; esac; do shift; done
host=$1
shift
namespace=--uts on=$node
[ "$(id -u)" = 0 ] || namespace="--user --map-current-user --keep-caps --uts"
[ "$host" != node3 ] || on=$other
# shellcheck disable=SC2086
exec unshare $namespace --mount sh -c 'mount -t tmpfs -o mode=1777 tmpfs /dev/shm && hostname "$1" && shift && exec "$@"' sh "$host" \
	"$fuse_msr" run --daemon "$msrd" --clock manual "$on" -- sh -c "$*"
END
chmod 755 "$work/daemon" "$work/a.out" "$work/agent"

# run COMMAND…: what it wrote is in $work/out and err
run() {
	rm -f "$work/starts"
	"$@" >"$work/out" 2>"$work/err" || { cat "$work/out" "$work/err"; false; }
}
one() { run manual "$node" "$@"; }
# two HOST:N,HOST:N N COMMAND…
two() {
	hosts=$1 n=$2
	shift 2
	run timeout 90 mpirun --mca plm_rsh_agent "$work/agent" --host "$hosts" -n "$n" "$@"
}
starts() { wc -l <"$work/starts" | tr -d ' '; }
# figures: of the tables, without how wide they are
figures() { sed 's/  */ /g; s/ $//' "$work/out"; }
is() { diff "$work/$1.wanted" "$work/$1"; }

# --- one node
cat >"$work/table" <<END
Node $(uname -n): 4 of 4 ranks

INTERVAL SECONDS COMMAND
 1 4.000 exit status 0

MEMORY READ BANDWIDTH B/s WRITE BANDWIDTH B/s BANDWIDTH B/s VOLUME B
socket 0 24.00 G 9000 M 33.00 G 132.0 G
socket 1 18.00 G 12.00 G 30.00 G 120.0 G

END
cp "$work/table" "$work/figures.wanted"
one mpirun -n 4 "$msrctl" --daemon "$work/daemon" stat -g memory -- "$work/a.out"
figures >"$work/figures"
check "mpirun -n 4: one table, of all four ranks, with the workload's bandwidth" is figures
check "... by one daemon" [ "$(starts)" = 1 ]
one mpirun -n 4 "$msrctl" --daemon "$work/daemon" stat --ranks each -g energy -- true
check "... with --ranks each by four" [ "$(starts)" = 4 ]
one mpirun -n 4 "$msrctl" --daemon "$work/daemon" stat -g memory -o "$work/figures.txt" -- sh -c 'echo of rank $OMPI_COMM_WORLD_RANK'
check "standard output is the ranks'" [ "$(sort "$work/out" | tr '\n' ' ')" = "of rank 0 of rank 1 of rank 2 of rank 3 " ]
manual "$node" mpirun -n 4 "$msrctl" --daemon "$work/daemon" stat -g memory -- sh -c '[ $OMPI_COMM_WORLD_RANK != 2 ] || exit 3; sleep 60' >"$work/out" 2>"$work/err"
status=$?
check "a rank that fails ends the job, with its exit status" [ $status = 3 ]

# --- a program of MPI's own
cat >"$work/hello.c" <<'END'
#include <mpi.h>
#include <stdio.h>
int main(int argc, char **argv)
{
	int rank, sum = 0;
	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
	if (rank == 0) {
		FILE *clock = fopen("/sys/devices/sim/clock", "w");
		if (!clock || fputs("+2s\n", clock) < 0 || fclose(clock) != 0)
			return 1;
	}
	MPI_Barrier(MPI_COMM_WORLD);
	MPI_Finalize();
	return sum != 6;
}
END
if ! command -v mpicc >/dev/null || ! mpicc -o "$work/hello" "$work/hello.c" 2>"$work/err"; then
	leave_out mpicc "it is not there (Debian package libopenmpi-dev): no program of MPI's own"
else
	one mpirun -n 4 "$msrctl" --daemon "$work/daemon" stat -g memory -- "$work/hello"
	check "ranks that talk to each other are measured as well" [ "$(awk '$1 == "INTERVAL" { getline; print $2 }' "$work/out") $(starts)" = "2.000 1" ]
fi

# --- two nodes
for name in node1 node2; do
	sed "s/^Node .*/Node $name: 2 of 4 ranks/; s/4\.000/2.000/; s/132\.0 G/66.00 G/; s/120\.0 G/60.00 G/" "$work/table" >"$work/$name"
done
two node1:2,node2:2 4 "$msrctl" --daemon "$work/daemon" stat -g memory -- "$work/a.out"
figures >"$work/figures"
cat "$work/node1" "$work/node2" >"$work/figures.wanted"
grep -q '^Node node1' "$work/figures" && sed -n 1p "$work/figures" | grep -q node2 && cat "$work/node2" "$work/node1" >"$work/figures.wanted"
check "two nodes: a table each, in one piece, with its name and the workload's bandwidth" is figures
check "... each by one daemon" [ "$(starts)" = 2 ]

rm -f "$work"/of.*
two node1:2,node2:2 4 "$msrctl" --daemon "$work/daemon" stat -g memory --format ndjson -o "$work/of.%h.ndjson" -- "$work/a.out"
check "... and into a file each" [ "$(cd "$work" && echo of.*)" = "of.node1.ndjson of.node2.ndjson" ]
if "$msrctl" merge "$work"/of.*.ndjson >"$work/out" 2>"$work/err" || ! grep -q "built without jansson" "$work/err"; then
	check "... which msrctl merge shows one by one" [ "$(grep '^Node' "$work/out" | tr '\n' ';')" = "Node node1 (06_2d): 2 of 4 ranks, 2.000 s, exit status 0;Node node2 (06_2d): 2 of 4 ranks, 2.000 s, exit status 0;" ]
	check "... and together" grep -q '^memory *bandwidth *126000000000 B/s ' "$work/out"
fi
two node1:2,node3:2 4 "$msrctl" --daemon "$work/daemon" stat -g memory --format ndjson -o "$work/of.%h.ndjson" -- "$work/a.out"
if ! "$msrctl" merge "$work/of.node1.ndjson" "$work/of.node3.ndjson" >"$work/out" 2>"$work/err" && ! grep -q "built without jansson" "$work/err"; then
	check "... unless they are of two models" grep -q "node1 is a 06_2d and node3 a 06_3e" "$work/out"
fi

as_others "$0" "$@"
finish
