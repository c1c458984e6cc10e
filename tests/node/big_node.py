#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A fixture as big as machines get: eight sockets, 512 CPUs, each socket another memory traffic.
Or of as many sockets and cores of two threads as are asked for.

Made of what a smaller one says: its registers for every CPU, its uncore functions for every bus.

usage: big_node.py FIXTURE OUT [SOCKETS CORES]
"""
import pathlib
import re
import sys

SOCKETS, CORES = map(int, sys.argv[3:5]) if len(sys.argv) > 3 else (8, 32)
THREADS = 2
CPUS = SOCKETS * CORES * THREADS
BUSES = [0x1F + 0x20 * socket for socket in range(SOCKETS)]


def cpus_of(socket):
    """Threads first, then packages: as Linux numbers them."""
    return ",".join(f"{first}-{first + CORES - 1}"
                    for first in (thread * SOCKETS * CORES + socket * CORES for thread in range(THREADS)))


def node_yaml(text):
    text = re.sub(r"^name: .*", f"name: {SOCKETS} sockets of {CORES} cores, Hyper-Threading on", text, flags=re.M)
    text = re.sub(r"(packages: )\d+", rf"\g<1>{SOCKETS}", text)
    text = re.sub(r"(cores_per_package: )\d+", rf"\g<1>{CORES}", text)
    text = re.sub(r"(threads_per_core: )\d+", rf"\g<1>{THREADS}", text)
    text = re.sub(r"(apic_id_bits: {core: )\d+", r"\g<1>6", text)
    text = re.sub(r"^numa:\n(?:  .*\n)+", "numa:\n" + "".join(
        f"  - {{number: {s}, cpus: \"{cpus_of(s)}\", memory_kib: 67108864, "
        f"distances: [{', '.join('10' if s == other else '21' for other in range(SOCKETS))}]}}\n"
        for s in range(SOCKETS)), text, flags=re.M)
    return re.sub(r"^pci_numa:\n(?:  .*\n)+", "", text, flags=re.M)


def msr_txt(text):
    """CPU 0 and all others: what a line says of some CPUs holds for all of them here."""
    seen, lines = set(), []
    for line in text.splitlines():
        match = re.match(r"([\d,-]+) (0x\S+) (.*)", line)
        # bus numbers are another thing on each socket, and not known of such a machine
        if not match or int(match[2], 16) in seen or "CPU_BUS_NUMBER" in line:
            continue
        if match[1] == "0":
            lines += [line]
            continue
        first = 1 if any(known.startswith(f"0 {match[2]} ") for known in lines) else 0
        seen.add(int(match[2], 16))
        lines.append(f"{first}-{CPUS - 1} {match[2]} {match[3]}")
    return "\n".join(lines) + "\n"


def pci_txt(text):
    functions = [part for part in text.split("\n\n") if part.startswith("0000:7f:")]
    out = []
    for socket, bus in enumerate(BUSES):
        for function in functions:
            if "8086:3ce0" in function.splitlines()[0]:  # the UBOX: its node, and group n is node n
                groups = sum(n << 3 * n for n in range(SOCKETS))
                function = re.sub(r"^40: \w\w", f"40: {socket:02x}", function, flags=re.M)
                function = re.sub(r"^50: ((?:\w\w ){4})\w\w \w\w \w\w", lambda m: "50: " + m[1] + " ".join(
                    f"{byte:02x}" for byte in groups.to_bytes(3, "little")), function, flags=re.M)
            out.append(function.replace("0000:7f:", f"0000:{bus:02x}:", 1))
    return "\n\n".join(out) + "\n"


def workload_yaml():
    lines = ["phases:", "  - name: all of it", "    seconds: 0", "    cpus:"]
    for socket in range(SOCKETS):
        lines.append(f"      - {{cpus: \"{cpus_of(socket)}\", frequency_mhz: {2000 + 100 * socket}, active: 1.0, "
                     f"user: 1.0, instructions_per_cycle: {1 + socket / 10}, temperature_c: 60}}")
    lines.append("    packages:")
    for socket in range(SOCKETS):
        lines += [f"      - packages: {socket}", f"        package_watts: {80 + socket}",
                  "        pp0_watts: 50", f"        dram_watts: {10 + socket}", "        temperature_c: 61",
                  "        boxes:", "          - unit: imc", "            boxes: 0-3", "            rates:",
                  f"              - {{event: 0x04, umask: 0x03, per_second: {(socket + 1) * 1e7}, name: CAS_COUNT.RD}}",
                  f"              - {{event: 0x04, umask: 0x0c, per_second: {(socket + 1) * 2e6}, name: CAS_COUNT.WR}}"]
    return "\n".join(lines) + "\n"


def main():
    fixture, out = map(pathlib.Path, sys.argv[1:3])
    out.mkdir(parents=True)
    (out / "node.yaml").write_text(node_yaml((fixture / "node.yaml").read_text()))
    (out / "msr.txt").write_text(msr_txt((fixture / "msr.txt").read_text()))
    (out / "pci.txt").write_text(pci_txt((fixture / "pci.txt").read_text()))
    (out / "workload.yaml").write_text(workload_yaml())


main()
