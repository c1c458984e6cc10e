#!/bin/sh
# SPDX-License-Identifier: MIT
# Machines unlike the shipped ones: CPU numbers with gaps, more than 1024 CPUs, no uncore
# functions, a CPU model that is not supported. msrd and msrctl work on what there is.
# usage: machines.sh FUSE-MSR MSRD MSRCTL

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$3

need_node

quiet() {
	"$@" >/dev/null
}

# machine NAME CPUS-PER-PACKAGE ALL-CPUS [TOPOLOGY-LINE…]: two packages, in $work/NAME
machine() {
	name=$1 cores=$2 all=$3
	shift 3
	mkdir "$work/$name"
	cat >"$work/$name/node.yaml" <<-END
		name: $name
		origin: assumed, for a test
		cpu: {vendor: GenuineIntel, model_name: a CPU, family: 6, model: 45, stepping: 7,
		  microcode: 0x710, cpuid_level: 13, physical_bits: 46, virtual_bits: 48,
		  flags: fpu msr, bugs: ""}
		topology:
		  packages: 2
		  cores_per_package: $cores
		  threads_per_core: 1
		  numbering: thread-package-core
		  apic_id_bits: {core: 10, thread: 1}
		$(for line; do printf '  %s\n' "$line"; done)
		caches: [{level: 1, type: Data, size_kib: 32, ways: 8, line_bytes: 64, shared_by: core}]
		numa: [{number: 0, cpus: "$all", memory_kib: 1048576, distances: [10]}]
		clocks_mhz: {bus: 100, base: 2700, min: 1200, max: 3500, uncore: 2700, memory: 800, qpi: 1000}
	END
	echo "$all 0x606 0xa1003 # MSR_RAPL_POWER_UNIT, assumed" >"$work/$name/msr.txt"
	echo "$all 0xce 0xc0000001b00 # MSR_PLATFORM_INFO, assumed" >>"$work/$name/msr.txt"
	cat >"$work/$name/workload.yaml" <<-END
		phases:
		  - name: all
		    seconds: 0
		    cpus:
		      - {cpus: "$all", frequency_mhz: 2700, active: 1, user: 0.5,
		         instructions_per_cycle: 1.5, temperature_c: 50}
		    packages:
		      - {packages: 0-1, package_watts: 80, pp0_watts: 50, dram_watts: 10, temperature_c: 50}
	END
}

# on NAME COMMAND…
on() {
	name=$1
	shift
	"$fuse_msr" run --daemon "$msrd" "$work/$name" -- "$@" 2>"$work/stderr"
}

# values NAME ARGUMENTS…: how often msrctl reads which value
values() {
	name=$1
	shift
	on "$name" "$msrctl" --daemon "$msrd" read --json "$@" |
		sed -n 's/.*"value": *"0x0*\([^"]*\)".*/\1/p' | sort | uniq -c | tr -s ' '
}

machine gaps 4 "0,2-3,5-7" 'absent: "1,4"' 'offline: "6"'
check "fixture with gaps is one" quiet "$fuse_msr" check "$work/gaps"
check "CPUs behind a gap are read" [ "$(values gaps -c 2-3,7 0x606)" = " 3 a1003" ]
on gaps "$msrctl" --daemon "$msrd" read -c 0,6 0x606 >"$work/out"
check "offline CPU is the only one that fails" [ $? = 1 ]
check "... and is named" grep -q "CPU 6" "$work/stderr"
check "... while the other is read" grep -qi a1003 "$work/out"
on gaps "$msrctl" --daemon "$msrd" read -c 4 0x606 >"$work/out"
check "CPU in a gap fails" [ $? = 1 ]
check "msrctl measures such a machine" on gaps "$msrctl" --daemon "$msrd" stat -i 0.2 -o "$work/stat"
check "... every CPU that is online" [ "$(grep -c "^ *[0-9]* .* M " "$work/stat")" = 5 ]

machine many 550 0-1099
check "1100 CPUs are read" [ "$(values many 0x606)" = " 1100 a1003" ]
check "... with a limit of 256 open files" \
	quiet sh -c 'ulimit -Sn 256; exec "$@"' - "$fuse_msr" run --daemon "$msrd" "$work/many" -- \
	"$msrctl" --daemon "$msrd" read -c 1099 0x606

machine bare 1 0-1
check "machine without uncore functions is read" [ "$(values bare -c 1 0x606)" = " 1 a1003" ]
on bare "$msrctl" --daemon "$msrd" read -u imc0 0xf4 >/dev/null
check "... and says that there is no such unit" [ $? = 1 ]
check "msrctl measures what it has" on bare "$msrctl" --daemon "$msrd" stat -i 0.2 -o "$work/stat"
check "... and says n/a of the rest" grep -q n/a "$work/stat"

# a desktop part: the host's own files but for cpuinfo
sed 's/^model\t.*/model\t\t: 42/; s/^cpu family.*/cpu family\t: 6/; s/^vendor_id.*/vendor_id\t: GenuineIntel/' \
	/proc/cpuinfo >"$work/cpuinfo"
[ "$(id -u)" = 0 ] && new_user= || new_user="--user --map-root-user"
unshare $new_user --mount sh -c 'mount --bind "$1" /proc/cpuinfo && shift && exec "$@"' - \
	"$work/cpuinfo" "$msrctl" --daemon "$msrd" read -c 0 0x606 >/dev/null 2>"$work/stderr"
check "unsupported CPU is refused at once" [ $? = 1 ]
check "... and named" grep -q "GenuineIntel, family 6 model 42) is not supported" "$work/stderr"

[ "$n_failed" = 0 ] || cat "$work/stderr"
as_others "$0" "$@"
finish
