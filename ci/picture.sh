#!/bin/sh
# SPDX-License-Identifier: MIT
# The picture of README: a node whose clock is moved by hand, so that it is the same each time, and
# whose load is a half of every four seconds: src/cli/plot/picture.svg.
# usage: picture.sh BUILD-FOLDER
set -eu
cd "$(dirname "$0")/.."
build=$(realpath "$1")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above

# a second phase, with less of everything that is in the picture, and on the other socket of less
cp -rL fixtures/documented/xeon-e5-2680-2x1 "$work/node"
python3 - "$work/node/workload.yaml" <<'END_OF_PYTHON'
import re, sys
path = sys.argv[1]
head, phase = open(path).read().split("phases:\n")

def scaled(text, share):
    number = lambda match: f"{match[1]}{float(match[2]) * share:.15g}"
    text = re.sub(r"(per_second: )([\d.e+]+)(?=, name: CAS_COUNT)", number, text)
    return re.sub(r"((?:package|pp0|dram)_watts: )([\d.]+)", number, text)

phases = []
for name, seconds, shares in (("both", 1.5, (1, 1)), ("one", 1, (0.9, 0.3)), ("other", 0.5, (0.4, 1)), ("rest", 1, (0.1, 0.2))):
    head_of, *packages = re.split(r"(?=^      - packages: )", phase, flags=re.M)
    text = head_of + "".join(scaled(package, share) for package, share in zip(packages, shares, strict=True))
    phases.append(re.sub(r"seconds: 0 .*", f"seconds: {seconds}", text.replace("name: steady", f"name: {name}")))
open(path, "w").write(head + "phases:\n" + "".join(phases))
END_OF_PYTHON

"$build/fuse-msr/fuse-msr" run --daemon "$build/src/daemon/msrd" --clock manual "$work/node" -- \
	"$build/src/cli/msrctl" --daemon "$build/src/daemon/msrd" stat -r 40 --format ndjson -o "$work/figures.ndjson" -- \
	sh -c "echo +0.25s >/sys/devices/sim/clock"
"$build/src/cli/msrctl" plot --title "" -o src/cli/plot/picture.svg "$work/figures.ndjson"
