#!/bin/sh
# SPDX-License-Identifier: MIT
# What a scrape costs on a node of 64 CPUs, by msrctl export and by node_exporter.
# usage: scrape.sh BUILD-FOLDER [ROUNDS]
one_user=yes
. "$(dirname "$0")/../node/lib.sh"
here=$(realpath "$(dirname "$0")")
build=$(realpath "$1") rounds=${2:-100}

need_node
need python3
need prometheus-node-exporter
python3 "$here/../node/big_node.py" "$here/../../fixtures/documented/xeon-e5-2680-2s" "$work/64" 2 16 || exit 1
timeout 250 "$build/fuse-msr/fuse-msr" run --daemon "$build/src/daemon/msrd" "$work/64" -- python3 "$here/scrape.py" \
	"$build/src/cli/msrctl" "$build/src/daemon/msrd" "$(command -v prometheus-node-exporter)" "$rounds" || exit 1
finish
