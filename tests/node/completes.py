#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a shell at a terminal makes of lines and a TAB each: it has to go on with a text.

usage: completes.py SCRIPT SHELL COMMAND... <LINES; a line is SENTENCE|LINE|TEXT. COMMAND is before the
shell's: a node has no terminals.
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
    return text in seen or print(f"{text!r} is not in {seen!r}")


def main():
    script, shell, *command = sys.argv[1:]
    command += COMMANDS[shell]
    is_wrong = False
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "dumb"
        os.execvp(command[0], command)
    os.write(terminal, READY[shell].format(script).encode())
    wait_for(terminal, "ready> ")
    for example in sys.stdin.read().splitlines():
        sentence, line, text = example.split("|")
        # what was typed is echoed as well: what follows it is the shell's
        os.write(terminal, (line + "\t").encode())
        is_there = wait_for(terminal, text)
        print("ok:" if is_there else "FAILED:", shell, sentence)
        is_wrong |= not is_there
        os.write(terminal, b"\x15\n")  # the line away
        wait_for(terminal, "ready> ")
    os.close(terminal)
    os.waitpid(pid, 0)
    return is_wrong


sys.exit(main())
