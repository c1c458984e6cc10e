#!/bin/sh
# SPDX-License-Identifier: MIT
# How the conversations in this folder were made: LIKWID's tools on the simulated node, with
# likwid-recorder between them and msrd. Not a test; run it to record them anew.
# usage: record.sh FUSE-MSR MSRD RECORDER FIXTURE FOLDER

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/likwid.sh"
fuse_msr=$1 msrd=$2 recorder=$3 fixture=$4 folder=$5

need_likwid
cp "$recorder" "$work/likwid-accessD"

# record NAME COMMAND…
record() {
	name=$1
	shift
	on_own "$fixture" -- env "PATH=$work:$PATH" "$@" >"$work/output" 2>&1 || cat "$work/output"
	{
		echo "# LIKWID 5.2.2: $*"
		echo "# on $(basename "$fixture"), with msrd"
		cat "$work"/conversation-*.txt
	} >"$folder/$name.txt"
	rm "$work"/conversation-*.txt
	echo "$folder/$name.txt: $(wc -l <"$folder/$name.txt") lines"
}

for group in MEM CLOCK ENERGY L3 QPI; do
	record "perfctr-$group" likwid-perfctr -C 0,1 -g $group sleep 0.2
done
record perfctr-e likwid-perfctr -e
record powermeter likwid-powermeter -s 200ms
record features-l likwid-features -l -c 0,1
record features-d likwid-features -d HW_PREFETCHER -c 0
finish
