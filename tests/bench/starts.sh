#!/bin/sh
# SPDX-License-Identifier: MIT
# How soon msrd, and the reference daemon if it is installed, are there on nodes of 2, 64 and 512
# CPUs, and what they take of the machine; on plain files and on the simulated node.
# usage: starts.sh BUILD-FOLDER OUT-FOLDER [ROUNDS]
one_user=yes
. "$(dirname "$0")/../node/lib.sh"
here=$(realpath "$(dirname "$0")")
build=$1 out=$2 rounds=${3:-20}

need python3
mkdir -p "$out"
for size in "1 1" "2 16" "8 32"; do
	cpus=$((${size% *} * ${size#* } * 2))
	# shellcheck disable=SC2086
	python3 "$here/../node/big_node.py" "$here/../../fixtures/documented/xeon-e5-2680-2s" \
		"$work/$cpus" $size || exit 1
	for device in "" --plain; do
		# shellcheck disable=SC2086
		FIXTURE="$work/$cpus" "$here/latency.sh" "$build" $device --starts \
			--rounds "$rounds" --out "$out/start-$cpus${device:+-plain}" || exit 1
		echo
	done
done
