#!/bin/sh
# SPDX-License-Identifier: MIT
# Nothing of msrd listens on the network but msrctl export, and that on loopback: looked at in a
# network namespace, in which nobody else is.
# usage: listens.sh FUSE-MSR MSRD MSRCTL FIXTURE

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$(realpath "$3") fixture=$4

need_node
need python3 ip
namespace=--net
[ "$(id -u)" = 0 ] || namespace="--user --map-current-user --keep-caps --net"
# shellcheck disable=SC2086
unshare $namespace true 2>/dev/null || skip "no network namespaces for uid $(id -u)"
# shellcheck disable=SC2086
check "all of it" timeout 200 unshare $namespace sh -c 'ip link set lo up && exec "$@"' sh \
	"$fuse_msr" run --daemon "$msrd" "$fixture" -- \
	python3 "$(dirname "$0")/listens.py" "$msrctl" "$msrd"
finish
