#!/bin/sh
# SPDX-License-Identifier: MIT
# GCC and Clang without a warning, and every part left out once.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above

build() {
	name=$1
	shift
	echo "-- $name"
	meson setup "$work/$name" --werror "$@" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
	ninja -C "$work/$name" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
}

clang=$(command -v clang || command -v clang-14)
CC=gcc build gcc
CC=gcc build gcc-release --buildtype=release
CC=$clang build clang
CC=gcc build no-daemon -Ddaemon=false
CC=gcc build no-fuse -Dfuse=false
