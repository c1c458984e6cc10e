#!/bin/sh
# SPDX-License-Identifier: MIT
# The formats of msrctl stat on the simulated node, whose clock stands but for two seconds: each of
# them has the exact figures, by both ways to measure.
# usage: msrctl-output.sh FUSE-MSR MSRD MSRCTL FIXTURE-FOLDER PAGE

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$(realpath "$3") small=$4/xeon-e5-2680-2x1 page=$5
here=$(dirname "$0")

need_node
need jq python3
export msrd msrctl work
unset NO_COLOR COLUMNS

# manual COMMAND…: on the node
manual() {
	timeout 60 "$fuse_msr" run --daemon "$msrd" --clock manual "$small" -- "$@"
}

# stat FORMAT ARGUMENT…: of two seconds, into $work/out
stat() {
	format=$1
	shift
	manual "$msrctl" stat --daemon "$msrd" --format "$format" "$@" -- \
		sh -c "echo +2s >/sys/devices/sim/clock" >"$work/out" 2>"$work/err" || { cat "$work/err"; return 1; }
}

# ends_with STATUS COMMAND…
ends_with() {
	wanted=$1
	shift
	"$@" >"$work/out" 2>"$work/err"
	[ $? = "$wanted" ] || { cat "$work/out" "$work/err"; false; }
}

# refuses TEXT ARGUMENT…: wrong usage, and it is said which
refuses() {
	text=$1
	shift
	ends_with 2 manual "$msrctl" stat --daemon "$msrd" "$@" && grep -qF -e "$text" "$work/err" || { cat "$work/err"; false; }
}

# jq_says ARGUMENT…: it is true
jq_says() {
	jq -e "$@" >/dev/null
}

is() {
	diff "$work/$1.wanted" "$work/$1"
}

# --- NDJSON
stat ndjson
check "NDJSON is an object a line: the interval, and the total of COMMAND" \
	[ "$(jq -r '"\(.kind) \(.interval) \(.seconds) \(.command)"' "$work/out")" = "interval 1 2 exit status 0
total null 2 exit status 0" ]
check "... each on one line" [ "$(wc -l <"$work/out")" = 2 ]
sed -n 2p "$work/out" | jq -r '.records[] | select(.type == "count") | "\(.place) \(.metric) \(.value) \(.unit)"' >"$work/amounts"
cat >"$work/amounts.wanted" <<'END'
cpu 0 instructions 5950000000 null
cpu 0 cycles 7000000000 null
cpu 0 active_seconds 2 s
cpu 1 instructions 8500000000 null
cpu 1 cycles 6800000000 null
cpu 1 active_seconds 2 s
socket 0 memory_read_bytes 12000000000 B
socket 0 memory_write_bytes 4500000000 B
socket 0 package_joules 85 J
socket 0 dram_joules 19 J
socket 1 memory_read_bytes 9000000000 B
socket 1 memory_write_bytes 6000000000 B
socket 1 package_joules 78 J
socket 1 dram_joules 15.5 J
node instructions 14450000000 null
node cycles 13800000000 null
node active_seconds 4 s
node memory_read_bytes 21000000000 B
node memory_write_bytes 10500000000 B
node package_joules 163 J
node dram_joules 34.5 J
END
check "joules, bytes and instructions of a whole COMMAND are those of the workload" is amounts
check "figures are there beside them" jq_says -s '.[0].records | map(select(.metric == "package_watts").value) == [42.5, 39]' "$work/out"
check "... each with its place, in words and in numbers" jq_says -s '.[0].records[0] | .place == "cpu 0" and .scope == "cpu" and .number == 0 and .socket == 0' "$work/out"
# the keys of both, in their order
jq -rs '.[0] | (keys_unsorted - ["records"])[], (.records[0] | keys_unsorted[])' "$work/out" | sort >"$work/keys"
manual "$msrctl" stat --columns help | awk 'NR > 1 { print $1 }' | tee "$work/columns" | sort >"$work/keys.wanted"
check "NDJSON's keys are the columns that --columns help lists" is keys
cp "$work/columns" "$work/keys.wanted"
sed -n '/^## Columns/,/^## Regions/s/^|  \*\([a-z_]*\)\*$/\1/p; /^## Columns/,/^## Regions/s/^\[\[ \*\([a-z_]*\)\*$/\1/p' "$page" >"$work/keys"
check "... and the manual page, in their order" is keys
# renaming one breaks who reads them: whoever does has to say so here, too
check "... and stay what they are" [ "$(tr '\n' ' ' <"$work/keys.wanted")" = "kind interval begin_ns end_ns begin end seconds command place scope number socket group metric type value unit per_second n min max average stddev counted_percent grain_percent expected deviation_percent encoding reason node model ranks job_ranks together dividend divisor " ]
stat ndjson -e instructions,RAPL_ENERGY_PKG -g memory
jq -rs '.[0].records[] | "\(.place) \(.group) \(.metric) \(.value) \(.unit) \(.per_second)"' "$work/out" >"$work/events"
cat >"$work/events.wanted" <<'END'
cpu 0 null instructions 5950000000 null 2975000000
cpu 1 null instructions 8500000000 null 4250000000
socket 0 null RAPL_ENERGY_PKG 85 J 42.5
socket 1 null RAPL_ENERGY_PKG 78 J 39
socket 0 memory read_bandwidth 6000000000 B/s null
socket 0 memory write_bandwidth 2250000000 B/s null
socket 0 memory bandwidth 8250000000 B/s null
socket 0 memory volume 16500000000 B 8250000000
socket 1 memory read_bandwidth 4500000000 B/s null
socket 1 memory write_bandwidth 3000000000 B/s null
socket 1 memory bandwidth 7500000000 B/s null
socket 1 memory volume 15000000000 B 7500000000
END
check "events and groups are written by the same room" is events
timeout 60 "$fuse_msr" run --daemon "$msrd" --clock manual --fault "set 0 0x38d 0xb0" "$small" -- "$msrctl" stat --daemon "$msrd" --format ndjson -c 0 -- sh -c "echo +2s >/sys/devices/sim/clock" >"$work/out" 2>/dev/null
check "what could not be measured is null, with the reason" jq_says -s '.[0].records[] | select(.metric == "cpi") |
	.value == null and (.reason | test("the kernel holds fixed counter"))' "$work/out"
cat >"$work/steps" <<'END'
# between two readings: one CPU's are by one message, the machine's are not
sleep 0.15
for i in 1 2 3; do echo +1s >/sys/devices/sim/clock; sleep 0.3; done
END
manual "$msrctl" stat --daemon "$msrd" --format ndjson -i 0.3 -o "$work/many" -- sh "$work/steps" 2>/dev/null
check "the total is what the intervals are together" jq_says -s '
	def sum: map(.records[] | select(.place == "cpu 0" and .metric == "instructions").value // 0) | add;
	(map(select(.kind == "interval")) | length > 1 and sum == 8925000000) and (map(select(.kind == "total")) | sum == 8925000000)' "$work/many"
check "... which follow each other without a gap" jq_says -s 'map(select(.kind == "interval")) |
	[range(1; length) as $i | .[$i].begin_ns == .[$i - 1].end_ns] | all' "$work/many"

# --- timestamps: the daemon's, of this machine's clocks
cat >"$work/stamps.py" <<'END'
import datetime, json, os, subprocess, time
before, wall = time.monotonic_ns(), time.time()
lines = subprocess.run([os.environ["msrctl"], "stat", "--daemon", os.environ["msrd"], "--format", "ndjson", "-i", "0.1", "-n", "2"],
                       check=True, capture_output=True, text=True).stdout.splitlines()
after, wall_after = time.monotonic_ns(), time.time()
docs = [json.loads(line) for line in lines]
assert len(docs) == 2
assert before < docs[0]["begin_ns"] < docs[0]["end_ns"] == docs[1]["begin_ns"] < docs[1]["end_ns"] < after
for doc in docs:
    begin, end = (datetime.datetime.strptime(doc[key], "%Y-%m-%dT%H:%M:%S.%f%z").timestamp() for key in ("begin", "end"))
    assert wall - 0.001 < begin < end < wall_after + 0.001
    assert abs(doc["end_ns"] - doc["begin_ns"] - doc["seconds"] * 1e9) < 1
    assert abs((end - begin) - doc["seconds"]) < 1e-3
END
check "intervals have timestamps, of CLOCK_MONOTONIC and of the wall" \
	timeout 60 "$fuse_msr" run --daemon "$msrd" "$small" -- python3 "$work/stamps.py"

# --- CSV
stat csv --columns place,metric,value,reason -e imc/event=0x04,umask=0x03/
printf '%s\r\n' place,metric,value,reason 'socket 0,"imc/event=0x04,umask=0x03/",187500000,' \
	'socket 1,"imc/event=0x04,umask=0x03/",140625000,' >"$work/csv.wanted"
head -3 "$work/out" >"$work/csv"
check "CSV is as RFC 4180 has it" is csv
manual "$msrctl" stat --daemon "$msrd" --format csv -i 0.1 -n 3 -o "$work/csv" 2>/dev/null
cat >"$work/rows.py" <<'END'
import csv, sys
rows = list(csv.reader(open(sys.argv[1], newline=""), strict=True))
assert {len(row) for row in rows} == {len(rows[0])}
assert [row[:2] for row in rows].count(["kind", "interval"]) == 1
assert sorted({row[1] for row in rows[1:]}) == ["1", "2", "3"]
END
check "... with one header for all intervals" python3 "$work/rows.py" "$work/csv"
manual "$msrctl" stat --daemon "$msrd" --format csv --append -o "$work/csv" 2>/dev/null
check "... also where a measurement is appended to another" [ "$(grep -c '^kind,' "$work/csv") $(grep -c '^interval,1,' "$work/csv")" = "1 74" ]

# --- OpenMetrics
stat openmetrics
cp "$work/out" "$work/exposition"
check "OpenMetrics text is what its parsers read" sh -c '"$1" "$2" >"$3"' sh "$here/openmetrics.py" "$work/exposition" "$work/samples"
cat >"$work/lines.wanted" <<'END'
msrctl_measured_seconds_total 2
msrctl_interval_seconds 2
msrctl_instructions_total{place="cpu 0",scope="cpu",number="0",socket="0"} 5950000000
msrctl_memory_read_bytes_total{place="socket 1",scope="socket",number="1",socket="1"} 9000000000
msrctl_package_joules_total{place="socket 0",scope="socket",number="0",socket="0"} 85
msrctl_clock_hertz{place="cpu 0",scope="cpu",number="0",socket="0"} 3500000000
msrctl_package_watts{place="socket 0",scope="socket",number="0",socket="0"} 42.5
END
grep -xFf "$work/lines.wanted" "$work/samples" >"$work/lines"
check "... with counters in base units" is lines
stat openmetrics -e imc/event=0x04,umask=0x03/,RAPL_ENERGY_DRAM -g clock,thermal,energy --per node
"$here/openmetrics.py" "$work/out" >"$work/samples"
cat >"$work/lines.wanted" <<'END'
msrctl_events_total{place="node",scope="node",event="imc/event=0x04,umask=0x03/"} 328125000
msrctl_energy_joules_total{place="node",scope="node",event="RAPL_ENERGY_DRAM"} 34.5
msrctl_energy_package_energy_joules_total{place="node",scope="node",group="energy",metric="package_energy"} 163
msrctl_clock_clock_hertz{place="node",scope="node",group="clock",metric="clock"} 3450000000
msrctl_clock_unhalted_ratio{place="node",scope="node",group="clock",metric="unhalted"} 1
END
grep -xFf "$work/lines.wanted" "$work/samples" >"$work/lines"
check "... by both ways to measure" is lines
check "... and temperatures are Celsius" grep -q '^msrctl_thermal_core_temperature_celsius{.*} 40$' "$work/samples"
manual "$msrctl" stat --daemon "$msrd" --format openmetrics -i 0.3 -o "$work/metrics" -- sh "$work/steps" 2>/dev/null
check "... of many intervals the file is one exposition" "$here/openmetrics.py" "$work/metrics" >"$work/samples"
check "... whose counters went on through all" grep -q '^msrctl_instructions_total{place="node",scope="node"} 21675000000$' "$work/samples"

# --- columns
check "a column that there is not is said" refuses 'there is no column "vlue"' --columns place,vlue
check "... and formats that have none" refuses "--columns is for" --format openmetrics --columns place
check "... and a format that there is not" refuses "there are table json csv ndjson openmetrics" --format xml
check "... and two at a time" refuses "--json is one format" --json --format csv
check "--append is for lines" refuses "--append is for the formats csv and ndjson" --append -o "$work/x"
stat table --columns=-per_second,+scope,+socket
check "--columns changes the columns of a table" grep -q '^PLACE *METRIC *VALUE *UNIT *WHY N/A *SCOPE *SOCKET$' "$work/out"
check "... with a row for each value" grep -q '^socket 1 *package_watts *39 *W *- *socket *1$' "$work/out"

# --- raw
stat ndjson --raw -e RAPL_ENERGY_PKG,imc/event=4,umask=3/ -c 0
check "--raw is counts as the counters have them" jq_says -s '.[0].records | map([.metric, .value, .unit, .encoding]) == [
	["RAPL_ENERGY_PKG", 5570560, null, "RAPL_ENERGY_PKG"], ["imc/event=4,umask=3/", 187500000, null, "imc/event=0x4,umask=0x3/"]]' "$work/out"
stat table --raw
check "... of the default figures too" grep -q '^socket 0  *package_energy_units  *5570560  *100 RAPL_ENERGY_PKG' "$work/out"
check "... with an encoding that can be counted" grep -q '^cpu 0  *reference_cycles  *5400000000  *100 ref-cycles' "$work/out"
check "... and once" [ "$(grep -c package_energy_units "$work/out")" = 3 ]
stat ndjson --raw -e cycles:u,cpu/event=0xd0,umask=0x81,any/:k,imc1/event=4,umask=3,thresh=2,edge,inv/,imc/fixed/ -c 0
check "... with all that the event is" jq_says -s '[.[0].records[].encoding] | unique == ["cpu/event=0x3c,umask=0/:u",
	"cpu/event=0xd0,umask=0x81,any/:k", "imc/fixed/", "imc1/event=0x4,umask=0x3,thresh=2,edge,inv/"]' "$work/out"
stat json --raw -g memory
check "... of a group its events" jq_says '[.counts[] | .value] == [187500000, 140625000, 70312500, 93750000]' "$work/out"

# --- JSON: what there was stays, totals come beside it
stat json
check "a JSON document has totals beside its figures" jq_says '.cpus[0].cpi and .sockets[1].dram_watts == 7.75 and
	(.totals[] | select(.place == "node" and .metric == "instructions").value == 14450000000)' "$work/out"
stat json -g memory
check "... of groups what is in joules and bytes" jq_says '[.totals[] | .value] == [16500000000, 15000000000]' "$work/out"
check "... and timestamps" jq_says '.intervals[0].end_ns - .intervals[0].begin_ns == 2000000000 and (.intervals[0].end | test("^20.*Z$"))' "$work/out"

# --- terminals
cat >"$work/terminal.py" <<'END'
import fcntl, os, pty, struct, subprocess, sys, termios
width, name = int(sys.argv[1]), sys.argv[2]
fd, slave = pty.openpty()
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
child = subprocess.Popen(sys.argv[3:], stdout=slave, stderr=subprocess.DEVNULL)
os.close(slave)
data = b""
while True:
    try:
        chunk = os.read(fd, 65536)
    except OSError:
        break
    if not chunk:
        break
    data += chunk
open(name, "wb").write(data.replace(b"\r\n", b"\n"))
sys.exit(child.wait())
END
# on_terminal WIDTH ARGUMENT…: what is on it stands in $work/screen
on_terminal() {
	width=$1
	shift
	# the node's processes write to it; that they have none of their own in /dev does not matter
	env -u COLUMNS TERM=xterm timeout 60 python3 "$work/terminal.py" "$width" "$work/screen" "$fuse_msr" run \
		--daemon "$msrd" --clock manual "$small" -- "$msrctl" stat --daemon "$msrd" "$@" -- \
		sh -c "echo +2s >/sys/devices/sim/clock"
}
# fits WIDTH FILE: without colors
fits() {
	sed 's/\x1b\[[0-9;]*m//g; /^All .* figures/d' "$2" | awk -v width="$1" 'length($0) > width { print; wide = 1 } END { exit wide }'
}
for width in 80 40; do
	check "a table fits a terminal of $width columns" on_terminal $width --expect /sys/devices/sim/workload
	check "... in every line" fits $width "$work/screen"
	check "... and nothing is cut" grep -q '6000 M  *6000 M  *0.00' "$work/screen"
	check "... nor of events" on_terminal $width -e imc/event=0x04,umask=0x03/,cpu/event=0xd0,umask=0x81/ --per node
	check "... which are folded" fits $width "$work/screen"
done
on_terminal 0 --expect /sys/devices/sim/workload
check "... which is 80 where it does not say it" fits 80 "$work/screen"
check "... and no less" [ "$(sed 's/\x1b\[[0-9;]*m//g' "$work/screen" | awk 'length($0) > 60' | wc -l)" -gt 0 ]
check "a terminal has colors" grep -q "$(printf '\033')\[1mCPU" "$work/screen"
on_terminal 80 --color never
check "... but for who does not want them" [ "$(grep -c "$(printf '\033')" "$work/screen")" = 0 ]
NO_COLOR=1
export NO_COLOR
on_terminal 80
check "... or has NO_COLOR" [ "$(grep -c "$(printf '\033')" "$work/screen")" = 0 ]
stat table --color always
check "... unless told otherwise" grep -q "$(printf '\033')\[1mCPU" "$work/out"
unset NO_COLOR
stat table
check "what is no terminal has none" [ "$(grep -c "$(printf '\033')" "$work/out")" = 0 ]
COLUMNS=40
export COLUMNS
stat table --expect /sys/devices/sim/workload
check "COLUMNS is the width of a pipe, too" fits 40 "$work/out"
unset COLUMNS

# --- files
check "a full disk gets a message and an exit status" ends_with 1 \
	manual "$msrctl" stat --daemon "$msrd" --format ndjson -o /dev/full -- sh -c "echo +2s >/sys/devices/sim/clock"
check "... in words" grep -q "/dev/full: No space left on device" "$work/err"
check "... so does standard output" ends_with 1 manual sh -c \
	'"$msrctl" stat --daemon "$msrd" --format csv -- sh -c "echo +2s >/sys/devices/sim/clock" >/dev/full'
mkdir "$work/theirs"
echo old >"$work/theirs/figures"
chmod 555 "$work/theirs"
check "a file may be in a folder that takes no others" ends_with 0 \
	manual "$msrctl" stat --daemon "$msrd" --raw -e imc/event=4,umask=3/ -o "$work/theirs/figures" -- \
	sh -c "echo +2s >/sys/devices/sim/clock"
check "... and is replaced" grep -q '^socket 1  *imc/event=4,umask=3/  *140625000 ' "$work/theirs/figures"
chmod 755 "$work/theirs"
check "a folder that is not there is said before anything runs" ends_with 1 \
	manual "$msrctl" stat --daemon "$msrd" -o "$work/not/there" -- touch "$work/has-run"
check "... in words" grep -q "not/there: No such file or directory" "$work/err"
check "... and nothing has run" [ ! -e "$work/has-run" ]
if [ "$(id -u)" = 0 ]; then
	mkdir "$work/disk"
	cat >"$work/full" <<'END'
mount -t tmpfs -o size=8k,mode=777 tmpfs "$work/disk" || exit 9
echo old >"$work/disk/figures"
"$@" && exit 8
cat "$work/disk"/* && ls -A "$work/disk"
END
	unshare --mount sh "$work/full" "$fuse_msr" run --daemon "$msrd" --clock manual "$small" -- "$msrctl" stat \
		--daemon "$msrd" --format csv -o "$work/disk/figures" -- sh -c "echo +2s >/sys/devices/sim/clock" \
		>"$work/out" 2>"$work/err"
	check "a disk that is full leaves the old file as it was, and nothing beside it" \
		[ "$(cat "$work/out")" = "old
figures" ]
	check "... and says so" grep -q "disk/figures: No space left on device" "$work/err"
fi

as_others "$0" "$@"
finish
