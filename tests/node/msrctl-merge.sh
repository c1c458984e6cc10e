#!/bin/sh
# SPDX-License-Identifier: MIT
# msrctl merge of what two simulated nodes have measured, each by two ranks of a job, against sums of a program of its
# own; and of FILEs that have something wrong.
# usage: msrctl-merge.sh FUSE-MSR MSRD MSRCTL FIXTURE-FOLDER READS-JSON

. "$(dirname "$0")/lib.sh"
fuse_msr=$(realpath "$1") msrd=$(realpath "$2") msrctl=$(realpath "$3") small=$(realpath "$4/xeon-e5-2680-2x1")
large=$(realpath "$4/xeon-e5-2680-2s") reads_json=$5
here=$(dirname "$(realpath "$0")")

need_node
need jq python3
[ "$reads_json" = yes ] || skip "this msrctl was built without jansson (Debian: libjansson-dev)"
export msrd msrctl work
unset COLUMNS NO_COLOR

# measure NAME FIRST-RANK FIXTURE ARGUMENT…: of two ranks of four, on a node of that name, into $work/NAME.ndjson
measure() {
	name=$1 first=$2 on=$3
	shift 3
	namespace=--uts
	[ "$(id -u)" = 0 ] || namespace="--user --map-current-user --keep-caps --uts"
	cat >"$work/ranks.sh" <<'END'
first=$1
shift
for rank in $first $((first + 1)); do
	OMPI_COMM_WORLD_RANK=$rank OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_LOCAL_SIZE=2 PMIX_NAMESPACE=job \
		"$msrctl" stat --daemon "$msrd" --format ndjson -o "$work/%h.ndjson" "$@" -- \
		sh -c 'echo +1s >/sys/devices/sim/clock' &
	pids="$pids $!"
done
for pid in $pids; do wait "$pid" || exit 1; done
END
	# shellcheck disable=SC2086
	timeout 90 unshare $namespace sh -c 'hostname "$1" && shift && exec "$@"' sh "$name" \
		"$fuse_msr" run --daemon "$msrd" --clock manual "$on" -- sh "$work/ranks.sh" "$first" "$@"
}
# ends_with STATUS COMMAND…
ends_with() {
	wanted=$1
	shift
	timeout 60 "$@" >"$work/out" 2>"$work/err"
	[ $? = "$wanted" ] || { cat "$work/out" "$work/err"; false; }
}
merges() { ends_with 0 "$msrctl" merge "$@"; }
# partly REASON ARGUMENT…: all nodes' values are n/a, and it is said why
partly() {
	text=$1
	shift
	ends_with 1 "$msrctl" merge --format ndjson "$@" && tail -n 1 "$work/out" |
		jq -e --arg text "$text" '.kind == "nodes" and ([.records[] | .value == null and (.reason | contains($text))] | all and length > 0)' >/dev/null ||
		{ tail -n 1 "$work/out"; false; }
}
# refuses TEXT ARGUMENT…: and nothing is written
refuses() {
	text=$1
	shift
	ends_with 2 "$msrctl" merge "$@" && grep -qF -e "$text" "$work/err" && [ ! -s "$work/out" ] || { cat "$work/err"; false; }
}
# with NAME JQ-PROGRAM FILE: another one, of each line
with() { jq -c "$2" "$3" >"$work/$1.ndjson"; }
jq_says() { jq -e "$@" >/dev/null; }

# --- against sums that are made otherwise: from the numerators and denominators that are known
check "two ranks measure a node of two CPUs" measure node1 0 "$small" -g clock,memory,energy,thermal
check "... and two others one of 16" measure node2 2 "$large" -g clock,memory,energy,thermal
cat >"$work/model.py" <<'END'
"""What the nodes of two fixtures do together, from their workloads alone."""
import json, sys
nodes, merged = [], json.loads(sys.stdin.readlines()[-1])
for name in sys.argv[1:]:
    cpus, sockets = {}, {}
    for line in open(name):
        words = line.split()
        if len(words) == 4 and words[0] in ("cpu", "socket"):
            (cpus if words[0] == "cpu" else sockets).setdefault(int(words[1]), {})[words[2]] = float(words[3])
    nodes.append((cpus, sockets))
cpus = [cpu for node in nodes for cpu in node[0].values()]
sockets = [socket for node in nodes for socket in node[1].values()]
total = lambda places, key: sum(place[key] for place in places)
cycles, instructions = total(cpus, "cycles_per_second"), total(cpus, "instructions_per_second")
active = sum(cpu.get("active", 1) for cpu in cpus)
read, write = total(sockets, "memory_read_bytes_per_second"), total(sockets, "memory_write_bytes_per_second")
wanted = {"cpi": cycles / instructions, "ipc": instructions / cycles, "clock": cycles / active / 1e6,
          "unhalted": 100 * active / len(cpus), "instruction_rate": instructions,
          "read_bandwidth": read, "write_bandwidth": write, "bandwidth": read + write, "volume": 2 * (read + write),
          "package_energy": 2 * total(sockets, "package_watts"), "package_power": total(sockets, "package_watts"),
          "dram_energy": 2 * total(sockets, "dram_watts"), "dram_power": total(sockets, "dram_watts")}
got = {record["metric"]: record["value"] for record in merged["records"]}
wrong = {key: (got.get(key), value) for key, value in wanted.items()
         if got.get(key) is None or abs(got[key] - value) > 1e-4 * value}
plain = (sum(sum(cpu["cycles_per_second"] / cpu["instructions_per_second"] for cpu in node[0].values()) / len(node[0]) for node in nodes) / 2)
assert abs(plain - wanted["cpi"]) > 0.001, "a mean of means would be the same here"
assert not wrong, wrong
assert all(record["n"] == 2 and record["min"] <= record["max"] for record in merged["records"])
END
for name in small large; do
	eval "on=\$$name"
	manual "$on" cat /sys/devices/sim/workload >"$work/$name.workload"
done
merges --format ndjson "$work/node1.ndjson" "$work/node2.ndjson"
check "amounts and rates are added up, and ratios computed of their sums" \
	python3 "$work/model.py" "$work/small.workload" "$work/large.workload" <"$work/out"
check "... of temperatures, by how many CPUs have them" jq_says -s '
	([.[:2][].records[] | select(.metric == "core_temperature").value] | add / length) as $mean |
	.[2].records[] | select(.metric == "core_temperature").value - $mean | fabs < 1e-9' "$work/out"
check "each line says of which node it is" jq_says -s 'map([.kind, .node, .ranks, .job_ranks]) ==
	[["total", "node1", 2, 4], ["total", "node2", 2, 4], ["nodes", null, 4, 4]]' "$work/out"
check "... and a node's values are as its file has them" jq_says -s --slurpfile one "$work/node1.ndjson" '
	(.[0].records | map([.place, .metric, .value])) == ($one[1].records | map([.place, .metric, .value]))' "$work/out"

check "what is asked for twice" measure node3 0 "$small" -e instructions,cycles -e instructions -g memory,memory
check "... is there once" jq_says '[.records[] | [.place, .group, .metric]] | length == (unique | length)' "$work/node3.ndjson"

# --- formats
merges "$work/node1.ndjson" "$work/node2.ndjson"
check "a table a node, and one of all" [ "$(grep -E '^(Node|All)' "$work/out" | tr '\n' ';')" = "Node node1 (06_2d): 2 of 4 ranks, 2.000 s, exit status 0;Node node2 (06_2d): 2 of 4 ranks, 2.000 s, exit status 0;All nodes: 2;" ]
check "... with the sums" grep -q '^memory  *bandwidth  *78750000000 B/s  *-  *2  *15750000000  *63000000000' "$work/out"
merges --format csv "$work/node1.ndjson" "$work/node2.ndjson"
cat >"$work/rows.py" <<'END'
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline=""), strict=True))
assert {row["node"] for row in rows} == {"node1", "node2", ""}
assert [row["value"] for row in rows if row["scope"] == "nodes" and row["metric"] == "volume"] == ["157500000000"]
END
check "CSV has a column node" python3 "$work/rows.py" "$work/out"
merges --json "$work/node1.ndjson" "$work/node2.ndjson"
check "JSON has a document a node, and one of all" jq_says -s 'map(.records[0].node) == ["node1", "node2", null]' "$work/out"
merges --format openmetrics "$work/node1.ndjson" "$work/node2.ndjson"
check "OpenMetrics text is what its parsers read" sh -c '"$1" "$2" >"$3"' sh "$here/openmetrics.py" "$work/out" "$work/samples"
check "... with a label node" grep -qx 'msrctl_memory_volume_bytes_total{place="socket 0",scope="socket",node="node1",number="0",socket="0",group="memory",metric="volume"} 16500000000' "$work/samples"
with other '.records += .records' "$work/node2.ndjson"
merges --format ndjson "$work/node1.ndjson" "$work/other.ndjson"
check "what a file has twice counts once" python3 "$work/model.py" "$work/small.workload" "$work/large.workload" <"$work/out"
with other '.ranks = null | .job_ranks = null | .begin = "2040-01-01T00:00:00.000000Z"' "$work/node2.ndjson"
check "a node whose clock was put back meanwhile is one node all the same" merges "$work/other.ndjson"
with other '.node = "\u001b[2Jx\n" | .model = "\u001b[2J" | .command = "\u001b[2J" | .ranks = null | .job_ranks = null |
	.records[].metric = "\u009b2J"' "$work/node2.ndjson"
merges "$work/other.ndjson"
check "nothing of a file is a command to the terminal" sh -c '! grep -qF -e "$(printf "\033")" -e "$(printf "\302\233")" "$1" && grep -q "^Node .*2Jx" "$1"' sh "$work/out"
merges -o "$work/%h.txt" "$work/node1.ndjson" "$work/node2.ndjson"
check "-o writes a file" grep -q "^All nodes: 2" "$work/$(uname -n).txt"

# --- what is not known of all
check "a node of the job is missing" partly "the job has 4 ranks, and the nodes here 2 of them: which are missing?" "$work/node1.ndjson"
with other 'if .kind == "total" then .job_ranks = 8 else . end' "$work/node2.ndjson"
check "nodes of two jobs" partly "node1 and node2 are of different jobs" "$work/node1.ndjson" "$work/other.ndjson"
with other '.model = "06_3e"' "$work/node2.ndjson"
check "two models" partly "node1 is a 06_2d and node2 a 06_3e" "$work/node1.ndjson" "$work/other.ndjson"
head -n 1 "$work/node2.ndjson" >"$work/other.ndjson"
check "a file without its end" partly "node2: its file ends before its measurement did" "$work/node1.ndjson" "$work/other.ndjson"
check "... which is said" grep -q "other.ndjson: its file ends before its measurement did: nothing of node node2 is shown" "$work/err"
head -c -9 "$work/node2.ndjson" >"$work/other.ndjson"
check "a file that is cut off within a line" partly "node2: its file ends before its measurement did" "$work/node1.ndjson" "$work/other.ndjson"
ends_with 1 "$msrctl" merge "$work/node1.ndjson" "$work/other.ndjson"
for format in json ndjson csv openmetrics; do
	ends_with 1 "$msrctl" merge --format $format "$work/node1.ndjson" "$work/other.ndjson"
	check "... and in $format there is nothing of it" sh -c 'grep -q node1 "$1" && ! grep -E "[\",]node2[\",]" "$1"' sh "$work/out"
done
ends_with 1 "$msrctl" merge "$work/node1.ndjson" "$work/other.ndjson"
check "... in the table of the node, too" grep -q "^n/a: its file ends before its measurement did" "$work/out"
# some JQ-PROGRAM ARGUMENT…: something of all is n/a, and the program finds it in the last line
some() {
	program=$1
	shift
	ends_with 1 "$msrctl" merge --format ndjson "$@" && tail -n 1 "$work/out" | jq -e ".records | $program" >/dev/null || { tail -n 1 "$work/out"; false; }
}
with other '(.records[] | select(.place == "socket 1" and .metric == "bandwidth")) |= (.value = null | .reason = "it is held")' "$work/node2.ndjson"
check "what is n/a on a node is n/a of all, with whose it is" some 'map(select(.value == null).reason) == ["node2: socket 1: it is held"]' \
	"$work/node1.ndjson" "$work/other.ndjson"
with other 'del(.records[] | select(.group == "energy"))' "$work/node2.ndjson"
check "another group" some 'map(select(.group == "energy") | .value == null and .reason == "node2: it has not measured it") | all and length == 6' \
	"$work/node1.ndjson" "$work/other.ndjson"
with other '.begin = "2040-01-01T00:00:00.000000Z" | .end = "2040-01-01T00:00:02.000000Z"' "$work/node2.ndjson"
check "rates of two times are none of one" some 'map(select(.unit == "B/s" or .unit == "W" or .unit == "1/s") |
	.reason == "node1 and node2 were not measured at the same time") | all and length > 5' "$work/node1.ndjson" "$work/other.ndjson"
check "... but there were as many bytes" jq_says -s '.[-1].records[] | select(.metric == "volume") | .value == 157500000000 and .per_second == null' "$work/out"
with other '(.records[] | select(.metric == "cpi")) |= (.together = null)' "$work/node2.ndjson"
with one '(.records[] | select(.metric == "cpi")) |= (.together = null)' "$work/node1.ndjson"
check "what has no sum" some 'map(select(.value == null).reason) == ["it does not follow from what the nodes have of it"]' "$work/one.ndjson" "$work/other.ndjson"
with one '(.records[] | select(.metric == "cpi" and .place == "cpu 0")) |= (.divisor = 0 | .dividend = 0 | .value = null | .reason = "it divides by 0")' "$work/node1.ndjson"
check "a CPU that did nothing is no reason" merges "$work/one.ndjson" "$work/node2.ndjson"

# --- files that have something wrong: a message each, and nothing is written
check "no FILE" refuses "which FILEs?"
check "a FILE that is not there" refuses "none.ndjson: No such file or directory" "$work/none.ndjson"
: >"$work/empty"
check "an empty one" refuses "$work/empty: it is empty" "$work/node1.ndjson" "$work/empty"
gzip -c "$work/node2.ndjson" >"$work/packed"
check "a compressed one" refuses "$work/packed:1: compressed by gzip: zcat FILE >OTHER" "$work/packed"
printf 'kind,interval\r\n' >"$work/csv"
check "CSV" refuses "$work/csv:1: CSV" "$work/csv"
with other 'del(.node)' "$work/node2.ndjson"
check "that of a msrctl that names no nodes" refuses "other.ndjson:1: there is no \"node\"" "$work/other.ndjson"
with other 'del(.records[0].together)' "$work/node2.ndjson"
check "without a column" refuses "other.ndjson:1: there is no \"together\"" "$work/other.ndjson"
with other '.records[0].value = "many"' "$work/node2.ndjson"
check "with a text for a value" refuses "other.ndjson:1: \"value\" is not a number" "$work/other.ndjson"
with other '.ranks = 4294967298' "$work/node2.ndjson"
check "with more ranks than there can be" refuses "other.ndjson:1: \"ranks\" is not a number of what there is on a node" "$work/other.ndjson"
with other '.kind = "day"' "$work/node2.ndjson"
check "of another kind" refuses "other.ndjson:1: \"kind\" is none that there is" "$work/other.ndjson"
with other '.end = "today"' "$work/node2.ndjson"
check "without a time" refuses "other.ndjson:1: \"begin\" and \"end\" are no date and time" "$work/other.ndjson"
with other '.records[0].region = "solve"' "$work/node2.ndjson"
check "with regions" refuses "other.ndjson:1: it has values of --regions" "$work/other.ndjson"
with other '.kind = "summary"' "$work/node2.ndjson"
check "of --repeat" refuses "other.ndjson:1: runs of --repeat are many measurements" "$work/other.ndjson"
cat "$work/node1.ndjson" "$work/node2.ndjson" >"$work/other.ndjson"
check "of two measurements" refuses "other.ndjson:3: another measurement begins here" "$work/other.ndjson"
merges --format ndjson "$work/node1.ndjson" "$work/node2.ndjson"
tail -n 1 "$work/out" | jq -c '.node = "x" | .model = "06_2d"' >"$work/other.ndjson"
check "of merge itself" refuses "other.ndjson:1: msrctl merge has written it" "$work/other.ndjson"
head -n 1 "$work/node1.ndjson" | jq -c '.command = null' >"$work/one.ndjson"
{ cat "$work/one.ndjson"; jq -c '.node = "node9"' "$work/one.ndjson"; } >"$work/other.ndjson"
check "of two nodes" refuses "other.ndjson:2: another node begins here" "$work/other.ndjson"
{ cat "$work/one.ndjson"; jq -c '.begin_ns += 2 | .interval = 2' "$work/one.ndjson"; } >"$work/other.ndjson"
check "of many intervals without a total" refuses "other.ndjson: it has several intervals and no total" "$work/other.ndjson"
check "the same node twice" refuses "node1.ndjson: node node1 is in $work/node1.ndjson already" "$work/node1.ndjson" "$work/node1.ndjson"
check "a format that there is not" refuses "there are table json csv ndjson openmetrics" --format xml "$work/node1.ndjson"
check "two at a time" refuses "--json is one format" --json --format csv "$work/node1.ndjson"
ends_with 1 "$msrctl" merge -o "$work/none/x" "$work/node1.ndjson" "$work/node2.ndjson"
check "what can't be written is said" grep -q "none/x: No such file or directory" "$work/err"

as_others "$0" "$@"
finish
