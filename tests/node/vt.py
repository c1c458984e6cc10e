# SPDX-License-Identifier: MIT
"""What a terminal shows: pyte's, with what ncurses writes to an xterm and pyte leaves out."""
import re

import pyte


class Screen(pyte.Screen):
    drawn = " "

    def draw(self, data):
        super().draw(data)
        self.drawn = data[-1:]

    def scroll_up(self, count=1):
        top, bottom = self.margins or pyte.screens.Margins(0, self.lines - 1)
        at = self.cursor.y
        self.cursor.y = bottom
        for _ in range(count or 1):
            self.index()
        self.cursor.y = at

    def scroll_down(self, count=1):
        top, bottom = self.margins or pyte.screens.Margins(0, self.lines - 1)
        at = self.cursor.y
        self.cursor.y = top
        for _ in range(count or 1):
            self.reverse_index()
        self.cursor.y = at

    def repeat(self, count=1):
        self.draw(self.drawn * (count or 1))


class Stream(pyte.ByteStream):
    csi = {**pyte.ByteStream.csi, "S": "scroll_up", "T": "scroll_down", "b": "repeat"}
    events = pyte.ByteStream.events | {"scroll_up", "scroll_down", "repeat"}

    def feed(self, data):
        # a private parameter of these is taken for an argument
        super().feed(re.sub(rb"\x1b\[>[\d;]*[a-z]", b"", data))
