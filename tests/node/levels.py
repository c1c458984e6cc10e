#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What msrctl stat --per LEVEL shows of the default figures, computed from the workload and from the CPUs' places.

usage: levels.py LEVEL SECONDS NDJSON, on the node
"""
import json
import math
import pathlib
import sys

SYS = pathlib.Path("/sys/devices/system")
# what is an amount a second, and what one of two
AMOUNTS = {"instructions_per_second": "instructions", "cycles_per_second": "cycles", "active": "active_seconds",
           "memory_read_bytes_per_second": "memory_read_bytes", "memory_write_bytes_per_second": "memory_write_bytes",
           "package_watts": "package_joules", "dram_watts": "dram_joules"}
RATIOS = {"cpi": ("cycles_per_second", "instructions_per_second", 1),
          "clock_mhz": ("cycles_per_second", "active", 1e-6)}


def cpus_of(numa):
    cpus = set()
    for part in (numa / "cpulist").read_text().split(","):
        first, _, last = part.strip().partition("-")
        cpus |= set(range(int(first), int(last or first) + 1))
    return cpus


def topology(cpu, what):
    return int((SYS / f"cpu/cpu{cpu}/topology/{what}").read_text())


def place(level, scope, number):
    """Of a CPU or a socket."""
    package = topology(number, "physical_package_id") if scope == "cpu" else number
    nodes = sorted((SYS / "node").glob("node[0-9]*"))
    if level == "node":
        return "node"
    if level == "numa":
        if scope == "cpu":
            return next(f"numa {node.name[4:]}" for node in nodes if number in cpus_of(node))
        holders = [node.name[4:] for node in nodes
                   if any(topology(cpu, "physical_package_id") == package for cpu in cpus_of(node))]
        return f"numa {holders[0]}" if len(holders) == 1 else f"socket {package}"
    if scope == "socket" or level == "socket":
        return f"socket {package}"
    return f"core {topology(number, 'core_id')} of socket {package}" if level == "core" else f"cpu {number}"


def spread(values, total=None):
    return (math.fsum(values) if total is None else total, min(values), max(values),
            math.fsum(values) / len(values), len(values))


def expected(level, seconds):
    """(place, metric): value, least, most, average, of how many"""
    singles = {}
    for line in pathlib.Path("/sys/devices/sim/workload").read_text().splitlines():
        if line.startswith("#"):
            continue
        scope, number, figure, value = line.split()
        where = singles.setdefault((place(level, scope, int(number)), scope), {})
        where.setdefault(figure, []).append(float(value))
    wanted = {}
    for (where, _), figures in singles.items():
        for figure, values in figures.items():
            if figure in AMOUNTS:
                wanted[where, AMOUNTS[figure]] = spread([value * seconds for value in values])
            if figure != "active":
                wanted[where, figure] = spread(values)
        for figure, (by, of, factor) in RATIOS.items():
            if by in figures:
                wanted[where, figure] = spread(
                    [a / b * factor for a, b in zip(figures[by], figures[of])],
                    math.fsum(figures[by]) / math.fsum(figures[of]) * factor)
    return wanted


def main():
    level, seconds, path = sys.argv[1], float(sys.argv[2]), sys.argv[3]
    wanted = expected(level, seconds)
    lines = pathlib.Path(path).read_text().splitlines()
    wrong = [] if lines else ["nothing was written"]
    for line in lines:
        document = json.loads(line)
        is_summary = document["kind"] == "summary"
        shown = {}
        for record in document["records"]:
            # of a summary these are of its runs, which were alike
            value = [record["value"], *(record[key] for key in ("min", "max", "average", "n"))]
            key = record["place"], record["metric"]
            if key in shown:
                wrong.append(f"{key} is there twice")
            shown[key] = value
        if shown.keys() != wanted.keys():
            wrong.append(f"{shown.keys() ^ wanted.keys()}")
        for key in shown.keys() & wanted.keys():
            n = 1 if is_summary else 5
            # fifteen digits are written
            if not all(math.isclose(a, b, rel_tol=1e-14) for a, b in zip(shown[key][:n], wanted[key][:n])):
                wrong.append(f"{key}: {shown[key]}, and not {wanted[key]}")
    print("\n".join(wrong) or f"{len(wanted)} values for each {level}")
    return 1 if wrong else 0


sys.exit(main())
