#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints every MSR that can be read, of every CPU, and every byte of config space.

usage: registers.py
"""
import os
import pathlib

# where MSRs are: the architecture's, and those of AMD64 (SYSCALL, GS base, …)
RANGES = [range(0x0, 0x1000), range(0xC0000000, 0xC0000200)]

for cpu in sorted(pathlib.Path("/dev/cpu").glob("[0-9]*"), key=lambda path: int(path.name)):
    fd = os.open(cpu / "msr", os.O_RDONLY)
    for register in (number for numbers in RANGES for number in numbers):
        try:
            value = int.from_bytes(os.pread(fd, 8, register), "little")
        except OSError:
            continue
        print(f"cpu {cpu.name} {register:#x} {value:#x}")
    os.close(fd)
for function in sorted(pathlib.Path("/sys/bus/pci/devices").iterdir()):
    for name in ["vendor", "device", "class", "numa_node"]:
        print(function.name, name, (function / name).read_text().strip())
    print(function.name, (function / "config").read_bytes().hex(" "))
