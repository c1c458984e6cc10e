#!/bin/sh
# SPDX-License-Identifier: MIT
# The vendor's day, as README tells it: from the log of a machine to a report, and what is sent.
# usage: vendor.sh FUSE-MSR FIXTURES README

. "$(dirname "$0")/lib.sh"
fuse_msr=$(realpath "$1") fixtures=$(realpath "$2") readme=$(realpath "$3")
cp "$(dirname "$0")"/vendor/* "$work"
cd "$work" || exit 1

need_node

# The commands of README's section, and what it shows of the report.
sed -n "/^## The vendor's day/,/^## /p" "$readme" >section
sed -n 's/^    \(fuse-msr .*\)/\1/p' section | sed 's/  *#.*//' >commands
grep '^driver.trace:' section | sed 's/now at [0-9.]* s/now/' >shown

# run PATTERN STATUS: README's command that looks so
run() {
	command=$(grep -e "$1" commands | sed "s| xeon| $fixtures/xeon|")
	[ -n "$command" ] || { echo "README has no such command"; return 1; }
	eval "\"$fuse_msr\" ${command#fuse-msr }" >out 2>err
	r=$?
	[ $r = "$2" ] || { echo "exit status $r of $command"; cat out err; return 1; }
}

check "README shows a report" [ -s shown ]
check "the vendor's log becomes a trace" run '^fuse-msr import' 0
check "... of all its accesses" [ "$(grep -c ' cpu' machine.trace)" = 8 ]
check "what the driver does is cut out of it" run '^fuse-msr cut --msrs' 0
check "... alone" [ "$(grep -c ' cpu' driver.trace)" = 5 ]
check "the driver is played against it, and differs" run '^fuse-msr run.*-root --replay' 3
sed 's/now at [0-9.]* s/now/' err >told
check "... as README shows" sh -c 'grep -qxF -f shown told && [ "$(grep -c ^driver.trace: told)" = "$(wc -l <shown)" ]'
check "the part of the trace that leads there is cut out" run '^fuse-msr cut --lines' 0
check "... with the line that differs as its last access" sh -c \
	"'$fuse_msr' cut until-then.trace.zst plain.trace >/dev/null && [ \"\$(grep ' cpu' plain.trace | tail -1)\" = \"\$(sed -n 7p driver.trace)\" ]"
check "whoever gets it sees the same difference" sh -c \
	"'$fuse_msr' run --as-root --replay until-then.trace.zst '$fixtures/xeon-e5-2680-2s' -- ./driver 2>&1 | grep -q '1 other value, 1 not recorded'"
sed -i 's/write_msr 1 0x1b0 4/write_msr 1 0x1b0 0/' driver
check "a driver that is right shows no difference" run '^fuse-msr run.*-root --replay' 0
check "a fault wins over what was recorded, and makes no difference" run '^fuse-msr run.* --fault' 0
check "... but is told" grep -q '^driver.trace:8: .*answered by a fault: .* gives EIO; recorded 0x' err
finish
