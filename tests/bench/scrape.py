#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""On a node: the CPU time that a scrape of msrctl export takes, its daemon's with it, and of node_exporter, in turns.
Fails where ours is not the lower one. Who simulates the node is not reckoned to either.

usage: scrape.py MSRCTL MSRD NODE_EXPORTER ROUNDS
"""
import http.client
import pathlib
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "node"))
from exporter import Exporter, wait_until  # noqa: E402


def cpu_ns(pids):
    return sum(int(path.read_text().split()[0]) for pid in pids
        for path in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"))


def get(address):
    connection = http.client.HTTPConnection(*address, timeout=60)
    connection.request("GET", "/metrics")
    answer = connection.getresponse()
    assert answer.status == 200, answer.status
    text = answer.read().decode()
    connection.close()
    return text


def is_there(address):
    try:
        return get(address)
    except OSError:
        return None


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def n_samples(text):
    return sum(1 for line in text.splitlines() if line and not line.startswith("#"))


def main():
    msrctl, msrd, node_exporter, rounds = *sys.argv[1:4], int(sys.argv[4])
    theirs = ("127.0.0.1", free_port())
    with Exporter(msrctl, "--daemon", msrd, "export", "--listen", "127.0.0.1:0") as ours, \
            subprocess.Popen([node_exporter, "--web.listen-address=%s:%d" % theirs], stderr=subprocess.DEVNULL) as other:
        try:
            wait_until(lambda: is_there(theirs), "node_exporter")
            first = ours.next_scrape()
            pids, taken = {"msrctl export": [ours.process.pid], "its msrd": ours.daemons(), "node_exporter": [other.pid]}, {}
            taken = dict.fromkeys(pids, 0)
            for _ in range(rounds):
                # ours reads anew after a tenth of a second
                time.sleep(0.11)
                for names, address in ((("msrctl export", "its msrd"), ours.address), (("node_exporter",), theirs)):
                    before = {name: cpu_ns(pids[name]) for name in names}
                    get(address)
                    for name in names:
                        taken[name] += cpu_ns(pids[name]) - before[name]
            last = ours.scrape()
            texts = {"msrctl export": get(ours.address), "node_exporter": get(theirs)}
        finally:
            other.terminate()
    reads = last["msrd_reads_total",] - first["msrd_reads_total",]
    assert reads >= rounds, f"{reads} reads in {rounds} rounds"
    n_cpus = len([key for key in last if key[0] == "msrd_cpu_cycles_total"])
    print(f"CPU time of a scrape, mean of {rounds}, {n_cpus} CPUs on the simulated node:")
    for name, ns in taken.items():
        print(f"  {name:13} {ns / rounds / 1e6:7.2f} ms" +
            (f"  ({n_samples(texts[name])} samples)" if name in texts else ""))
    mine = taken["msrctl export"] + taken["its msrd"]
    print(f"  ours by node_exporter's: {mine / taken['node_exporter']:.2f}")
    if mine >= taken["node_exporter"]:
        print("FAILED: ours is not the lower one")
        return 1
    return 0


sys.exit(main())
