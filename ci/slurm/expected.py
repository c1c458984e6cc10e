#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Is a line of msrctl-job what the node's workload says?

usage: expected.py WORKLOAD.YAML PERCENT <LINE
"""
import re
import sys

import yaml

FIGURES = re.compile(r"msrctl-job: \w+: ([\d.]+) s, packages ([\d.e+]+) J, memory ([\d.e+]+) J, "
    r"([\d.e+]+) GB/s, ([\d.e+]+) GFLOP/s, ([\d.e+]+) MHz\n")
# operations of an instruction, by event and unit mask
OPERATIONS = {(0x10, 0x10): 2, (0x10, 0x80): 1, (0x11, 0x02): 4}
BYTES_OF_CAS = 64


def expected(workload, seconds):
    (phase,) = workload["phases"]
    mixes = {mix["name"]: mix["rates"] for mix in workload["mixes"]}
    flops = 0
    for cpu in phase["cpus"]:
        instructions = cpu["frequency_mhz"] * 1e6 * cpu["active"] * cpu["instructions_per_cycle"]
        flops += instructions * sum(float(rate["per_instruction"]) * OPERATIONS.get((rate["event"], rate["umask"]), 0)
            for name in cpu["mixes"] for rate in mixes[name])
    cas = sum(float(rate["per_second"]) for package in phase["packages"] for boxes in package["boxes"]
        for rate in boxes["rates"] if rate["name"] in ("CAS_COUNT.RD", "CAS_COUNT.WR"))
    watts = {name: sum(package[name] for package in phase["packages"]) for name in ("package_watts", "dram_watts")}
    mhz = [cpu["frequency_mhz"] for cpu in phase["cpus"]]
    return [watts["package_watts"] * seconds, watts["dram_watts"] * seconds, cas * BYTES_OF_CAS / 1e9, flops / 1e9,
        sum(mhz) / len(mhz)]


def main():
    line = sys.stdin.read()
    match = FIGURES.fullmatch(line)
    if not match:
        sys.exit(f"no figures: {line!r}")
    seconds, *measured = map(float, match.groups())
    with open(sys.argv[1], encoding="utf-8") as file:
        wanted = expected(yaml.safe_load(file), seconds)
    off = [100 * abs(a - b) / b for a, b in zip(measured, wanted)]
    if max(off) > float(sys.argv[2]):
        sys.exit(f"measured {measured}, expected {wanted}")


main()
