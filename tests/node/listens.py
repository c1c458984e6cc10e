#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""In a network of its own: with all that msrd has at work, what sockets does the network see?

usage: listens.py MSRCTL MSRD
"""
import pathlib
import subprocess
import sys

from exporter import Exporter, wait_until

TABLES = ("tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6", "icmp", "icmp6", "packet")
LISTENING = "0A"


def sockets():
    """(table, local address, state) of all that is not over yet"""
    found = []
    for table in TABLES:
        path = pathlib.Path("/proc/net", table)
        lines = path.read_text().splitlines()[1:] if path.exists() else []
        for words in map(str.split, lines):
            state = words[3] if table != "packet" else LISTENING
            # a connection that has ended waits for stragglers
            if state != "06":
                found.append((table, words[1], state))
    return found


def main():
    msrctl, msrd = sys.argv[1:3]
    others, failed = [], False

    def check(sentence, holds):
        nonlocal failed
        print("ok:" if holds else "FAILED:", sentence)
        if not holds:
            failed = True
            print(sockets())

    check("nothing listens in the beginning", sockets() == [])
    try:
        for arguments in (("stat", "-i", "60"), ("watch", "-i", "60", "-c", "0", "0x606"), ("top", "--batch", "-i", "60")):
            others.append(subprocess.Popen([msrctl, "--daemon", msrd, *arguments], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        for other in others:
            children = pathlib.Path(f"/proc/{other.pid}/task/{other.pid}/children")
            wait_until(lambda path=children, one=other: one.poll() is not None or path.read_text().strip(), "a daemon")
        check("stat, watch and top are at work, each with a daemon", all(other.poll() is None for other in others[:2]))
        check("... and the network sees nothing of them", sockets() == [])
        with Exporter(msrctl, "--daemon", msrd, "export", "--memory") as exporter:
            check("msrctl export listens at 127.0.0.1:10606 unless it is told otherwise",
                exporter.ready == "listening at http://127.0.0.1:10606/metrics")
            exporter.scrape()
            address = "0100007F:%04X" % 10606
            check("... and that is all: no other socket listens, to whomever",
                [s for s in sockets() if s[2] == LISTENING or s[0] != "tcp"] == [("tcp", address, LISTENING)])
            status, err = exporter.end()
            check("... until it ends", status == 0 and not err and
                not [s for s in sockets() if s[2] == LISTENING or s[0] != "tcp"])
    finally:
        for other in others:
            other.terminate()
            other.wait()
    return failed


sys.exit(main())
