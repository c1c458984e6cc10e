#!/bin/sh
# SPDX-License-Identifier: MIT
# What tools see of a node becomes a fixture that is such a node; what is wrong leaves nothing.
# usage: import.sh FUSE-MSR FIXTURE

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 fixture=$2

need_node
need lspci

import() {
	"$fuse_msr" import "$@" 2>"$work/stderr"
}

# What the node shows to the tools that people record with.
"$fuse_msr" run "$fixture" --as-root --clock manual -- sh -c '
	cat /proc/cpuinfo >"$1/cpuinfo"
	cat /proc/meminfo >"$1/meminfo"
	lspci -Dnxxxx >"$1/lspci"
	mkdir "$1/config"
	for function in /sys/bus/pci/devices/*; do
		cat "$function/config" >"$1/config/${function##*/}.bin"
	done
	cat /sys/devices/system/cpu/online >"$1/online"' - "$work"

echo "0-1 0x606 0xa1003  # MSR_RAPL_POWER_UNIT, recorded: here" >"$work/msr"
printf '1b00\n1b00\n' >"$work/rdmsr"
check "lspci, cpuinfo and registers become a fixture" import --cpuinfo "$work/cpuinfo" \
	--meminfo "$work/meminfo" --lspci "$work/lspci" --msr "$work/msr" --rdmsr 0xce="$work/rdmsr" --name "a node" "$work/node"
check "... without a word" [ ! -s "$work/stderr" ]
"$fuse_msr" check "$work/node" >"$work/out"
check "... that check accepts" [ $? = 0 ]
check "... by that name" grep -q "^a node$" "$work/out"
check "... with packages for the buses" grep -q "PCI bus    0000:ff, package 1 (the UBOX" "$work/out"
check "... which may be read by everybody" [ "$(stat -c %a "$work/node")" = "$(printf %o $((0777 & ~$(umask))))" ]

"$fuse_msr" run "$work/node" --as-root --clock manual -- sh -c '
	cat /proc/cpuinfo >"$1/cpuinfo2"
	cat /proc/meminfo >"$1/meminfo2"
	lspci -Dnxxxx >"$1/lspci2"' - "$work"
check "the node made of it has the same config space" cmp "$work/lspci" "$work/lspci2"
# what it says of the caches is what it said itself; what they did at that moment no file says
for file in cpuinfo cpuinfo2; do
	grep -v '^cpu MHz' "$work/$file" >"$work/$file.still"
done
check "... and the same CPUs" cmp "$work/cpuinfo.still" "$work/cpuinfo2.still"
check "... and as much memory" cmp "$work/meminfo" "$work/meminfo2"
check "pci.txt is what lspci -F reads" sh -c 'lspci -F "$1/node/pci.txt" -Dnxxxx | cmp - "$1/lspci"' - "$work"

check "a folder of config files is as good" import --cpuinfo "$work/cpuinfo" \
	--pci-config "$work/config" "$work/node2"
check "... byte by byte" sh -c 'grep -v "^#" "$1" >"$3" && grep -v "^#" "$2" | cmp - "$3"' - \
	"$work/node/pci.txt" "$work/node2/pci.txt" "$work/plain"

# --- what other recorders make of it

# As umockdev-record prints it: a block a device.
"$fuse_msr" run "$fixture" --as-root --clock manual -- sh -c '
	for function in /sys/bus/pci/devices/*; do
		echo "P: /devices/pci0000:00/${function##*/}"
		echo "E: SUBSYSTEM=pci"
		echo "H: config=$(od -An -v -tx1 "$function/config" | tr -d " \n" | tr a-f A-F)"
		echo
	done
	for cpu in /sys/devices/system/cpu/cpu[0-9]*; do
		echo "P: /devices/system/cpu/${cpu##*/}"
		echo "E: MODALIAS=cpu:type:x86,ven0000fam0006mod002D:feature:,0000"
		for name in core_id physical_package_id; do
			printf "A: topology/%s=%s\\\\n\\n" "$name" "$(cat "$cpu/topology/$name")"
		done
		echo
	done' >"$work/umockdev"
printf 'CPU\tBusy%%\t            M0X606\n-\t1.00\t0x0000000000000000\n' >"$work/turbostat"
printf '0\t1.00\t0x00000000000a1003\n1\t1.00\t0x00000000000a1003\n' >>"$work/turbostat"
echo "thread_msr/config=0xce,config1=0,name=PLATFORM_INFO" >"$work/requests"
echo "2021-09-27,00:07:40.507,PLATFORM_INFO,1000,2102078418,6912,6912" >"$work/csv"
check "umockdev's description alone becomes a fixture" import --umockdev "$work/umockdev" "$work/node3"
check "... with the same config space" sh -c 'grep -v "^#" "$1" | cmp - "$2"' - \
	"$work/node3/pci.txt" "$work/plain"
check "... and the same CPUs" sh -c '"$1" check "$2" | grep -q " packages 0-1: 1 cores each, .* 2 CPUs, 2 online"' - "$fuse_msr" "$work/node3"
check "columns of turbostat and pcm-raw become registers" import --cpuinfo "$work/cpuinfo" \
	--umockdev "$work/umockdev" --msr "$work/turbostat" --pcm-raw "$work/requests" --pcm-raw "$work/csv" \
	"$work/node4"
check "... and say where they are from" grep -q "^0-1 0x606 0xa1003.*recorded: turbostat, turbostat" \
	"$work/node4/msr.txt"
check "... each" grep -q "^0-1 0xce 0x1b00.*recorded: pcm-raw, csv" "$work/node4/msr.txt"

# --- what is wrong: one message, status 2, nothing written
refuses() {
	sentence=$1 text=$2
	shift 2
	import "$@" "$work/bad"
	check "$sentence is refused with status 2" [ $? = 2 ]
	check "... and named" grep -q "$text" "$work/stderr"
	check "... and nothing is written" [ -z "$(find "$work" -maxdepth 1 -name 'bad*')" ]
}
truncate -s 1G "$work/zeros"
head -c 100000 "$fuse_msr" >"$work/binary"
head -c 700 "$work/lspci" >"$work/cut"
for option in --cpuinfo --cpuid; do
	refuses "1 GB of zeros for $option" "larger than 16 MiB" $option "$work/zeros"
	refuses "a binary file for $option" "holds a NUL byte" $option "$work/binary"
	refuses "a missing file for $option" "none: cannot be read: No such file" $option "$work/none"
	refuses "a folder for $option" "not a regular file" $option "$work/config"
done
for option in --lspci --msr "--acpi" "--rdmsr 0x10" --umockdev --pcm-raw; do
	name=${option%% *} prefix=${option#"$name"} prefix=${prefix# }
	[ -z "$prefix" ] || prefix="$prefix="
	refuses "1 GB of zeros for $name" "larger than 16 MiB" --cpuinfo "$work/cpuinfo" "$name" "$prefix$work/zeros"
	refuses "a binary file for $name" "binary: " --cpuinfo "$work/cpuinfo" "$name" "$prefix$work/binary"
	refuses "a missing file for $name" "none: cannot be read" --cpuinfo "$work/cpuinfo" "$name" "$prefix$work/none"
done
mkdir "$work/large"
ln -s ../zeros "$work/large/0000:7f:08.0"
refuses "1 GB of zeros for --msrsave" "zeros: larger than 16 MiB" --cpuinfo "$work/cpuinfo" \
	--msrsave "$work/zeros" --allowlist "$work/rdmsr"
refuses "a binary file for --allowlist" "binary: holds a NUL byte" --cpuinfo "$work/cpuinfo" \
	--msrsave "$work/rdmsr" --allowlist "$work/binary"
refuses "1 GB of zeros for --pci-config" "0000:7f:08.0: larger than 16 MiB" --cpuinfo "$work/cpuinfo" \
	--pci-config "$work/large"
refuses "a missing folder" "none: cannot be read" --cpuinfo "$work/cpuinfo" --pci-config "$work/none"
refuses "a dump that is cut off" "cut:[0-9]*: is not up to 16 bytes" --cpuinfo "$work/cpuinfo" --lspci "$work/cut"
refuses "a second cpuinfo" "is a second cpuinfo" --cpuinfo "$work/cpuinfo" --cpuinfo "$work/cpuinfo"
refuses "a meminfo that is none" "cpuinfo: says no MemTotal" --cpuinfo "$work/cpuinfo" --meminfo "$work/cpuinfo"
refuses "a list of NUMA nodes that is none" "cpuinfo:1: is not as .numactl -H." --cpuinfo "$work/cpuinfo" --numactl "$work/cpuinfo"
refuses "no cpuinfo" "which CPU is it?" --lspci "$work/lspci"
refuses "nothing" "what shall be imported?"
refuses "msrsave without its allowlist" "go together" --cpuinfo "$work/cpuinfo" --msrsave "$work/msr"
refuses "an address that is none" "rdmsr is ADDRESS=FILE" --cpuinfo "$work/cpuinfo" --rdmsr "x=$work/rdmsr"

printf '@DEV /dev/cpu/0/msr\nX86_IOC_RDMSR_REGS 0 00\n' >"$work/ioctl"
printf 'd 0 /dev/cpu/0/msr\nr 1 ^@^@^@^@^@^@^@^@\n' >"$work/script"
head -c 700 "$work/umockdev" >"$work/cut"
printf '0x00000199 0x000000000000FFFF\n' >"$work/allowlist"
refuses "a recording of ioctls" "ioctl:1: is a recording of ioctls" --cpuinfo "$work/cpuinfo" --umockdev "$work/ioctl"
refuses "a script without offsets" "script:1: is a script .* no offsets" --cpuinfo "$work/cpuinfo" \
	--umockdev "$work/script"
refuses "a description that is cut off" "cut:3: config has half a byte: is it cut off" --cpuinfo "$work/cpuinfo" \
	--umockdev "$work/cut"
refuses "an allowlist as registers" "msrctl policy takes it" --cpuinfo "$work/cpuinfo" --msr "$work/allowlist"

cp -r "$work/node" "$work/copy"
import --cpuinfo "$work/cpuinfo" "$work/node"
check "a DIR that is there is refused with status 2" [ $? = 2 ]
check "... and named" grep -q "is there already" "$work/stderr"
check "... and left as it is" diff -r "$work/node" "$work/copy"
import --cpuinfo "$work/cpuinfo" "$work/none/node"
check "a DIR that can't be made is status 1" [ $? = 1 ]
check "... with the reason" grep -q "can't be written: No such file" "$work/stderr"

finish
