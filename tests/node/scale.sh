#!/bin/sh
# SPDX-License-Identifier: MIT
# A node as big as machines get, eight sockets and 512 CPUs, is there whole. How long it takes to
# mount, `make bench` says.
# usage: scale.sh FUSE-MSR MSRD MSRCTL FIXTURE BIG-NODE

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$(realpath "$3") fixture=$4 big_node=$5
export msrd msrctl work

need python3
need_node
python3 "$big_node" "$fixture" "$work/big"
check "the fixture is good" "$fuse_msr" check "$work/big"
cat >"$work/look" <<'END'
ls /dev/cpu | wc -l >"$work/cpus"
"$msrctl" read --daemon "$msrd" -c 0-511 MSR_RAPL_POWER_UNIT >"$work/read"
"$msrctl" stat --daemon "$msrd" -t 1e-9 --expect /sys/devices/sim/workload -- \
	sh -c "echo +16s >/sys/devices/sim/clock" >"$work/stat"
END
check "it runs" "$fuse_msr" run --daemon "$msrd" --clock manual "$work/big" -- sh "$work/look"
"$fuse_msr" run --as-root --daemon "$msrd" "$work/big" -- "$msrctl" info --daemon "$msrd" >"$work/info"
check "512 CPUs are there" [ "$(cat "$work/cpus")" = 512 ]
check "each has its registers" [ "$(grep -c '0x00000000000a1003$' "$work/read")" = 512 ]
check "all units of all sockets are reached" \
	[ "$(grep -c '^ *[0-7] [a-z0-9-]* *0000:.* yes$' "$work/info")" = 112 ]
check "all is measured as it should be" \
	grep -q '^All 2080 expected figures are measured within 1e-09 %' "$work/stat"
finish
