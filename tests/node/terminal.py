#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A shell on the node at a terminal, that a shell outside has the node at.

usage: terminal.py FUSE-MSR run FIXTURE
"""
import os
import pty
import re
import select
import shlex
import sys
import time


def expect(fd, pattern, seen=b"", timeout_s=15):
    """Reads until the pattern comes; what came after it."""
    deadline = time.monotonic() + timeout_s
    while not (match := re.search(pattern, seen, re.DOTALL)):
        ready, _, _ = select.select([fd], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            sys.exit(f"waited for {pattern!r}, and there was {seen!r}")
        try:
            seen += os.read(fd, 4096)
        except OSError:
            sys.exit(f"end while waiting for {pattern!r}; there was {seen!r}")
    return seen[match.end():]


def say(fd, text):
    os.write(fd, text.encode())


def main():
    node = shlex.join(sys.argv[1:]) + " -- env PS1='inside> ' bash --norc -i"
    pid, fd = pty.fork()
    if pid == 0:
        os.environ["PS1"] = "outside> "
        os.execvp("bash", ["bash", "--norc", "-i"])
    expect(fd, rb"outside> $")

    # ^C ends what the inner shell runs, and not the shell
    say(fd, node + "\n")
    expect(fd, rb"inside> $")
    say(fd, "sh -c 'echo be''gun; exec sleep 1000'\n")
    expect(fd, rb"begun\r\n")
    say(fd, "\x03")
    expect(fd, rb"inside> $")
    say(fd, "echo st''atus $?\n")
    expect(fd, rb"status 130\r\n.*inside> $")

    # ^Z stops it, the shell sees that, and it can go on
    say(fd, "sh -c 'echo be''gun; exec sleep 1000'\n")
    expect(fd, rb"begun\r\n")
    say(fd, "\x1a")
    expect(fd, rb"Stopped.*inside> $")
    say(fd, "bg; kill %1; wait %1; echo st''atus $?\n")
    expect(fd, rb"status 143\r\n")
    say(fd, "exit 5\n")
    expect(fd, rb"outside> $")
    say(fd, "echo st''atus $?\n")
    expect(fd, rb"status 5\r\n.*outside> $")

    # fuse-msr itself and what runs on it are one job of the outer shell. It does not read: who is
    # stopped while reading may still take the next line
    command = 'trap "echo we""nt on" CONT; echo be""gun; sleep 1000 & wait; wait'
    say(fd, shlex.join([*sys.argv[1:], "--", "sh", "-c", command]) + "\n")
    expect(fd, rb"begun\r\n")
    say(fd, "\x1a")
    expect(fd, rb"Stopped.*outside> $")
    say(fd, "fg\n")
    expect(fd, rb"went on\r\n")
    say(fd, "\x03")
    expect(fd, rb"outside> $")
    say(fd, "echo st''atus $?\n")
    expect(fd, rb"status 130\r\n.*outside> $")

    # a shell without job control does not take the terminal back by itself
    script = node + "; head -n 1; echo e''nd $?"
    say(fd, f"sh -c {shlex.quote(script)}\n")
    expect(fd, rb"inside> $")
    say(fd, "exit\n")
    expect(fd, rb"exit\r\n.*exit\r\n")
    say(fd, "a line\n")
    expect(fd, rb"a line\r\na line\r\nend 0\r\n")
    say(fd, "exit\n")
    os.waitpid(pid, 0)


main()
