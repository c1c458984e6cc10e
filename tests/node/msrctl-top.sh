#!/bin/sh
# SPDX-License-Identifier: MIT
# msrctl top at a terminal, on the simulated node; and its picture in README.
# usage: msrctl-top.sh FUSE-MSR MSRD MSRCTL FIXTURE PICTURE HAS-NCURSES

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$(realpath "$3") fixture=$4 picture=$5

need_node
need bash
here=$(dirname "$0")
python=
for one in python3 /usr/bin/python3; do
	! "$one" -c 'import pyte' 2>/dev/null || python=$one
done

# The node's clock goes on by whole seconds, however long they take: rates are exact. A group begins a
# moment after the figures do: an interval in which the clock moves once may not be its own.
cat >"$work/seconds" <<'END'
"$msrctl" top --daemon "$msrd" --batch "$@" </dev/null &
top=$!
while kill -0 $top 2>/dev/null; do
	echo +1s >/sys/devices/sim/clock
	sleep 0.2
done
wait $top
END
export msrctl msrd
# prints ARGUMENT…: screens as text, for whoever has no terminal
prints() {
	timeout 60 "$fuse_msr" run --daemon "$msrd" --clock manual "$fixture" -- \
		sh "$work/seconds" "$@" >"$work/out" 2>"$work/err"
}
# shows PATTERN…: each stands in the screen, or screens
shows() {
	for pattern; do
		grep -q "$pattern" "$work/out" || { echo "not there: $pattern"; cat "$work/out"; return 1; }
	done
}

check "--batch prints screens" prints -n 2 -i 0.3
check "... as many as it was told, with all CPUs" [ "$(grep -c '^ 15   1  100.0 .* 3000  4800 M 0.625 ' "$work/out")" = 2 ]
check "... and sockets, exactly" [ "$(grep -c '^     0  24.00 G    9000 M     95.50  21.50 \|^     1  18.00 G   12.00 G     91.00  18.75 ' "$work/out")" = 4 ]
check "... and nothing besides" [ ! -s "$work/err" ]
check "... of the CPUs that are asked for" prints -n 1 -i 2 -c S1:0-1 -g memory
check "... and their socket" [ "$(grep -c '^socket 0' "$work/out")" = 0 ]
check "... with its figures" shows '^     1  18.00 G   12.00 G     91.00  18.75 ' '^socket 1 *18.00 G *12.00 G *30.00 G '
cp -rL "$fixture" "$work/watched"
chmod -R u+w "$work/watched"
sed -i 's/^0-15 0x1a0 .*/&\n0 0x38d 0xb0  # IA32_FIXED_CTR_CTRL, assumed: a watchdog/' "$work/watched/msr.txt"
fixture=$work/watched
check "what the kernel holds is n/a" prints -n 1 -i 0.2
check "... and the screen says why" grep -q "^ n/a: cpu 0: the kernel holds fixed counter 1" "$work/out"
check "... while the others are measured" shows "^  1   0  100.0 .* 3100  2790 M 1.111 "
fixture=$4

if [ "$6" = no ]; then
	skip "this msrctl is built without ncurses (libncurses-dev): the terminal"
elif [ -z "$python" ]; then
	skip "python3-pyte is not installed: the terminal"
fi
shown=
! has_run || shown="show_group show_ends show_stop"
# shellcheck disable=SC2086
check "top at a terminal" "$python" -B "$here/top.py" "$fuse_msr" "$fixture" "$msrctl" "$msrd" $shown
if ! has_run; then
	check "the picture is made" "$python" -B "$here/top-picture.py" "$fuse_msr" "$fixture" "$msrctl" \
		"$msrd" "$work/top.svg"
	check "... and is the one in README (else: tests/node/top-picture.py makes it)" \
		cmp "$work/top.svg" "$picture"
fi

as_others "$0" "$@"
finish
