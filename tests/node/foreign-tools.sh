#!/bin/sh
# SPDX-License-Identifier: MIT
# Tools of others, unmodified, see the node and not the host. One that is not installed is left out,
# with the reason. GRANTED is preloaded into turbostat (granted.c).
# usage: foreign-tools.sh FUSE-MSR FIXTURES GRANTED

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/likwid.sh"
fuse_msr=$1 fixture=$2/xeon-e5-2680-2s granted=$3

need_node
has_decoder || skip "fuse-msr was built without a decoder (package libzydis-dev)"
# some sleep for a second: they run beside each other, the output of each in $work/NAME
start() {
	name=$1
	shift
	timeout 20 "$fuse_msr" run --cpuid --as-root "$fixture" -- "$@" >"$work/$name" 2>&1 &
}

# is_there PROGRAM: else it is left out
is_there() {
	command -v "$1" >/dev/null || { leave_out tool "$1 is not installed"; return 1; }
}

says() {
	grep -qE "$2" "$work/$1" || { head -n 40 "$work/$1"; false; }
}

counts() {
	n=$(grep -cE "$2" "$work/$1")
	[ "$n" = "$3" ] || { echo "$n, not $3:"; head -n 40 "$work/$1"; false; }
}

! command -v lscpu >/dev/null || start lscpu lscpu
! command -v lshw >/dev/null || start lshw lshw -quiet -C processor -C memory
! command -v lstopo >/dev/null || start lstopo env -u HWLOC_COMPONENTS lstopo --of xml
! command -v rdmsr >/dev/null || start rdmsr rdmsr -a 0x1b
! command -v cpuid >/dev/null || start cpuid cpuid
! command -v cpuid >/dev/null || start cpuid-k cpuid -k
! command -v cpuid >/dev/null || start cpuid-r cpuid -k -r
! command -v cpupower >/dev/null || start cpupower sh -c 'cpupower -c 0 info; cpupower -c 0 set -b 8; cpupower -c 0 info
	cat /sys/devices/system/cpu/cpu0/power/energy_perf_bias; cpupower monitor'
! command -v x86_energy_perf_policy >/dev/null || start policy x86_energy_perf_policy -r
start kernel sh -c 'cat /proc/iomem /proc/ioports /proc/mtrr; cd / && find proc/irq proc/acpi sys/block sys/hypervisor \
	sys/kernel/irq sys/kernel/iommu_groups sys/class/dmi sys/class/thermal sys/firmware/dmi \
	-mindepth 1 ! -path proc/irq/default_smp_affinity; cat proc/irq/default_smp_affinity; head -n 1 /proc/softirqs'
# what it measures is a command that moves the node's clock, which stands still while it reads
# shellcheck disable=SC2016
! command -v turbostat >/dev/null ||
	timeout 20 "$fuse_msr" run --cpuid --as-root --clock manual "$fixture" -- \
		env granted="$(realpath "$granted")" sh -c 'LD_PRELOAD=$LD_PRELOAD:$granted \
			exec turbostat -q --add msr0x10,u64,raw sh -c "echo +1s >/sys/devices/sim/clock"' >"$work/turbostat" 2>&1 &
# CPU 8 is alone in its core, and the first of its package
start off sh -c 'echo 0 >/sys/devices/system/cpu/cpu8/online; cd /sys/class/hwmon/hwmon1 && cat temp1_input temp2_input
	cat /sys/class/powercap/intel-rapl:1/name && [ "$(cat /sys/class/powercap/intel-rapl:1/energy_uj)" -gt 0 ] && echo counts'
! command -v sensors >/dev/null || start sensors sensors
# shellcheck disable=SC2016
! command -v turbostat >/dev/null || start registers env granted="$(realpath "$granted")" sh -c '
	LD_PRELOAD=$LD_PRELOAD:$granted exec turbostat --debug --add msr0x1a2,u64,raw -n 1 -i 1'
! command -v pcm-raw >/dev/null || start pcm-raw env PCM_NO_PERF=1 pcm-raw 0.1 -i=1 "-csv=$work/csv" \
	-e thread_msr/config=0x606,config1=0,name=POWER_UNIT -e package_msr/config=0x1a2,config1=0 \
	-e thread_msr/config=0x10,config1=1,name=TSC
start cpuinfo cat /proc/cpuinfo
! command -v pcm >/dev/null || start pcm env PCM_NO_PERF=1 pcm 1 -i=1
# shellcheck disable=SC2016
! command -v prometheus-node-exporter >/dev/null || start exporter python3 -c '
import subprocess, time, urllib.request, socket
port = socket.create_server(("127.0.0.1", 0)); number = port.getsockname()[1]; port.close()
p = subprocess.Popen(["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{number}"], stderr=subprocess.DEVNULL)
end = time.time() + 15
while time.time() < end:
    try:
        print(urllib.request.urlopen(f"http://127.0.0.1:{number}/metrics").read().decode()); break
    except OSError:
        time.sleep(0.05)
p.kill()'
# shellcheck disable=SC2016
! command -v i7z >/dev/null || timeout 20 python3 -c '
import os, pty, select, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm"
    os.execv(sys.argv[1], sys.argv[1:])
said, end = b"", time.time() + 15
while time.time() < end and b"[15] Core id number 7" not in said:
    if select.select([fd], [], [], 0.1)[0]:
        try:
            said += os.read(fd, 65536)
        except OSError:
            break
os.kill(pid, 9)
sys.stdout.write(said.decode(errors="replace"))' \
	"$fuse_msr" run --cpuid --as-root "$fixture" -- i7z >"$work/i7z" 2>&1 &
wait

check "what the kernel says of the host's hardware is not there" \
	[ "$(grep -v ': No such file' "$work/kernel" | tr -s ' \n' ' ')" = "ffff $(seq -f CPU%g 0 15 | tr '\n' ' ')" ]
check "a package's sensors go on while its first CPU is off, those of its core are gone" \
	[ "$(tr '\n' ' ' <"$work/off")" = "60000 cat: temp2_input: No such file or directory package-1 counts " ]
if is_there lscpu; then
	check "lscpu sees the CPU" says lscpu '^Model name: .* E5-2680 0 @ 2.70GHz'
	check "... and no hypervisor" sh -c '! grep -i hypervisor "$1"' sh "$work/lscpu"
fi
if is_there lshw; then
	check "lshw sees both packages" counts lshw 'product: .* E5-2680 0 @ 2.70GHz' 2
	check "... and their memory" says lshw '^ *size: 128GiB'
fi
if is_there lstopo; then
	check "lstopo sees the node, also by CPUID" counts lstopo 'type="Core"' 16
	check "... and its packages" counts lstopo '<object type="Package"' 2
fi
if is_there rdmsr; then
	# the bootstrap processor is CPU 0
	check "rdmsr -a lists CPU 0 first" [ "$(head -n 1 "$work/rdmsr")" = fee00900 ]
	check "... and all of them" counts rdmsr '^fee00[89]00$' 16
fi
if is_there cpuid; then
	check "cpuid sees all CPUs" counts cpuid 'brand = "Intel\(R\) Xeon\(R\) CPU E5-2680 0 @ 2.70GHz"' 16
	check "... also by their device files" counts cpuid-k 'brand = "Intel\(R\) Xeon\(R\) CPU E5-2680 0 @ 2.70GHz"' 16
	check "... each with its APIC id" counts cpuid-k 'process local APIC physical ID = 0x2e \(46\)' 1
fi
if is_there cpupower; then
	check "cpupower reads the bias" says cpupower '^perf-bias: 6'
	check "... sets it" says cpupower '^perf-bias: 8'
	check "... and monitors all CPUs" counts cpupower '^ *[01]\| +[0-7]\| +[0-9]+\|' 16
fi
if is_there x86_energy_perf_policy; then
	check "x86_energy_perf_policy -r reads the bias of each CPU" counts policy '^cpu[0-9]+: EPB 6$' 16
fi
# turbostat_says CPU COLUMN VALUE: in the line of that CPU, with one percent for rounding. What is
# per second is so as its TSC says it: turbostat divides by the time of the host.
turbostat_says() {
	awk -v cpu="$1" -v column="$2" -v value="$3" '
		/^Package/ { for (i = 1; i <= NF; i++) at[$i] = i }
		$1 ~ /^[01]$/ && $3 == cpu { got = $at[column]; if (column ~ /^Avg_MHz$|Watt$/) got *= 2700 / $at["TSC_MHz"] }
		END { off = got - value; print got; exit !(got != "" && off * off <= (value / 100) ^ 2) }' "$work/turbostat"
}

if is_there turbostat; then
	check "turbostat sees all CPUs" counts turbostat '^[01][[:space:]]+[0-7][[:space:]]' 16
	check "... each in its place" \
		[ "$(awk '$1 ~ /^[01]$/ { print $1, $2, $3 }' "$work/turbostat" | tr '\n' ,)" = \
			"$(for cpu in $(seq 0 15); do printf '%d %d %d,' $((cpu / 8)) $((cpu % 8)) "$cpu"; done)" ]
	for figure in "0 Avg_MHz 3100" "0 Busy% 100" "0 Bzy_MHz 3100" "0 CoreTmp 57" "0 PkgTmp 63" "0 PkgWatt 95.5" \
		"0 CorWatt 72.25" "0 RAMWatt 21.5" "3 CoreTmp 61" "8 Bzy_MHz 3000" "8 CoreTmp 53" "8 PkgTmp 60" \
		"8 PkgWatt 91" "8 CorWatt 68.5" "8 RAMWatt 18.75" "15 CoreTmp 55"; do
		# shellcheck disable=SC2086
		check "... as the workload has it: $figure" turbostat_says $figure
	done
	# a second of 2.7 GHz
	check "... and the time stamp counter, a register that it is told to add" counts turbostat '^[01][[:space:]].*0x00000000a0eebb00' 16
fi
# What they show of registers, and do not only say, is what import makes a fixture of.
# becomes OPTION VALUE LINE...: those lines are in its msr.txt
becomes() {
	rm -rf "$work/imported"
	"$fuse_msr" import --cpuinfo "$work/cpuinfo" "$1" "$2" "$work/imported" || return 1
	shift 2
	for line; do
		grep -qE "$line" "$work/imported/msr.txt" || { cat "$work/imported/msr.txt"; return 1; }
	done
}
if is_there rdmsr; then
	check "what rdmsr -a prints can be imported" becomes --rdmsr "0x1b=$work/rdmsr" '^1-15 0x1b 0xfee00800 .*rdmsr'
fi
if is_there cpuid; then
	check "what cpuid -r prints can be imported" "$fuse_msr" import --cpuid "$work/cpuid-r" "$work/of-cpuid"
	check "... with all CPUs" sh -c '"$1" check "$2" | grep -q "packages 0-1: 8 cores each, .* 16 CPUs"' - \
		"$fuse_msr" "$work/of-cpuid"
fi
if is_there turbostat; then
	check "what turbostat shows of registers can be imported" becomes --msr "$work/registers" \
		'^0,8 0x606 0xa1003 .*turbostat' '^0-15 0x1a2 0x640a00 .*turbostat'
fi
if is_there pcm-raw; then
	echo thread_msr/config=0x606,config1=0,name=POWER_UNIT | cat - "$work/csv" >"$work/pcm-csv"
	check "what pcm-raw reads of registers can be imported" becomes --pcm-raw "$work/pcm-csv" \
		'^0-15 0x606 0xa1003 .*pcm-raw' '^0-15 0x1a2 0x640a00 .*pcm-raw'
fi

# package 0 reads 24.0 GB/s and writes 9.0, of a TSC that ticks 2.7 times in a ns
memory_traffic_is_right() {
	sed 's/[^ -~]//g' "$work/pcm" | awk '/Time \(TSC\):/ { for (i = 1; i < NF; i++) if ($i == "(TSC):") s = $(i + 1) / 2700 }
		/^ SKT +0 +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+$/ { r = $3 / 24.0; w = $4 / 9.0 }
		END { print s, r, w; exit !(s > 0 && r / s > 0.8 && r / s < 1.2 && w / s > 0.8 && w / s < 1.2) }'
}

if is_there pcm; then
	check "pcm sees the packages" says pcm '^Num sockets: 2'
	# per second as its clock says it: a second on a busy machine is longer, and not for all alike
	check "... and their memory traffic" memory_traffic_is_right
fi
if is_there sensors; then
	check "sensors sees the packages' temperatures" counts sensors '^Package id [01]: +\+6[03]\.0' 2
	check "... and all cores'" counts sensors '^Core [0-7]: +\+[56][0-9]\.0.*high = \+90\.0.*crit = \+100\.0' 16
fi
if is_there prometheus-node-exporter; then
	check "node_exporter sees all CPUs at work" counts exporter '^node_cpu_seconds_total\{cpu="[0-9]+",mode="user"\}' 16
	check "... its watts, as powercap has them" counts exporter '^node_rapl_(package|core|dram)_joules_total\{' 6
	check "... its temperatures" says exporter '^node_hwmon_temp_celsius\{chip="platform_coretemp_1",sensor="temp1"\} 60'
	check "... and the node's memory" says exporter '^node_memory_MemTotal_bytes 1.374389'
fi
if is_there i7z; then
	check "i7z sees the second package" says i7z '\[15\] Core id number 7'
fi
finish
