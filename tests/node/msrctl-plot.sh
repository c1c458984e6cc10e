#!/bin/sh
# SPDX-License-Identifier: MIT
# msrctl plot and stat --plot: what was measured on the simulated node, whose clock stands but for a
# second an interval, is drawn as it was measured; and a file can't make gnuplot do more than draw.
# usage: msrctl-plot.sh FUSE-MSR MSRD MSRCTL FIXTURE READS-JSON

. "$(dirname "$0")/lib.sh"
fuse_msr=$(realpath "$1") msrd=$(realpath "$2") msrctl=$(realpath "$3") fixture=$(realpath "$4") reads=$5

need_node
need jq python3
export msrd msrctl work
cd "$work" || exit 1

# manual COMMAND…: on the node
manual() {
	timeout 60 "$fuse_msr" run --daemon "$msrd" --clock manual "$fixture" -- "$@"
}

# stat N ARGUMENT…: N intervals of a second each
stat() {
	n=$1
	shift
	manual "$msrctl" stat --daemon "$msrd" -r "$n" "$@" -- sh -c "echo +1s >/sys/devices/sim/clock"
}

# ends_with STATUS COMMAND…
ends_with() {
	wanted=$1
	shift
	"$@" >"$work/out" 2>"$work/err"
	[ $? = "$wanted" ] || { cat "$work/out" "$work/err"; false; }
}

# says TEXT STATUS COMMAND…: it ends so, with this one message
says() {
	text=$1
	shift
	ends_with "$@" && grep -qF -e "$text" "$work/err" || { cat "$work/err"; return 1; }
	[ "$(grep -vc '^Try ' "$work/err")" = 1 ] || { cat "$work/err"; return 1; }
}

# refuses LINE TEXT: bad, as it stands, is not drawn, in one message that has the line and the text;
# nothing is left of it
refuses() {
	says "bad:$1 $2" 2 "$msrctl" plot -o bad.svg bad && [ "$(echo bad*)" = bad ]
}

is() {
	diff "$1.wanted" "$1"
}

is_svg() {
	python3 -c 'import sys, xml.etree.ElementTree as tree
assert tree.parse(sys.argv[1]).getroot().tag.endswith("svg")' "$1"
}

is_png() {
	[ "$(od -An -tx1 -N8 "$1")" = " 89 50 4e 47 0d 0a 1a 0a" ]
}

stat 3 --format ndjson -o figures.ndjson 2>err || cat err
stat 2 --format ndjson -o events.ndjson -e instructions,imc/event=0x04,umask=0x03/ -g memory 2>err || cat err

# --- the program
if [ "$reads" = yes ]; then
	"$msrctl" plot --script figures.ndjson >script
	# each line by its name: time, value
	cat >lines.py <<'END_OF_PYTHON'
import re, sys
text = open(sys.argv[1]).read()
data = dict(re.findall(r"^(\$line\d+) << END\n(.*?)^END$", text, re.M | re.S))
for name, divisor, title in re.findall(r"^\t(\$line\d+) using 1:\(\$2/(\S+)\) .* title '(.*)'", text, re.M):
    print(f"{title}: " + ", ".join(data[name].split("\n")[:-1]))
END_OF_PYTHON
	python3 lines.py script >lines
	cat >lines.wanted <<'END_OF_LINES'
memory read, socket 0: 0 6000000000, 1 6000000000, 1 6000000000, 2 6000000000, 2 6000000000, 3 6000000000
memory write, socket 0: 0 2250000000, 1 2250000000, 1 2250000000, 2 2250000000, 2 2250000000, 3 2250000000
memory read, socket 1: 0 4500000000, 1 4500000000, 1 4500000000, 2 4500000000, 2 4500000000, 3 4500000000
memory write, socket 1: 0 3000000000, 1 3000000000, 1 3000000000, 2 3000000000, 2 3000000000, 3 3000000000
package, socket 0: 0 42.5, 1 42.5, 1 42.5, 2 42.5, 2 42.5, 3 42.5
DRAM, socket 0: 0 9.5, 1 9.5, 1 9.5, 2 9.5, 2 9.5, 3 9.5
package, socket 1: 0 39, 1 39, 1 39, 2 39, 2 39, 3 39
DRAM, socket 1: 0 7.75, 1 7.75, 1 7.75, 2 7.75, 2 7.75, 3 7.75
END_OF_LINES
	check "bandwidth and power of each socket are those of the workload, over time" is lines
	grep '^set ylabel' script >labels
	printf '%s\n' "set ylabel 'bandwidth in GB/s'" "set ylabel 'power in W'" >labels.wanted
	check "... a panel for each unit, which stands at its axis" is labels
	"$msrctl" plot --script events.ndjson >script
	python3 lines.py script | grep -v volume >lines
	cat >lines.wanted <<'END_OF_LINES'
instructions, cpu 0: 0 2975000000, 1 2975000000, 1 2975000000, 2 2975000000
instructions, cpu 1: 0 4250000000, 1 4250000000, 1 4250000000, 2 4250000000
imc/event=0x04,umask=0x03/, socket 0: 0 93750000, 1 93750000, 1 93750000, 2 93750000
imc/event=0x04,umask=0x03/, socket 1: 0 70312500, 1 70312500, 1 70312500, 2 70312500
read_bandwidth, socket 0: 0 6000000000, 1 6000000000, 1 6000000000, 2 6000000000
write_bandwidth, socket 0: 0 2250000000, 1 2250000000, 1 2250000000, 2 2250000000
bandwidth, socket 0: 0 8250000000, 1 8250000000, 1 8250000000, 2 8250000000
read_bandwidth, socket 1: 0 4500000000, 1 4500000000, 1 4500000000, 2 4500000000
write_bandwidth, socket 1: 0 3000000000, 1 3000000000, 1 3000000000, 2 3000000000
bandwidth, socket 1: 0 7500000000, 1 7500000000, 1 7500000000, 2 7500000000
END_OF_LINES
	check "events are drawn as rates, and groups as they are, where there is nothing else" is lines
	"$msrctl" plot --script --per node --metric memory_read*second,instructions_per_second figures.ndjson |
		sed 's/^3 .*//' >script
	python3 lines.py script | cut -d, -f1-2 >lines
	cat >lines.wanted <<'END_OF_LINES'
instructions_per_second, node: 0 7225000000
memory read, node: 0 10500000000
END_OF_LINES
	check "--metric chooses, and --per adds amounts up" is lines
	"$msrctl" plot --script --metric package_watts figures.ndjson - <figures.ndjson >script
	python3 lines.py script | sed 's/: 0 .*//' >lines
	printf '%s, socket %s\n' "figures.ndjson: package" 0 "figures.ndjson: package" 1 "-: package" 0 "-: package" 1 >lines.wanted
	check "several files are drawn together, and - is standard input" is lines

	# --- what is not there
	jq -c 'if .interval == 2 then (.records[] | select(.metric == "package_watts" and .socket == 0)) |=
		(.value = null | .reason = "MSR 0x611 failed") else . end' figures.ndjson >gap.ndjson
	ends_with 0 "$msrctl" plot --script --metric package_watts gap.ndjson
	check "a gap is told with its reason" grep -q "^msrctl: gap.ndjson: package_watts of socket 0 is n/a in 1 of 3 intervals: MSR 0x611 failed$" err
	python3 lines.py out >lines
	cat >lines.wanted <<'END_OF_LINES'
package, socket 0 (1 of 3 n/a): 0 42.5, 1 42.5, , 2 42.5, 3 42.5
package, socket 1: 0 39, 1 39, 1 39, 2 39, 2 39, 3 39
END_OF_LINES
	check "... and is none of the line" is lines
	check "... and in the legend" grep -qF "package, socket 0 (1 of 3 n/a)" out

	# --- files that are none, or half of one
	grep '"kind":"summary"' figures.ndjson >bad
	check "a file without an interval is told" refuses "" "there is no whole interval in it"
	: >bad
	check "an empty file is told" refuses "" "it is empty"
	stat 2 --format csv -o bad 2>err
	check "CSV is told" refuses 1: "CSV: msrctl plot draws what msrctl stat --format ndjson writes"
	stat 2 -o bad 2>err
	check "... a table" refuses 1: "no JSON"
	stat 2 --json -o bad 2>err
	check "... a document of --json" refuses 1: "a JSON document of several lines"
	stat 2 --format openmetrics -o bad 2>err
	check "... OpenMetrics" refuses 1: "OpenMetrics text"
	cp "$msrctl" bad
	check "... a program" refuses 1: "a NUL byte"
	: >bad
	truncate -s 1G bad
	check "... a gigabyte of zeros, of which a byte is read" refuses 1: "a NUL byte"
	yes x | tr -d '\n' | head -c 17000000 >bad
	check "... a line without end" refuses 1: "the line is longer than 16 MiB"
	sed '2s/"records"/records/' figures.ndjson >bad
	check "a line that is broken is named" refuses 2: "not valid JSON, at column"
	stat 2 --format ndjson --columns metric,value -o bad 2>err
	check "columns that are missing are named" refuses 1: 'there is no "kind": is it written with --columns?'
	cat figures.ndjson figures.ndjson >bad
	check "two measurements in one file are told apart" refuses 5: "the interval begins before the one above it: it is of another measurement"
	rm bad
	mkdir bad
	check "a folder is none" refuses "" "Is a directory"
	rmdir bad
	check "a file that is not there is told" says "bad: No such file" 2 "$msrctl" plot -o bad.svg bad
	head -c "$(($(head -2 figures.ndjson | wc -c) + 1000))" figures.ndjson >killed
	check "a run that was killed is drawn as far as it came, which is told" \
		says "killed:3: the last line is incomplete" 0 "$msrctl" plot --script killed
	check "... all of it" grep -q '^2 42.5$' out
	check "a metric that there is not is told, with the nearest" \
		says "--metric pakage_watts: there is none; the nearest is package_watts" 2 "$msrctl" plot --script --metric pakage_watts figures.ndjson
	check "what can't be added up is told" \
		says "--per node: clock_mhz is there per cpu, and is no amount" 2 "$msrctl" plot --script --per node --metric clock_mhz figures.ndjson
	head -1 figures.ndjson >one
	check "a single interval is told" says "one interval only: a line needs two" 0 "$msrctl" plot --script one
	check "where there is no value there is no picture" sh -c '
		jq -c ".records |= map(.value = null | .reason = \"broken\")" figures.ndjson >none
		! "$msrctl" plot -o none.svg --metric package_watts none 2>err && grep -q "there is no value to be drawn" err && [ ! -e none.svg ]'
else
	check "without jansson it is said what is missing" says "libjansson-dev" 2 "$msrctl" plot --script figures.ndjson
fi
check "a format that there is not is told" says "unless its name ends with .svg, .png or .pdf" 2 "$msrctl" plot -o figures.jpg figures.ndjson
check "... and by stat, before anything is measured" says "unless its name ends with .svg, .png or .pdf" 2 "$msrctl" stat --plot figures.jpg -n 3
check "... as is one interval" says "a line needs two" 2 "$msrctl" stat --plot figures.svg
check "... also that of a COMMAND" says "a line needs two" 2 "$msrctl" stat --plot figures.svg -- touch measured
check "... which is not started" [ ! -e measured ]

# --- without gnuplot
mkdir without
for program in sh stat sleep; do
	ln -s "$(command -v $program)" without
done
check "without gnuplot its package is named" \
	says "apt-get install gnuplot-nox" 1 env PATH="$work/without" "$msrctl" plot -o figures.svg figures.ndjson
check "... by stat before anything is measured" \
	says "apt-get install gnuplot-nox" 1 manual env PATH="$work/without" "$msrctl" stat --daemon "$msrd" --plot figures.svg -i 0.1 -- "$(command -v touch)" measured
check "... and nothing is measured or written" [ ! -e measured ] && [ ! -e figures.svg ]
[ "$reads" = no ] || check "... but --script needs none" ends_with 0 env PATH="$work/without" "$msrctl" plot --script figures.ndjson

# --- whatever is asked of stat, the picture has all of its intervals
mkdir with
printf '#!/bin/sh\ncat >"$work/script"; echo drawn\n' >with/gnuplot
chmod +x with/gnuplot
timeout 60 "$fuse_msr" run --daemon "$msrd" "$fixture" -- env PATH="$work/with:$PATH" \
	"$msrctl" stat --daemon "$msrd" -i 0.1 -n 4 -e instructions -c 0 --plot table.svg >out 2>err
check "stat --plot draws what gnuplot makes of it" [ "$(cat table.svg)" = drawn ]
check "... with all intervals, also where a table is printed" \
	[ "$(sed -n '/<< END/,/^END/p' script | wc -l) $(grep -c "title 'instructions, cpu 0'" script)" = "10 1" ]

if ! command -v gnuplot >/dev/null; then
	leave_out gnuplot "gnuplot is not installed (Debian: gnuplot-nox)"
	finish
fi

# --- pictures
stat 3 --plot drawn.svg --format ndjson -o drawn.ndjson
check "stat --plot draws a run of COMMAND, several times" is_svg drawn.svg
check "... beside what it writes" [ "$(jq -s 'map(select(.kind == "interval")) | length' drawn.ndjson)" = 3 ]
check "... with the name of COMMAND" grep -q 'sh -c echo +1s' drawn.svg
timeout 60 "$fuse_msr" run --daemon "$msrd" "$fixture" -- "$msrctl" stat --daemon "$msrd" -i 0.1 -n 3 -g memory --plot drawn.png >out
check "... and intervals, as PNG, of groups" is_png drawn.png
check "... and prints what it prints" grep -q "^ *3 " out
check "a failing COMMAND's status is kept, and there is a picture" ends_with 7 \
	timeout 60 "$fuse_msr" run --daemon "$msrd" "$fixture" -- "$msrctl" stat --daemon "$msrd" -i 0.1 --plot failing.svg -- sh -c "sleep 0.3; exit 7"
check "... of it" is_svg failing.svg
check "a folder that is not there is told before anything is measured" says "not/there.svg: No such file" 1 \
	manual "$msrctl" stat --daemon "$msrd" --plot not/there.svg -i 0.1 -- touch measured
check "... and nothing is measured" [ ! -e measured ]
[ "$reads" = yes ] || finish
check "plot draws beside the FILE" ends_with 0 "$msrctl" plot figures.ndjson
check "... SVG" is_svg figures.svg
check "... and says what" grep -q '^figures.svg *2 *8 *3$' out
check "... PNG and PDF" sh -c '"$msrctl" plot -o a.png figures.ndjson && "$msrctl" plot -o a.pdf figures.ndjson' >out
check "... which is one" is_png a.png
check "... and the other" [ "$(head -c 5 a.pdf)" = %PDF- ]
"$msrctl" plot -o - - <figures.ndjson >piped.svg
check "... from a pipe into a pipe" is_svg piped.svg
"$msrctl" plot --script figures.ndjson >script && gnuplot script >by_hand.svg
check "the script draws the same" cmp by_hand.svg figures.svg
ln figures.ndjson same.svg
check "a FILE is not drawn over" says "it is the FILE that is drawn" 2 "$msrctl" plot -o same.svg figures.ndjson
cp figures.svg before.svg
printf '#!/bin/sh\necho half; exit 3\n' >without/gnuplot
chmod +x without/gnuplot
check "a gnuplot that fails is told" says "gnuplot failed with exit status 3" 1 env PATH="$work/without" "$msrctl" plot figures.ndjson
check "... and the old picture stays, whole" cmp before.svg figures.svg
[ ! -w /dev/full ] || check "a full disk is told" ends_with 1 sh -c '"$msrctl" plot -o - figures.ndjson >/dev/full'
check "nothing else is left" [ -z "$(find . -name '.*.??????')" ]

# --- a file that wants more than to be drawn
cat >hostile.py <<'END_OF_PYTHON'
import json, sys
lines = [json.loads(line) for line in open("figures.ndjson")]
names = ["`touch owned`", "$(touch owned)", "x'\nsystem('touch owned')\n'", 'x"; system("touch owned"); "',
         "END\n!touch owned\n", "@owned", "\\\nset output 'owned'", "'.system('touch owned').'", "x' w l, '<touch owned",
         "\u009b31m\u001b]0;owned\u0007", "\uffff\ufffe", "<script>&amp;</script>", "{/=50 x}_{y}^%s%n", "a" * 100000]
for line in lines:
    for i, name in enumerate(names):
        for key in ("metric", "place", "unit", "group"):
            line["records"].append({**line["records"][0], "metric": f"m{i}", "group": None, "scope": "socket", key: name,
                                    "value": i, **({} if key == "unit" else {"unit": "W"})})
        line["records"].append({**line["records"][0], "metric": f"n{i}", "value": None, "reason": name, "unit": "W"})
print("\n".join(map(json.dumps, lines)))
END_OF_PYTHON
python3 hostile.py >hostile.ndjson
name="\`touch owned\`';system('touch owned');'"
for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13; do
	"$msrctl" plot -o "hostile-$i.svg" --title "$name" --metric "[mn]$i" hostile.ndjson >>out 2>>err || echo "$i" >>undrawn
done
"$msrctl" plot -o hostile.svg --metric "*[!_][!_a-z]*" hostile.ndjson >>out 2>>err || :
check "a name that would be a command of gnuplot's is drawn" [ ! -e undrawn ]
check "... and nothing is run or written by it" [ ! -e owned ]
for picture in hostile*.svg; do
	is_svg "$picture" || echo "$picture" >>broken
done
check "... and each picture is XML" [ ! -e broken ]
check "... which shows it as it is" grep -q 'touch owned' hostile-0.svg
check "a name can't speak to the terminal" [ -z "$(tr -d '\n\t -~\200-\377' <err)" ]

finish
