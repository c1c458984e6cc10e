#!/bin/sh
# SPDX-License-Identifier: MIT
# What latency.sh has measured, as pictures: distributions.svg and cost.svg in its folder.
# usage: pictures.sh FOLDER
set -e
here=$(realpath "$(dirname "$0")")
command -v gnuplot >/dev/null || {
	echo "no pictures: gnuplot is not installed (Debian: gnuplot-nox)"
	exit 0
}
cd "$1"

# curve ACCESS BY ON: its percentiles, in microseconds
curve() {
	awk -F '\t' -v access="$1" -v by="$2" -v on="$3" \
		'$1 == access && $2 == by && $3 == on {print $5 / 1000, $4}' distributions.tsv \
		>"$(echo "$1-$2-$3" | tr ' ' _).curve"
}

# line BY ON: operations, and microseconds for all of them: median, the shortest, the longest
line() {
	awk -F '\t' -v by="$1" -v on="$2" '$1 ~ /^batch/ && $2 == by && $3 == on {
			n = substr($1, 7)
			if ($4 == 0) least = $5
			if ($4 == 50) median = $5
			if ($4 == 100) print n, median * n / 1000, least * n / 1000, $5 * n / 1000
		}' distributions.tsv >"$(echo "batch-$1-$2" | tr ' ' _).line"
}

for on in SAME TWO; do
	for by in "device file" floor msrd likwid-accessD; do
		curve "MSR read" "$by" "$on"
	done
	for access in "batch 100" "batch 1000"; do
		curve "$access" msrd "$on"
	done
	for by in "device file" msrd; do
		line "$by" "$on"
	done
done
gnuplot "$here/pictures.gp"
rm -f ./*.curve ./*.line
echo "pictures: $PWD/distributions.svg and cost.svg"
