#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures from Python with LIKWID's library, on a node whose clock is moved by hand and with CPU n in socket n.

usage: likwid_python.py
"""
import ctypes
import pathlib
import sys

SECONDS = 2
CHANNELS = 4
EVENTS = ["INSTR_RETIRED_ANY:FIXC0", "CPU_CLK_UNHALTED_CORE:FIXC1", "PWR_PKG_ENERGY:PWR0",
          *(f"CAS_COUNT_RD:MBOX{i}C0" for i in range(CHANNELS))]


class Library:
    """What pylikwid's functions are named after."""

    def __init__(self):
        self.lib = ctypes.CDLL("liblikwid.so.5.2")
        self.lib.perfmon_getResult.restype = ctypes.c_double

    def inittopology(self):
        return self.lib.topology_init()

    def init(self, cpus):
        self.lib.topology_init()
        self.lib.numa_init()
        self.lib.affinity_init()
        return self.lib.perfmon_init(len(cpus), (ctypes.c_int * len(cpus))(*cpus))

    def addeventset(self, text):
        return self.lib.perfmon_addEventSet(text.encode())

    def setup(self, group):
        return self.lib.perfmon_setupCounters(group)

    def start(self):
        return self.lib.perfmon_startCounters()

    def stop(self):
        return self.lib.perfmon_stopCounters()

    def getnumberofevents(self, group):
        return self.lib.perfmon_getNumberOfEvents(group)

    def getresult(self, group, event, thread):
        return self.lib.perfmon_getResult(group, event, thread)

    def finalize(self):
        self.lib.perfmon_finalize()


def expected():
    figures = {}
    for line in pathlib.Path("/sys/devices/sim/workload").read_text().splitlines():
        words = line.split("#")[0].split()
        if len(words) == 4 and words[0] in ("cpu", "socket"):
            figures[int(words[1]), words[2]] = float(words[3]) * SECONDS
    return figures


def main():
    likwid = Library()
    cpus, wrong = [0, 1], []
    likwid.inittopology()
    if likwid.init(cpus) != 0:
        print("init failed")
        return 1
    group = likwid.addeventset(",".join(EVENTS))
    if group < 0 or likwid.setup(group) < 0 or likwid.start() < 0:
        print(f"no group of events: {group}")
        return 1
    pathlib.Path("/sys/devices/sim/clock").write_text(f"+{SECONDS}s")
    likwid.stop()
    figures = expected()
    for thread, cpu in enumerate(cpus):
        values = [likwid.getresult(group, i, thread) for i in range(len(EVENTS))]
        for what, measured, wanted in (
                ("instructions", values[0], figures[cpu, "instructions_per_second"]),
                ("cycles", values[1], figures[cpu, "cycles_per_second"]),
                ("joules", values[2], figures[cpu, "package_watts"]),
                ("bytes read", 64 * sum(values[3:]), figures[cpu, "memory_read_bytes_per_second"])):
            if abs(measured - wanted) > 1e-3 * wanted:
                wrong.append(f"CPU {cpu}: {what}: {measured} and not {wanted}")
    # LIKWID adds a fixed counter of its own
    if likwid.getnumberofevents(group) < len(EVENTS):
        wrong.append(f"only {likwid.getnumberofevents(group)} events")
    likwid.finalize()
    print("\n".join(wrong))
    return bool(wrong)


sys.exit(main())
