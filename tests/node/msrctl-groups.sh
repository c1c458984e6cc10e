#!/bin/sh
# SPDX-License-Identifier: MIT
# msrctl stat -g and msrctl groups on the simulated node, whose clock stands but for two seconds:
# the figures of groups are exact, a user's own are read, and LIKWID's groups show the same.
# usage: msrctl-groups.sh FUSE-MSR MSRD MSRCTL FIXTURE-FOLDER REGION

private_tmp=yes
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/likwid.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$(realpath "$3") fixtures=$4 region=$5
small=$fixtures/xeon-e5-2680-2x1 large=$fixtures/xeon-e5-2680-2s ivy=$fixtures/xeon-e5-2680v2-2s

need_node
need jq python3
export msrd msrctl work
export XDG_CONFIG_HOME="$work/config"
mkdir -p "$XDG_CONFIG_HOME/msrctl"

# figures FIXTURE ARGUMENT…: of two seconds, a line each: "group place metric value unit"
figures() {
	on=$1
	shift
	manual "$on" "$msrctl" stat --json --daemon "$msrd" "$@" -- \
		sh -c "echo +2s >/sys/devices/sim/clock" >"$work/json" 2>"$work/err" || { cat "$work/err"; return 1; }
	jq -r '.metrics[] | "\(.group) \(.place) \(.metric) \(.value) \(.unit)"' "$work/json"
}

# refuses STATUS TEXT COMMAND…: it ends so, and says so
refuses() {
	wanted=$1 text=$2
	shift 2
	"$@" >"$work/out" 2>"$work/err"
	[ $? = "$wanted" ] && grep -qF -e "$text" "$work/err" || { cat "$work/out" "$work/err"; false; }
}

# is NAME: what stands in $work/NAME is what $work/NAME.wanted has
is() {
	diff "$work/$1.wanted" "$work/$1"
}

# --- LIKWID measures in the background: it waits most of the time
likwid_groups="MEM CLOCK ENERGY L2 L3 QPI NUMA BRANCH FLOPS_DP FLOPS_SP TLB_DATA CYCLE_STALLS"
has_likwid=no
if [ "$region" = none ] || ! command -v likwid-perfctr >/dev/null || [ "$(nproc)" -lt 2 ]; then
	leave_out likwid "likwid-perfctr or its library is not there, or not two CPUs"
elif ! on "$small" -- likwid-perfctr -e 2>/dev/null | grep -q '^PMC7,'; then
	leave_out cpuid "this host can't make CPUID fault and has no PMU: LIKWID uses no general counter"
else
	has_likwid=yes
	for group in $likwid_groups; do
		on "$small" --clock manual -- likwid-perfctr -O -c 0,1 -g "$group" -m "$region" \
			>"$work/$group.likwid" 2>"$work/$group.err" &
	done
fi

# --- figures
figures "$small" -g memory,clock,energy,thermal >"$work/figures"
cat >"$work/figures.wanted" <<'END'
memory socket 0 read_bandwidth 6000000000 B/s
memory socket 0 write_bandwidth 2250000000 B/s
memory socket 0 bandwidth 8250000000 B/s
memory socket 0 volume 16500000000 B
memory socket 1 read_bandwidth 4500000000 B/s
memory socket 1 write_bandwidth 3000000000 B/s
memory socket 1 bandwidth 7500000000 B/s
memory socket 1 volume 15000000000 B
clock cpu 0 cpi 1.176470588 null
clock cpu 0 ipc 0.85 null
clock cpu 0 clock 3500 MHz
clock cpu 0 unhalted 100 %
clock cpu 0 instruction_rate 2975000000 1/s
clock cpu 1 cpi 0.8 null
clock cpu 1 ipc 1.25 null
clock cpu 1 clock 3400 MHz
clock cpu 1 unhalted 100 %
clock cpu 1 instruction_rate 4250000000 1/s
energy socket 0 package_energy 85 J
energy socket 0 package_power 42.5 W
energy socket 0 cores_energy 42.5 J
energy socket 0 cores_power 21.25 W
energy socket 0 dram_energy 19 J
energy socket 0 dram_power 9.5 W
energy socket 1 package_energy 78 J
energy socket 1 package_power 39 W
energy socket 1 cores_energy 39 J
energy socket 1 cores_power 19.5 W
energy socket 1 dram_energy 15.5 J
energy socket 1 dram_power 7.75 W
thermal cpu 0 core_temperature 42 C
thermal cpu 1 core_temperature 38 C
thermal socket 0 package_temperature 48 C
thermal socket 1 package_temperature 45 C
END
check "figures of groups are those of the workload" is figures
figures "$large" -g clock,memory --per node | sed 's/\(.*\) \(.*\) .*/\1 \2/' >"$work/node"
check "... also added up over the node: the clock is an average, bandwidths are sums" \
	[ "$(grep -c '^clock node ' "$work/node") $(grep -c '^memory node ' "$work/node")" = "5 4" ]
manual "$small" "$msrctl" stat --daemon "$msrd" -g clock --per node -- sh -c "echo +2s >/sys/devices/sim/clock" >"$work/spread"
check "... with the least, the most and the average of the CPUs" \
	grep -q '^node  *clock  *3450 MHz  *2  *3400  *3500  *3450  *100.0  *-$' "$work/spread"
check "... of a share of their time the share of all" grep -q '^node  *unhalted  *100.0 %  *2  *100.0  *100.0' "$work/spread"
for node in "$small" "$ivy"; do
	names=$(manual "$node" "$msrctl" groups --json | jq -r '.groups[].group')
	manual "$node" sh -c 'for group; do "$msrctl" stat --json --daemon "$msrd" -g "$group" -- \
		sh -c "echo +2s >/sys/devices/sim/clock"; done' sh $names >"$work/all" 2>"$work/err"
	# a figure may be without value where the node never does what it is about
	check "each group of $(basename "$node") has figures, and none takes turns but two opcodes of pcie" jq -es \
		'[.[].metrics[] | select("\(.group) \(.metric)" != "pcie write_bandwidth") |
		.counted_percent == 100 and (.value != null or (.cause | test("divides by 0")))] | all' "$work/all"
	check "... of what the project promises" [ "$(for group in memory clock energy l2 l3 qpi numa flops_dp flops_sp \
		branch tlb stalls cstates thermal pcie ring; do echo "$names" | grep -x $group; done | wc -l)" = 16 ]
	[ "$node" != "$small" ] || cp "$work/all" "$work/small"
done
manual "$small" "$msrctl" stat --daemon "$msrd" -g memory -e instructions -- sh -c "echo +2s >/sys/devices/sim/clock" >"$work/table"
check "people get a table for each group, beside the events" grep -q '^socket 0  *6000 M  *2250 M  *8250 M  *16.50 G$' "$work/table"
check "... under its name" grep -q '^MEMORY  *READ BANDWIDTH B/s  *WRITE BANDWIDTH B/s' "$work/table"

# --- a user's own
cat >"$XDG_CONFIG_HOME/msrctl/mine.group" <<'END'
about Lines that I read
event reads imc/event=0x04,umask=0x03/
metric lines 1/s reads / time
END
manual "$small" "$msrctl" groups >"$work/groups"
check "own groups stand in ~/.config/msrctl" grep -q '^mine  */.*/msrctl/mine.group  *Lines that I read$' "$work/groups"
check "... and are measured" [ "$(figures "$small" -g mine | head -1)" = "mine socket 0 lines 93750000 1/s" ]
sed 's/I read/we read/' "$XDG_CONFIG_HOME/msrctl/mine.group" >"$work/theirs.group"
check "... or anywhere" [ "$(figures "$small" -g "$work/theirs.group" | head -1)" = "theirs socket 0 lines 93750000 1/s" ]
cp "$XDG_CONFIG_HOME/msrctl/mine.group" "$XDG_CONFIG_HOME/msrctl/memory.group"
check "one's own goes before a built-in one" [ "$(figures "$small" -g memory | head -1)" = "memory socket 0 lines 93750000 1/s" ]
rm "$XDG_CONFIG_HOME/msrctl/memory.group"
"$msrctl" groups --model 06_2d memory >"$XDG_CONFIG_HOME/msrctl/copy.group"
check "a group that is printed is one to begin with" [ "$(figures "$small" -g copy | wc -l)" = 8 ]
rm "$XDG_CONFIG_HOME/msrctl/copy.group"

# --- words that are wrong
check "an unknown group is answered with the nearest" refuses 2 "memry is no group of Sandy Bridge-EP; did you mean memory?" \
	manual "$small" "$msrctl" stat --daemon "$msrd" -g memry
echo 'metric lines 1/s reeds / time' >>"$XDG_CONFIG_HOME/msrctl/mine.group"
check "a wrong formula is said with file and line" refuses 2 "msrctl/mine.group:4: there is a lines already" \
	manual "$small" "$msrctl" stat --daemon "$msrd" -g mine
sed -i 's/^metric lines 1.s reeds/metric more 1\/s reeds/' "$XDG_CONFIG_HOME/msrctl/mine.group"
check "... and what may have been meant" refuses 2 "mine.group:4: formula of more: reeds is no event above and no constant; did you mean reads?" \
	manual "$small" "$msrctl" stat --daemon "$msrd" -g mine
check "... also by msrctl groups" refuses 1 "mine.group:4:" manual "$small" "$msrctl" groups

if [ $has_likwid = yes ]; then
	wait
	check "LIKWID's groups show the same within 0.1 %" \
		"$(dirname "$0")/likwid_agree.py" "$work/small" 2 "$work"/*.likwid
fi

finish
