#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""msrctl top at a terminal of ours, on a node whose clock is moved by hand: what it shows is what
the node's workload says, and whatever ends it leaves registers and terminal as they were.

usage: top.py FUSE-MSR FIXTURE MSRCTL MSRD [PART...]
"""
import os
import re
import signal
import subprocess
import sys
import time

from terminals import PATIENCE_S, Terminal, begin_on_node, move

WORKLOAD = "/sys/devices/sim/workload"

n_failed = 0


def check(sentence, holds, about=""):
    global n_failed
    print("ok:" if holds else "FAILED:", sentence)
    if not holds:
        n_failed += 1
        print(about)


def expected():
    """{(scope, number, figure): value} of the workload."""
    figures = {}
    with open(WORKLOAD, encoding="ascii") as lines:
        for line in lines:
            words = line.split("#")[0].split()
            if len(words) == 4 and words[0] in ("cpu", "socket"):
                figures[words[0], int(words[1]), words[2]] = float(words[3])
    for (scope, number, name), cycles in list(figures.items()):
        if name == "cycles_per_second":
            figures[scope, number, "cpi"] = cycles / figures[scope, number, "instructions_per_second"]
    return figures


def figure(value):
    """Four digits and a prefix."""
    for prefix in ("", " k", " M", " G"):
        if abs(value) < 9999.5:
            break
        value /= 1000
    size = abs(value)
    n = 3 if size < 9.9995 else 2 if size < 99.995 else 1 if size < 999.95 else 0
    return f"{value:.{n}f}{prefix}"


class Node:
    def __init__(self, msrctl, msrd):
        self.msrctl, self.msrd = msrctl, msrd

    def top(self, *arguments, **options):
        # as long as nobody presses Enter an interval does not end
        return Terminal([self.msrctl, "top", "--daemon", self.msrd, "-i", "3600", *arguments], **options)

    def run(self, *arguments, **environment):
        return subprocess.run([self.msrctl, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL,
            env={**os.environ, **environment}, timeout=PATIENCE_S, check=False)

    def registers(self):
        done = [self.run("read", "--daemon", self.msrd, *what) for what in (
            ["0x38d", "0x38f", "0x309", "0x30a", "0x30b", "0x186", "0x187", "0x188", "0x189"],
            ["-u", "imc", "0xf4", "0xd8", "0xdc", "0xe0", "0xe4", "0xa0", "0xa8", "0xb0", "0xb8"])]
        assert all(one.returncode == 0 for one in done), done
        return [one.stdout for one in done]


def interval(top, seconds=1):
    """One that lasts so long on the node, by its clock."""
    move(seconds)
    top.press("\n")
    return top.shows(rf"last {seconds}\.000 s")


def column(top, heading, width):
    """The figures below a heading, which end where it ends."""
    lines = top.lines()
    for y, line in enumerate(lines):
        x = line.find(heading)
        if x >= 0:
            end = x + len(heading)
            return [row[end - width:end].strip() for row in lines[y + 1:top.rows - 2] if row]
    return []


def show_figures(node):
    top = node.top()
    check("before the first interval is over it says so", top.shows("the first interval is measured"))
    check("an interval ends with Enter", interval(top), top.text())
    figures, text = expected(), top.text()
    check("the screen has what is asked for: 80 x 24 with two sockets", top.is_whole() and
        re.search(r"^ 2 sockets, 16 CPUs  daemon msrd .* every 3600 s, last 1.000 s", text, re.M), text)
    check("... who and what", re.search(r"^ msrctl top  \S+  Intel.* E5-2680 .*\d\d:\d\d:\d\d$", text, re.M), text)
    for socket in 0, 1:
        wanted = [figure(figures["socket", socket, name]) for name in ("memory_read_bytes_per_second",
            "memory_write_bytes_per_second", "package_watts", "dram_watts")]
        check(f"bandwidth and watts of socket {socket} are the workload's: {wanted}",
            re.search(rf"^ *{socket} +" + " +".join(wanted) + r" +\d+ ", text, re.M), text)
    for cpu in range(12):
        wanted = [figure(figures["cpu", cpu, name]) for name in ("instructions_per_second", "cpi")]
        check(f"instructions and CPI of CPU {cpu} are the workload's: {wanted}",
            re.search(rf"^ *{cpu} +{cpu // 8} +100.0 █+ \d+ +" + " +".join(wanted), text, re.M), text)
    check("what it shows besides is what the thermometers show",
        column(top, "TEMP C", 6)[:1] == ["63"], text)
    check("a time that has not passed is no interval", still(top), top.text())
    interval(top, 2)
    check("bars and lines go on", re.search(r"memory █+ +██ of 33.00 G B/s$", top.text(), re.M), top.text())
    show_order(top)
    show_pause(top)
    show_views(top)
    show_sizes(top)
    top.press("q")
    check("q ends it with 0", top.end() == 0)
    check("... with the terminal as it was", top.modes() == top.before)


def still(top):
    before = top.text()
    top.press("\n")
    top.read(0.5)
    return re.sub(r"\d\d:\d\d:\d\d", "", top.text()) == re.sub(r"\d\d:\d\d:\d\d", "", before)


def cpus(top):
    return [int(name) for name in column(top, "CPU SKT", 7) if re.match(r"\d+ +\d+$", name)
        for name in [name.split()[0]]]


def show_order(top):
    figures = expected()
    by_instructions = sorted(range(16), key=lambda cpu: -figures["cpu", cpu, "instructions_per_second"])
    check("CPUs stand in their order", cpus(top) == list(range(12)), top.text())
    top.press("ssss")
    top.shows(rf"CPU SKT.*\n *{by_instructions[0]} ")
    check("s sorts by the next column: INSTR/S, the most first", cpus(top) == by_instructions[:12], top.text())
    top.press("r")
    top.shows(rf"CPU SKT.*\n *{by_instructions[-1]} ")
    check("r reverses it", cpus(top) == by_instructions[::-1][:12], top.text())
    top.press("rSSSS")
    top.shows(r"CPU SKT.*\n *0 ")
    check("S goes back", cpus(top) == list(range(12)), top.text())
    top.press("\x1b[B\x1b[B")
    top.shows(r"CPU SKT.*\n *2 ")
    check("arrows scroll", cpus(top) == list(range(2, 14)), top.text())
    top.press("\x1b[6~")
    top.shows(r"CPU SKT.*\n *4 ")
    check("... to the end and not beyond", cpus(top) == list(range(4, 16)), top.text())
    top.press("\x1b[5~")
    top.shows(r"CPU SKT.*\n *0 ")


def show_pause(top):
    top.press(" ")
    check("space stops it", top.shows("PAUSED"), top.text())
    before = top.text()
    move(7)
    top.press("\n")
    top.read(0.5)
    check("... time goes on, and what is seen does not",
        re.sub(r"\d\d:\d\d:\d\d", "", top.text()) == re.sub(r"\d\d:\d\d:\d\d", "", before), top.text())
    move(5)
    top.press(" ")
    top.shows("every 3600 s")
    check("... and what it did not see is in no figure", interval(top, 3), top.text())


def show_views(top):
    top.press("c")
    check("c shows cores", top.shows(r"^CORE SKT") and len(re.findall(r"^ *\d +[01] +100.0", top.text(), re.M)) == 12,
        top.text())
    top.press("c")
    check("... and sockets", top.shows(r"^SOCKET.*\n +0 +24.00 G.*\n +1 +18.00 G") and "BUSY" not in top.text(), top.text())
    top.press("c")
    check("... and CPUs again", top.shows("^CPU SKT"), top.text())
    top.press("+")
    check("+ and - change the interval", still_shows(top, r"every 3600 s"), top.text())
    top.press("-")
    top.shows("every 60 s")
    check("... to the next of the usual ones", top.shows("every 60 s"), top.text())
    top.press("?")
    check("? explains the keys", top.shows("space +stop the screen") and top.is_whole(), top.text())
    top.press("x")
    top.shows("^CPU SKT")
    top.press("w")
    check("w says that nothing is unknown", top.shows("all figures are known"), top.text())
    top.press("q")
    check("q leaves a page, and not the program", top.shows("^CPU SKT"), top.text())


def still_shows(top, pattern):
    top.read(0.3)
    return re.search(pattern, top.text()) is not None


def show_sizes(top):
    for rows, columns, pattern in ((40, 132, r"^ *15 +1 "), (12, 50, r"^ *2 +0 +100.0"),
            (8, 80, "needs 40 x 10"), (10, 40, r"^ *1 +0 +100.0"), (24, 80, r"^ *11 +1 ")):
        top.resize(rows, columns)
        check(f"it can be {columns} x {rows}", top.shows(pattern) and (top.is_whole() or rows < 10), top.text())


def show_group(node):
    before = node.registers()
    top = node.top()
    top.shows("the first interval")
    top.press("g")
    check("g lists the groups", top.shows("^ > none") and "  memory  " in top.text() and top.is_whole(), top.text())
    for _ in range(10):
        top.press("\x1b[B")
    top.shows("^ > memory")
    top.press("\n")
    check("a group is chosen with Enter", top.shows("^ group memory"), top.text())
    check("... and measured beside all else", interval(top), top.text())
    text = top.text()
    check("... exactly", top.is_whole() and re.search(
        r"READ BANDWIDTH B/s +WRITE BANDWIDTH B/s +BANDWIDTH B/s +VOLUME B\n"
        r"socket 0 +24.00 G +9000 M +33.00 G +33.00 G\nsocket 1 +18.00 G +12.00 G +30.00 G +30.00 G$",
        text, re.M), text)
    check("... which are still there", re.search(r"^ +0 +24.00 G +9000 M +95.50 +21.50 ", text, re.M), text)
    top.press("g\x1b[A\x1b[A\x1b[A\x1b[A\n")
    check("another one takes its place", top.shows("^ group (?!memory)"), top.text())
    top.press("g" + "\x1b[A" * 12 + "\n")
    top.shows("^CPU SKT")
    check("none is a choice, too", top.shows("^CPU SKT") and "group " not in top.text().replace("g group", ""), top.text())
    top.press("q")
    check("it ends well", top.end() == 0)
    check("... and what all of them programmed is put back", node.registers() == before)
    top = node.top("-g", "clock")
    check("-g begins with a group", top.shows("^ group clock") and interval(top), top.text())
    check("... whose figures are the workload's", re.search(r"^ *cpu 0 +1.176 +0.850 +3100 +100.0 +2635 M$", top.text(),
        re.M), top.text())
    top.press("q")
    top.end()
    check("... and puts back", node.registers() == before)


def show_ends(node):
    before = node.registers()
    for name in "SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGPIPE":
        top = node.top("-c", "0", "-g", "memory")
        top.shows("^ group memory")
        check(f"registers are programmed before {name}", node.registers() != before)
        os.kill(top.pid, getattr(signal, name))
        check(f"{name} ends it with 0", top.end() == 0, top.text())
        check("... the terminal is as it was, and its other screen gone",
            top.modes() == top.before and b"\x1b[?1049l" in top.seen[-64:], repr(top.seen[-80:]))
        check("... and so are the registers", node.registers() == before)
    for key in "\x03", "\x1c":
        top = node.top("-c", "0")
        top.shows("the first interval")
        top.press(key)
        check(f"the key {key!r} is a signal", top.end() == 0 and top.modes() == top.before)
    top = node.top("-c", "0")
    top.shows("the first interval")
    os.close(top.fd)
    deadline = time.monotonic() + PATIENCE_S
    while os.waitpid(top.pid, os.WNOHANG)[0] == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    check("a terminal that is gone ends it", time.monotonic() < deadline)
    check("... with the registers put back", node.registers() == before)
    top = node.top("-c", "0")
    top.shows("the first interval")
    # Ctrl-S: nobody reads any more what it shows
    top.press("\x13")
    time.sleep(0.1)
    os.kill(top.pid, signal.SIGWINCH)
    os.kill(top.pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_S
    while node.registers() != before and time.monotonic() < deadline:
        time.sleep(0.05)
    check("a terminal whose output is stopped keeps no register from being put back", node.registers() == before)
    top.press("\x11")
    check("... and it ends as soon as it goes on", top.end() == 0 and top.modes() == top.before)


def show_daemons_end(node):
    before = node.registers()
    top = node.top("-c", "0")
    top.shows("the first interval")
    with open(f"/proc/{top.pid}/task/{top.pid}/children", encoding="ascii") as children:
        for child in children.read().split():
            os.kill(int(child), signal.SIGKILL)
    top.press("\n")
    status = top.end()
    said = top.seen.split(b"\x1b[?1049l")[-1].decode()
    check("a daemon that is gone ends it with 1", status == 1, f"{status} {said}")
    check("... it is said, on the screen that was there before", "msrctl: the daemon" in said, said)
    check("... the terminal is as it was", top.modes() == top.before)
    check("... and another daemon puts the registers back", node.registers() == before)


def show_stop(node):
    before = node.registers()
    shell = Terminal(["bash", "--norc", "--noprofile", "-i"], PS1="inside> ")
    shell.shows("^inside>$")
    shell.press("stty -g\n")
    shell.shows(r"^[0-9a-f]+:[0-9a-f:]+$")
    modes = re.search(r"^[0-9a-f]+:[0-9a-f:]+$", shell.text(), re.M)[0]
    shell.press(f"clear; {node.msrctl} top --daemon {node.msrd} -c 0 -i 3600\n")
    check("a shell runs it", shell.shows("the first interval"), shell.text())
    shell.press("\x1a")
    check("Ctrl-Z stops it", shell.shows(r"Stopped"), shell.text())
    shell.press("stty -g\n")
    check("... with the terminal as it was", shell.shows("^" + re.escape(modes) + "$"), shell.text())
    move(3)
    shell.press("clear\n")
    shell.shows("^inside>$")
    shell.press("fg\n")
    check("it goes on", shell.shows("^ q quit") and shell.shows("^CPU SKT"), shell.text())
    check("... without the time that it was stopped", interval(shell), shell.text())
    check("... with its figures", re.search(r"^ +0 +24.00 G +9000 M +95.50 ", shell.text(), re.M), shell.text())
    shell.press("q")
    shell.shows("^inside>$")
    shell.press("echo st''atus $?; stty -g\n")
    check("... and ends well", shell.shows("status 0\n" + re.escape(modes)), shell.text())
    shell.press("exit\n")
    shell.end()
    check("... with the registers as they were", node.registers() == before)


def show_terminals(node):
    for term in "xterm", "screen", "vt100", "linux":
        top = node.top("-c", "0", TERM=term)
        check(f"it is at home at {term}", top.shows("the first interval") and interval(top) and top.is_whole() and
            re.search(r"^ +0 +24.00 G +9000 M +95.50", top.text(), re.M), top.text())
        top.press("q")
        check("... and leaves as it came", top.end() == 0 and top.modes() == top.before)
    top = node.top("-c", "0", LC_ALL="C")
    top.shows("the first interval")
    interval(top)
    check("without UTF-8 it draws with ASCII", top.shows(r"memory \|+ .*# of 33.00 G")
        and top.seen.isascii(), top.text())
    top.press("q")
    top.end()
    coloured = re.compile(rb"\x1b\[[\d;]*3[1-7]m")
    for no in "", "1":
        top = node.top("-c", "0", NO_COLOR=no)
        top.shows("the first interval")
        interval(top)
        check("colours" if not no else "... and none with NO_COLOR", bool(coloured.search(top.seen)) == (not no))
        top.press("q")
        top.end()
    for term, said in (("dumb", "TERM=dumb cannot move its cursor"), ("nobodys", "no such terminal is known"),
            ("", "TERM is not set")):
        top = node.top("-c", "0", TERM=term)
        check(f"TERM={term} is refused", top.end() == 2 and said in " ".join(top.lines()), top.text())
    done = node.run("top", "--daemon", node.msrd)
    check("without a terminal it points to stat", done.returncode == 2 and "msrctl stat" in done.stderr, done.stderr)
    for arguments, said in ((["-i", "0"], "-i 0: 0.05 to 86400 seconds"), (["--json"], "msrctl stat --json"),
            (["make"], "msrctl stat -- make"), (["-n", "x"], "no number of intervals")):
        done = node.run("top", *arguments)
        check(f"top {' '.join(arguments)} is wrong usage", done.returncode == 2 and said in done.stderr, done.stderr)
    top = node.top("-g", "memor")
    check("a group that is not there is, too", top.end() == 2 and "did you mean memory?" in " ".join(top.lines()),
        top.text())


def main():
    msrctl, msrd, *names = begin_on_node(sys.argv)
    # what is ignored stays so, and a shell ignores them for what it starts behind it
    for number in (signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    node = Node(msrctl, msrd)
    parts = show_figures, show_group, show_ends, show_daemons_end, show_stop, show_terminals
    for part in [part for part in parts if part.__name__ in names or not names]:
        print(f"-- {part.__name__}", flush=True)
        part(node)
    return n_failed > 0


sys.exit(main())
