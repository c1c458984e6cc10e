# SPDX-License-Identifier: MIT
"""Programs at terminals of ours, on a node whose clock is moved by hand."""
import fcntl
import os
import re
import select
import signal
import socket
import struct
import sys
import termios
import time

import vt

CLOCK = "/sys/devices/sim/clock"
PATIENCE_S = 20
ROWS, COLUMNS = 24, 80

# terminals come from outside: there are none to be had on the node
terminals = None


def new_terminal():
    terminals.send(b"?")
    _, fds, _, _ = socket.recv_fds(terminals, 1, 2)
    for fd in fds:
        os.set_inheritable(fd, False)
    return fds


def serve_terminals(asked):
    while asked.recv(1):
        fds = os.openpty()
        socket.send_fds(asked, [b"!"], fds)
        for fd in fds:
            os.close(fd)


class Terminal:
    """A program at a terminal, and what it shows there."""

    def __init__(self, argv, rows=ROWS, columns=COLUMNS, **environment):
        self.screen = vt.Screen(columns, rows)
        self.stream = vt.Stream(self.screen)
        self.seen = b""
        self.is_open = True
        self.rows, self.columns = rows, columns
        self.fd, slave = new_terminal()
        self.resize(rows, columns)
        self.before = self.modes()
        self.pid = os.fork()
        if self.pid == 0:
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for fd in range(3):
                os.dup2(slave, fd)
            os.environ.update({"TERM": "xterm", "LC_ALL": "C.UTF-8", **environment})
            os.execvp(argv[0], argv)
        os.close(slave)

    def resize(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.screen.resize(rows, columns)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds=0.05):
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        self.is_open = bool(data)
        self.seen += data
        self.stream.feed(data)
        return self.is_open

    def press(self, keys):
        os.write(self.fd, keys.encode())

    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    def text(self):
        return "\n".join(self.lines())

    def holds(self, condition):
        """Waits for it, and for the rest of the screen."""
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > deadline or not self.is_open:
                return False
            self.read()
        while self.is_open and self.read():
            pass
        return condition()

    def shows(self, pattern):
        return self.holds(lambda: re.search(pattern, self.text(), re.M) is not None)

    def is_whole(self):
        """Nothing was so wide or so long that the screen scrolled: the first line is, and the last."""
        lines = self.lines()
        return lines[0].startswith(" msrctl top  ") and lines[-1].startswith(" q quit  h help")

    def end(self):
        """Its exit status, or minus the signal; what it still says is seen."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            self.read()
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                while self.is_open and self.read(0.1):
                    pass
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        return "it does not end"

    def modes(self):
        return termios.tcgetattr(self.fd)


def move(seconds):
    with open(CLOCK, "w", encoding="ascii") as clock:
        clock.write(f"+{seconds}s\n")


def run_on_node(fuse_msr, fixture, *programs):
    """The script goes on there; its terminals are made here."""
    here, there = socket.socketpair()
    if os.fork() == 0:
        there.close()
        serve_terminals(here)
        os._exit(0)
    here.close()
    there.set_inheritable(True)
    os.execv(fuse_msr, [fuse_msr, "run", "--clock=manual", "--daemon", programs[1], fixture, "--",
        sys.executable, "-B", sys.argv[0], "--on-node", str(there.fileno()), *programs])


def begin_on_node(arguments):
    """Of SCRIPT FUSE-MSR FIXTURE MSRCTL MSRD...: all from MSRCTL on, where it is on the node."""
    global terminals
    if arguments[1] != "--on-node":
        run_on_node(*arguments[1:])
    terminals = socket.socket(fileno=int(arguments[2]))
    terminals.set_inheritable(False)
    return arguments[3:]
