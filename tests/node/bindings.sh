#!/bin/sh
# SPDX-License-Identifier: MIT
# The examples of libmsrd's use: Python by ctypes, with numpy where it is installed, and C.
# usage: bindings.sh FUSE-MSR MSRD LIBMSRD FIXTURE EXAMPLES BATCH

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") fixture=$4 examples=$(realpath "$5") batch=$(realpath "$6")
LIBMSRD=$(realpath "$3") MSRD_DAEMON=$msrd PYTHONDONTWRITEBYTECODE=1
export LIBMSRD MSRD_DAEMON PYTHONDONTWRITEBYTECODE

need_node
here=$(dirname "$0")

# ends_with STATUS COMMAND…, on the node
ends_with() {
	wanted=$1
	shift
	"$fuse_msr" run --daemon "$msrd" --clock manual "$fixture" -- "$@" >"$work/out" 2>&1
	r=$?
	[ $r = "$wanted" ] || { echo "status $r"; cat "$work/out"; false; }
}

says() {
	grep -q -e "$1" "$work/out" || { cat "$work/out"; false; }
}

check "C: the example reads all CPUs" ends_with 0 "$batch" MSR_RAPL_POWER_UNIT ia32_pmc0
check "... each register of each" [ "$(grep -c '^CPU [0-9]* MSR_RAPL_POWER_UNIT 0xa1003$' "$work/out")" = 16 ]
check "C: what is no register is an error" ends_with 1 "$batch" NO_SUCH
check "... that names it" says "no register that is called NO_SUCH"

python=
for python_with in python3 /usr/bin/python3; do
	! "$python_with" -c 'import numpy' 2>/dev/null || { python=$python_with; break; }
done
check "Python: ctypes alone will do" ends_with 0 python3 "$here/bindings.py" "$examples" "$msrd"
check "Python: the example prints a table" ends_with 0 python3 "$examples/msrd.py" \
	--daemon "$msrd" --no-numpy -n 3 MSR_RAPL_POWER_UNIT IA32_PERF_STATUS
check "... a row a CPU" [ "$(grep -c '^ *[0-9]* *0xa1003 ' "$work/out")" = 16 ]
check "... and the sum" says "^sum *0xa10030 "
check "... without numpy" says "3 times, .* without numpy"
check "Python: an error is a message" ends_with 1 python3 "$examples/msrd.py" --daemon "$msrd" NO_SUCH
check "... of the library's" says "^msrd.py: .*called NO_SUCH"
if [ -n "$python" ]; then
	check "numpy: arrays are filled in place" \
		ends_with 0 "$python" "$here/bindings.py" "$examples" "$msrd" numpy
	check "numpy: the example takes it" ends_with 0 "$python" "$examples/msrd.py" \
		--daemon "$msrd" -n 2 MSR_RAPL_POWER_UNIT
	check "... to the same sum" says "^sum *0xa10030$"
	check "... and says so" says "with numpy"
else
	echo "left out: numpy is not installed (python3-numpy)"
fi

as_others "$0" "$@"
finish
