#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when a room includes what it must not, or compares spaces outside src/op.c.

usage: rooms.py SOURCE-ROOT
"""
import fnmatch
import pathlib
import re
import sys

# What each room may include besides itself. "op.h" is the noun.
ROOMS = {
    "src/util": [],
    "src/wire": ["op.h", "util"],
    "src/policy": ["op.h", "util"],
    "src/arch": ["op.h", "policy", "util"],
    "src/node": ["op.h", "arch", "util"],
    "src/device": ["op.h", "node", "util"],
    "src/daemon": ["op.h", "wire", "policy", "arch", "node", "device", "util"],
    # device: for who has the rights and needs no daemon
    "src/client": ["op.h", "wire", "arch", "node", "device", "util"],
    # it starts and meets its client as the daemon does, and the service as a client does
    "src/shim": ["op.h", "daemon/start.h", "daemon/entrance.h", "client/service.h", "wire", "util"],
    "src/cli": ["op.h", "client", "node", "arch", "policy", "util"],
    "src/cli/measure": ["op.h", "cli/places.h", "cli/reach.h", "cli/registers.h", "cli/table.h",
                        "cli/output/record.h", "cli/output/text.h", "client", "node", "arch", "util"],
    # values and how they are written: knows nothing that measures
    "src/cli/output": ["cli/table.h", "util"],
    # who of several measures: knows nothing that does
    "src/cli/ranks": ["cli/job.h", "cli/measure/own_dir.h", "util"],
    # draws values, whoever measured them
    # what was written comes back
    "src/cli/input": ["cli/output", "util"],
    "src/cli/merge": ["cli/cli.h", "cli/table.h", "cli/terminal.h", "cli/input", "cli/output", "util"],
    "src/cli/plot": ["cli/input", "cli/cli.h", "cli/near.h", "cli/table.h", "cli/output", "util"],
    # it shows what stat measures: all of the measuring rooms
    "src/cli/top": ["op.h", "cli", "client", "node", "arch", "util"],
    # what is read for ever, and what stat programs, among others
    "src/cli/export": ["op.h", "cli/accesses.h", "cli/cli.h", "cli/hold.h", "cli/job.h", "cli/count/topology.h",
                       "cli/measure", "cli/output/file.h", "cli/output/text.h", "client", "node", "arch", "util"],
    # what it records is a fixture; root needs no daemon to read
    "src/cli/count": ["op.h", "cli/near.h", "cli/places.h", "cli/reach.h", "cli/table.h", "cli/output/record.h",
                      "cli/output/text.h", "cli/measure", "client", "node", "arch", "util"],
    "src/cli/record": ["op.h", "cli/cli.h", "cli/reach.h", "sim/fixture/fixture.h", "sim/fixture/save.h",
                       "sim/fixture/idle.h", "sim/fixture/clocks.h", "client", "device", "node", "arch", "util"],
    "sim": ["op.h", "device/device.h", "arch", "util"],
    "sim/fixture": ["arch", "util"],
    "sim/import": ["op.h", "sim/fixture", "sim/tap/trace.h", "sim/machine/machine.h", "sim/machine/buses.h", "arch", "util"],
    "sim/machine": ["op.h", "sim/fixture/fixture.h", "sim/fixture/phase.h", "arch", "util"],
    "sim/tap": ["op.h", "sim/machine/machine.h", "sim/machine/drive.h", "sim/fixture/fixture.h",
                "sim/fixture/directive.h", "util"],
    "fuse-msr": ["op.h", "sim", "arch", "wire/release.h", "util"],
    "fuse-msr/tree": ["sim/fixture/fixture.h", "sim/fixture/expect.h", "sim/machine/machine.h", "sim/machine/cpuid.h",
                      "sim/machine/sensor.h", "sim/machine/workload.h", "sim/machine/drive.h", "sim/machine/holder.h",
                      "sim/fixture/directive.h", "sim/tap", "util"],
    # goes into other people's programs
    "fuse-msr/preload": [],
    "fuse-msr/host": ["fuse-msr/verb.h", "fuse-msr/tree/caller.h", "sim/fixture/fixture.h", "arch",
                      "wire/release.h", "util"],
}

# Each stage of a measurement knows only those before it.
STAGES = ["event", "plan", "reading", "metric", "view"]

# Files that must not know a neighbour that their room may.
STRANGERS = {
    "src/daemon/session.[ch]": ["wire/likwid.h", "wire/release.h"],
    "src/daemon/access.[ch]": ["wire"],
    "src/daemon/machine.[ch]": ["wire"],
    "src/daemon/grant.[ch]": ["wire", "device", "node"],
    "src/client/client.c": ["wire/likwid.h", "wire/release.h"],
    # direct.c and direct_tell.c alone, in place of a daemon
    "src/client/[!d]*.[ch]": ["device"],
    **{f"src/cli/measure/{name}*.[ch]": [f"cli/measure/{later}.h" for later in STAGES[i + 1:]]
       for i, name in enumerate(STAGES)},
}

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')

# A space added later would silently take the other branch; a switch or a table is complained of.
COMPARISON = re.compile(r"\bspace\s*[!=]=\s*OP_")


def room_of(path, root):
    """The innermost one."""
    return max((room for room in ROOMS if path.is_relative_to(root / room)), key=len, default=None)


def is_one_of(included, ways):
    return any(included == way or included.startswith(way + "/") for way in ways)


def is_allowed(room, name, included):
    strangers = [way for pattern, ways in STRANGERS.items() if fnmatch.fnmatch(name, pattern) for way in ways]
    return is_one_of(included, [room.removeprefix("src/"), *ROOMS[room]]) and not is_one_of(included, strangers)


def main():
    root = pathlib.Path(sys.argv[1])
    wrong, seen = [], set()
    for path in sorted([*root.glob("src/**/*.[ch]"), *root.glob("sim/**/*.[ch]"),
                        *root.glob("fuse-msr/**/*.[ch]")]):
        room = room_of(path, root)
        if room is None:
            if path not in (root / "src/op.h", root / "src/op.c"):
                wrong.append(f"{path.relative_to(root)}: is in no room")
            continue
        seen.add(room)
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if match and not is_allowed(room, str(path.relative_to(root)), match[1]):
                wrong.append(f"{path.relative_to(root)}:{number}: must not include {match[1]}")
            if COMPARISON.search(line):
                wrong.append(f"{path.relative_to(root)}:{number}: only src/op.c tells spaces apart "
                             "by comparing")
    wrong += [f"{room}: no such room" for room in ROOMS if room not in seen]
    wrong += [f"{pattern}: no such file" for pattern in STRANGERS if not list(root.glob(pattern))]
    if INCLUDE.search((root / "src/op.h").read_text()):
        wrong.append("src/op.h: includes something of ours")
    print("\n".join(wrong) or "every room includes only what stands below it")
    return 1 if wrong else 0


sys.exit(main())
