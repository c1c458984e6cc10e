#!/bin/sh
# SPDX-License-Identifier: MIT
# Traces by the command line: recorded, replayed, compared and cut, and what is told of bad ones.
# usage: trace.sh FUSE-MSR MSRD MSRCTL FIXTURE

. "$(dirname "$0")/lib.sh"
fuse_msr=$(realpath "$1") msrd=$(realpath "$2") msrctl=$(realpath "$3") fixture=$4
cd "$work" || exit 1

need_node

# on STATUS [OPTION…] -- COMMAND…: on the node; out and err have what was said.
on() {
	status=$1
	shift
	"$fuse_msr" run --daemon "$msrd" "$fixture" "$@" >out 2>err
	r=$?
	[ $r = "$status" ] || { echo "exit status $r"; cat err; return 1; }
}

# does STATUS COMMAND…: without a node
does() {
	status=$1
	shift
	"$@" >out 2>err
	[ $? = "$status" ] || { cat out err; return 1; }
}

says() {
	grep -q "$1" out err || { echo "not said: $1"; cat out err; return 1; }
}

# what is looked at does not depend on the host's clock
look="$msrctl --daemon $msrd read -c 0-1 IA32_PERF_STATUS IA32_TIME_STAMP_COUNTER"

# shellcheck disable=SC2086
{
	check "a trace is written" on 0 --trace a.trace -- $look
	mv out looked
	check "it replays without a difference" on 0 --replay a.trace -- $look
	check "... with a line that says so" says '^fuse-msr: replay of a.trace: .* no difference$'
	check "... and with what the program saw then" cmp looked out
	check "so does a compressed one" on 0 --trace a.trace.zst -- $look
	check "... which is one" sh -c 'zstd -qdc a.trace.zst 2>/dev/null | head -1 | grep -q "^msrd-trace 1$" || ! command -v zstd'
	check "... again" on 0 --replay a.trace.zst -- $look
	check "a command that looks at less is told" on 3 --replay a.trace -- true
	check "... with line, time and value" says \
		'^a.trace:[0-9]*: at [0-9.]* s: never came: read of MSR 0x198 on CPU 0, which gave 0x'
	check "a command that looks at other registers is told" on 3 --replay a.trace -- \
		"$msrctl" --daemon "$msrd" read -c 0-1 IA32_PERF_STATUS IA32_MPERF
	check "... with what it does now" says 'not recorded: read of MSR 0xe7 on CPU'
}

# A command may write, as root: no daemon in between.
poke() {
	printf '%s' "set -e; w() { printf \"\$3\" | dd of=/dev/cpu/\$1/msr bs=8 seek=\$2 oflag=seek_bytes conv=notrunc status=none; }; "
	printf '%s' "r() { dd if=/dev/cpu/\$1/msr bs=8 count=1 skip=\$2 iflag=skip_bytes status=none >/dev/null; }; $1"
}
one='\001\000\000\000\000\000\000\000' two='\002\000\000\000\000\000\000\000'
first="r 0 408; w 0 432 '$one'; r 1 408; r 0 16"
check "writes are recorded" on 0 --as-root --trace w.trace -- sh -c "$(poke "$first")"
check "... and replayed" on 0 --as-root --replay w.trace -- sh -c "$(poke "$first")"
check "one changed value is told" on 3 --as-root --replay w.trace -- \
	sh -c "$(poke "r 0 408; w 0 432 '$two'; r 1 408; r 0 16")"
check "... with line, time, place and both values" says \
	'^w.trace:11: at [0-9.]* s, now at [0-9.]* s: other value: write of 0x2 to MSR 0x1b0 on CPU 0; recorded 0x1$'
check "... once" says 'made: 1 other value$'
check "another order is told" on 3 --as-root --replay w.trace -- \
	sh -c "$(poke "r 0 408; r 1 408; w 0 432 '$one'; r 0 16")"
check "... once" says 'made: 1 other order$'
check "but not by a loose replay" on 0 --as-root --replay w.trace --replay=loose -- \
	sh -c "$(poke "r 1 408; r 0 408; r 0 408; w 0 432 '$one'; r 0 16")"
check "a write too few is, though" on 3 --as-root --replay w.trace --replay=loose -- \
	sh -c "$(poke "r 1 408; r 0 408; r 0 16")"
failing="r 0 408 || :; w 0 432 '$one'; r 1 408 || :; r 0 16"
check "a fault wins over what was recorded" on 0 --as-root --fault "fail 0 0x198 EIO once" \
	--replay w.trace -- sh -c "$(poke "$failing")"
check "... the program meets it" says 'Input/output error'
check "... it is told with line, time and both answers" says \
	'^w.trace:[0-9]*: at .*: answered by a fault: read of MSR 0x198 on CPU 0 gives EIO; recorded 0x'
check "... and is no difference" says \
	'^fuse-msr: .* 4 accesses recorded, 4 made: no difference, 1 answered by a fault$'
check "so does one that comes while the program runs, in a loose replay too" on 0 --as-root \
	--replay w.trace --replay=loose -- \
	sh -c "echo 'hold 1 0x198 0x2a' >/sys/devices/sim/fault; $(poke "$failing")"
check "... which is told" says 'read of MSR 0x198 on CPU 1 gives 0x2a; recorded 0x'
check "what the program leaves out for it is a difference" on 3 --as-root \
	--fault "fail 0 0x198 EIO" --replay w.trace -- sh -c "$(poke "$first")"
check "the command's own failure is told too" on 3 --replay a.trace -- false
check "... beside" says "the command's exit status is 1"

check "msrctl stat is recorded" on 0 --trace s.trace.zst -- \
	"$msrctl" --daemon "$msrd" stat -n 1 -i 0.1
check "... and replays without a difference, looking as often as the host is quick" on 0 \
	--replay s.trace.zst --replay=loose -- "$msrctl" --daemon "$msrd" stat -n 1 -i 0.1

check "a full disk is told" on 4 --trace /dev/full -- true
check "... once" [ "$(grep -c 'No space left' err)" = 1 ]
check "what can't be written is told" on 2 --trace /nowhere/x -- true
check "a trace is not written over itself" on 2 --trace a.trace --replay a.trace -- true
check "... and is still there" does 0 "$fuse_msr" diff a.trace a.trace
check "loose wants a trace" on 2 --replay=loose -- true
check "a missing trace is told" on 2 --replay none -- true
sed 's/^end.*//' a.trace >cut.trace
check "a trace that is cut is told" on 2 --replay cut.trace -- touch ran
check "... with its line" says "^fuse-msr: cut.trace:[0-9]*: the trace ends without"
check "... before the command has run" [ ! -e ran ]
head -c 100000000 /dev/zero >zeros
check "100 MB of zeros are told" on 2 --replay zeros -- true
check "... with the line" says '^fuse-msr: zeros:1: longer than any line'

check "a trace is like itself" does 0 "$fuse_msr" diff w.trace w.trace
sed 's/ w 0x1b0 8 0x1$/ w 0x1b0 8 0x7/' w.trace >v.trace
check "a trace with another value is not" does 3 "$fuse_msr" diff w.trace v.trace
check "... with both values" says \
	'^w.trace:11: at .*: other value: write of 0x1 to MSR 0x1b0 on CPU 0, in v.trace:11 of 0x7$'
sed '11d; s/^end.*/end/' w.trace >less.trace
check "nor is one with an access less" does 3 "$fuse_msr" diff w.trace less.trace
check "... and only that is told" says '^3 accesses are the same; 1 only in the first$'
sed 's/ r 0x198 8 0x.*/ r 0x198 8 0x1234/' w.trace >read.trace
check "values that were read count" does 3 "$fuse_msr" diff w.trace read.trace
check "... or not" does 0 "$fuse_msr" diff --no-values w.trace read.trace
check "a bad trace can't be compared" does 2 "$fuse_msr" diff w.trace cut.trace

check "a part of a trace is one" does 0 "$fuse_msr" cut --lines=-11 w.trace part.trace.zst
check "... and replays" on 0 --as-root --replay part.trace.zst -- \
	sh -c "$(poke "r 0 408; w 0 432 '$one'")"
check "so is that of one CPU" does 0 "$fuse_msr" cut --cpus 1 w.trace cpu1.trace
check "... alone" [ "$(grep -c ' cpu' cpu1.trace)" = 1 ]
check "of a bad trace nothing is written" does 2 "$fuse_msr" cut cut.trace nothing
check "... at all" [ ! -e nothing ]
finish
