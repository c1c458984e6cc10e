#!/bin/sh
# SPDX-License-Identifier: MIT
# The picture of the dashboard, src/cli/export/dashboard.svg: its own queries, as a real Prometheus
# that scrapes two simulated nodes answers them, drawn by gnuplot. It takes two minutes.
# usage: dashboard.sh BUILD-FOLDER
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above
python3 ci/watched.py picture "$1" "$work"
