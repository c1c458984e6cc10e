#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The picture of msrctl top in README: what it shows on a simulated node whose clock is moved by
hand, so that it comes out the same everywhere. Host and time stand for any.

usage: top-picture.py FUSE-MSR FIXTURE MSRCTL MSRD PICTURE.svg
"""
import math
import os
import pathlib
import re
import shutil
import sys
import tempfile
from xml.sax.saxutils import escape

from terminals import Terminal, begin_on_node, move

N_INTERVALS = 44
WIDTH, HEIGHT = 8, 17
MARGIN = 8
PAPER, INK = "#14181d", "#d5d9de"
COLOURS = {"green": "#4fb477", "cyan": "#4aa8c9", "red": "#e0665c"}
LOWER = "▁▂▃▄▅▆▇█"
LEFT = "▏▎▍▌▋▊▉"


def wave(t, period, shift=0.0):
    return 0.5 + 0.5 * math.sin(2 * math.pi * (t / period + shift))


def cpu_lines(t, cpu):
    socket = cpu // 8
    active = round(0.06 + 0.94 * wave(t, 9 + 2 * socket, cpu / 8) ** 2, 2)
    mhz = 3100 if active > 0.5 else 2700
    return [f"      - cpus: {cpu}", f"        frequency_mhz: {mhz}", f"        active: {active}", "        user: 0.9",
        f"        instructions_per_cycle: {0.6 + 0.1 * (cpu % 8):.1f}",
        f"        temperature_c: {42 + round(18 * active)}"]


def socket_lines(t, socket):
    load = wave(t, 13, socket / 3)
    reads = round(24e6 + 76e6 * load)
    return [f"      - packages: {socket}", f"        package_watts: {52 + round(58 * load)}",
        "        pp0_watts: 40", f"        dram_watts: {9 + round(14 * load)}",
        f"        temperature_c: {48 + round(16 * load)}", "        boxes:", "          - unit: imc",
        "            boxes: 0-3", "            rates:",
        f"              - {{event: 0x04, umask: 0x03, per_second: {reads}, name: CAS_COUNT.RD}}",
        f"              - {{event: 0x04, umask: 0x0c, per_second: {reads * 2 // 5}, name: CAS_COUNT.WR}}"]


def workload():
    """Something goes on, and changes from second to second."""
    lines = ["phases:"]
    for t in range(N_INTERVALS + 1):
        lines += [f"  - name: second {t}", "    seconds: 1", "    cpus:"]
        for cpu in range(16):
            lines += cpu_lines(t, cpu)
        lines += ["    packages:"]
        for socket in range(2):
            lines += socket_lines(t, socket)
    return "\n".join(lines) + "\n"


def make_node(fixture, folder):
    """The fixture, with a workload of its own."""
    node = pathlib.Path(folder) / "node"
    shutil.copytree(fixture, node)
    (node / "workload.yaml").write_text(workload())
    return str(node)


def header(cells):
    """Any host at any time."""
    text = "".join(cells)
    text = re.sub(r"^( msrctl top  )\S+", r"\1node7", text)
    text = re.sub(r" +\d\d:\d\d:\d\d *$", "", text)
    return f"{text[:68]:68}   10:31:25 "


def block(x, y, cell):
    """A block element as a rectangle, so that no font has to have it; or None."""
    room = HEIGHT - 3
    if cell in LOWER:
        height = room * (LOWER.index(cell) + 1) / 8
        return f'<rect x="{x}" y="{y + 2 + room - height:.1f}" width="{WIDTH}" height="{height:.1f}"'
    if cell in LEFT:
        return f'<rect x="{x}" y="{y + 2}" width="{LEFT.index(cell) + 1}" height="{room}"'
    return None


def style_of(cell):
    ink, paper = COLOURS.get(cell.fg, INK), PAPER
    if cell.reverse:
        ink, paper = paper, ink
    return ink, paper, cell.bold, cell.underscore


def runs(cells):
    """(first column, text, style) of neighbours that look alike."""
    first = 0
    while first < len(cells):
        end = first + 1
        while end < len(cells) and cells[end][1] == cells[first][1]:
            end += 1
        yield first, "".join(text for text, _ in cells[first:end]), cells[first][1]
        first = end


def draw_words(x, y, text, ink, weight):
    """Word by word, each as wide as it is there, whatever the font."""
    for word in re.finditer(r"[^ " + LOWER + LEFT + r"]+(?: [^ " + LOWER + LEFT + r"]+)*", text):
        yield (f'<text x="{x + WIDTH * word.start()}" y="{y + 13}" textLength="{WIDTH * len(word[0])}" '
            f'fill="{ink}"{weight}>{escape(word[0])}</text>')


def draw_run(column, row, text, style):
    ink, paper, is_bold, is_underlined = style
    x, y = MARGIN + WIDTH * column, MARGIN + HEIGHT * row
    if paper != PAPER:
        yield f'<rect x="{x}" y="{y}" width="{WIDTH * len(text)}" height="{HEIGHT}" fill="{paper}"/>'
    for i, cell in enumerate(text):
        shape = block(x + WIDTH * i, y, cell)
        if shape:
            yield f'{shape} fill="{ink}"/>'
    if is_underlined:
        yield f'<rect x="{x}" y="{y + 15}" width="{WIDTH * len(text)}" height="1" fill="{ink}"/>'
    yield from draw_words(x, y, text, ink, ' font-weight="bold"' if is_bold else "")


def picture(screen):
    width, height = 2 * MARGIN + WIDTH * screen.columns, 2 * MARGIN + HEIGHT * screen.lines
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="monospace" font-size="13">',
        "<title>msrctl top on a simulated node</title>",
        f'<rect width="{width}" height="{height}" rx="6" fill="{PAPER}"/>']
    for row in range(screen.lines):
        cells = [screen.buffer[row][column] for column in range(screen.columns)]
        texts = header([cell.data for cell in cells]) if row == 0 else [cell.data for cell in cells]
        for column, text, style in runs([(text, style_of(cell)) for text, cell in zip(texts, cells)]):
            lines += draw_run(column, row, text, style)
    return "\n".join([*lines, "</svg>"]) + "\n"


def main():
    if sys.argv[1] != "--on-node":
        # it ends with the node that goes on from here
        folder = tempfile.mkdtemp(dir=os.environ.get("TMPDIR"))
        if os.fork() > 0:
            status = os.waitstatus_to_exitcode(os.wait()[1])
            shutil.rmtree(folder)
            return status
        sys.argv[2] = make_node(sys.argv[2], folder)
    msrctl, msrd, path = begin_on_node(sys.argv)
    top = Terminal([msrctl, "top", "--daemon", msrd, "-i", "1000"])
    top.shows("the first interval")
    top.press("ss")
    for _ in range(N_INTERVALS):
        before = top.lines()[1:]
        move(1)
        top.press("\n")
        # no two seconds are alike
        if not top.holds(lambda: top.lines()[1:] != before):
            print(top.text())
            return 1
    # to a second, as it is without -i; on this node none passes any more
    top.press("-----")
    top.shows("every 1 s")
    text = picture(top.screen)
    top.press("q")
    status = top.end()
    pathlib.Path(path).write_text(text)
    return status


sys.exit(main())
