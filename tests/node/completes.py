#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a shell at a terminal makes of a line and a TAB: it has to make the line end with a text.

usage: completes.py SCRIPT SHELL LINE TEXT COMMAND...; COMMAND is before the shell's: a node has no terminals
"""
import os
import pty
import select
import sys
import time

PATIENCE_S = 40
COMMANDS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
}
READY = {
    "bash": "source '{}'; bind 'set bell-style none'; PS1='re''ady> '\n",
    "zsh": "unsetopt beep; autoload -U compinit && compinit -u -D; source '{}'; PROMPT='re''ady> '\n",
}


def wait_for(terminal, text):
    seen, deadline = "", time.monotonic() + PATIENCE_S
    while text not in seen and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 4096).decode(errors="replace")
    if text not in seen:
        print(f"{text!r} is not in {seen!r}")
        sys.exit(1)


def main():
    script, shell, line, text, *command = sys.argv[1:]
    command += COMMANDS[shell]
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "dumb"
        os.execvp(command[0], command)
    os.write(terminal, READY[shell].format(script).encode())
    wait_for(terminal, "ready> ")
    os.write(terminal, (line + "\t").encode())
    # what was typed is echoed as well: what follows it is the shell's
    wait_for(terminal, text)
    os.close(terminal)
    os.waitpid(pid, 0)


main()
