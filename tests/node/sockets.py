#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fixtures with sockets unlike the shipped one's, and figures by socket.

usage: sockets.py make CASE FROM TO           a changed copy of the fixture FROM
       sockets.py figure FILE SOCKET NAME     a figure of `msrctl stat --json`, or null
       sockets.py packages FILE               BUS=PACKAGE of each bus of `msrctl info --json`
"""
import json
import pathlib
import re
import shutil
import sys


def functions(text):
    """pci.txt as (address, block) in its order; what stands before the first is comment."""
    blocks = re.split(r"(?m)^(?=[0-9a-f]{4}:[0-9a-f]{2}:)", text)
    return blocks[0], [(block.split(" ", 1)[0], block.rstrip("\n") + "\n\n") for block in blocks[1:]]


def edit(folder, name, change):
    path = folder / name
    text = path.read_text()
    changed = change(text)
    assert changed != text, f"{name} is as it was"
    path.unlink()
    path.write_text(changed)


def offline(folder):
    edit(folder, "node.yaml", lambda text: text.replace("topology:\n", 'topology:\n  offline: "0-7"\n'))


def without(pattern):
    def change(text):
        head, blocks = functions(text)
        return head + "".join(block for address, block in blocks if not re.search(pattern, address))
    return lambda folder: edit(folder, "pci.txt", change)


def two_buses(folder):
    """The rings' PCIe side of each socket moves to an I/O-side bus with a UBOX of its own."""
    def change(text):
        head, blocks = functions(text)
        moved = []
        for address, block in blocks:
            bus = address[5:7]
            if re.search(r":(7f|ff):13\.1", address):
                moved.append((address.replace(bus, {"7f": "3f", "ff": "bf"}[bus], 1), block))
            else:
                moved.append((address, block))
            if re.search(r":(7f|ff):0b\.0", address):
                moved.append((address.replace(bus, {"7f": "3f", "ff": "bf"}[bus], 1), block))
        moved = [(address, address + " " + block.split(" ", 1)[1]) for address, block in moved]
        return head + "".join(block for _, block in sorted(moved))
    edit(folder, "pci.txt", change)


def swapped(folder):
    """The higher bus is package 0's: nothing but the UBOX and its own address map say so."""
    def change(text):
        head, blocks = functions(text)
        out = []
        for address, block in blocks:
            if re.search(r":7f:0b\.0", address):
                block = re.sub(r"(?m)^40: \w\w", "40: 01", block)
            if re.search(r":ff:0b\.0", address):
                block = re.sub(r"(?m)^40: \w\w", "40: 00", block)
            out.append(block)
        return head + "".join(out)
    edit(folder, "pci.txt", change)


def guest(folder):
    """What KVM answers of the base clock and of energy."""
    edit(folder, "msr.txt", lambda text: re.sub(
        r"(?mi)^(\S+\s+)(0x0*ce|0x0*606)(\s+)\S+",
        lambda m: f"{m[1]}{m[2]}{m[3]}" + ("0x80000000" if "ce" in m[2].lower() else "0x0"), text))


def gap(folder):
    """Package 1 is not there, and CPUs 8 to 15 are called 16 to 23: of package 2."""
    moved = {str(cpu): str(cpu + 8) for cpu in range(8, 16)}

    def cpus(text):
        return re.sub(r"\b(8|9|1[0-5])\b", lambda m: moved[m[1]], text)

    def ubox(text):
        head, blocks = functions(text)
        return head + "".join(
            re.sub(r"(?m)^(50: (?:\w\w ){4})\w\w", r"\g<1>78", block)
            if re.search(r":0b\.0", address) else block for address, block in blocks)

    edit(folder, "node.yaml", lambda text: re.sub(
        r"(number: )1(, cpus: )8-15", r"\g<1>2\g<2>16-23", text.replace(
            "  packages: 2\n", '  packages: 3\n  absent: "8-15"\n')).replace("node: 1}", "node: 2}"))
    edit(folder, "msr.txt", lambda text: re.sub(r"(?m)^([0-9,-]+)(?=\s+0x)", lambda m: cpus(
        m[1].replace("0-15", "0-7,8-15").replace("1-15", "1-7,8-15")), text))
    edit(folder, "workload.yaml", lambda text: re.sub(
        r"(\bpackages: )1\b", r"\g<1>2", re.sub(r"(\bcpus: )([0-9,-]+)", lambda m: m[1] + cpus(m[2]), text)))
    edit(folder, "pci.txt", ubox)


CASES = {
    "gap": gap,
    "offline": offline,
    "no-ubox": without(r":(7f|ff):0b\.0"),
    "nothing": without(r":(7f|ff):0b\.0|:(00|80):05\.0"),
    "one-ubox": without(r":7f:0b\.0|:(00|80):05\.0"),
    "two-buses": two_buses,
    "swapped": swapped,
    "guest": guest,
}


def make(case, source, target):
    folder = pathlib.Path(target)
    shutil.copytree(source, folder)
    CASES[case](folder)


def figure(path, socket, name):
    for row in json.loads(pathlib.Path(path).read_text())["sockets"]:
        if str(row["socket"]) == socket:
            value = row[name]
            print("null" if value is None else f"{float(value):.15g}")


def packages(path):
    info = json.loads(pathlib.Path(path).read_text())
    print(" ".join(f"{bus['bus'][-2:]}={'-' if bus['socket'] is None else bus['socket']}" for bus in info["buses"]))


{"make": make, "figure": figure, "packages": packages}[sys.argv[1]](*sys.argv[2:])
