#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when an address, id, event code or width of a CPU model stands outside src/arch/MODEL.

A number in the rooms that is written in hexadecimal with three digits or more, or that the
models' folders have as well, or that is the width of a counter, has to be listed here with
the reason why it is no fact of a model.

usage: facts.py SOURCE-ROOT
"""
import pathlib
import re
import sys

# Widths of counters and of config space that tell models apart.
WIDTHS = {"36", "44", "48"}

# file (or * for everywhere): literals, reason
ALLOWED = {
    "*": {
        "0x8086": "the vendor id of all of Intel's PCI functions",
        "0xff": "a byte",
        "0xffff": "16 bits",
        "0xffffffff": "32 bits",
    },
    "src/policy/allowlist.c": {"0xfff": "the end of PCI Express config space"},
    "sim/fixture/rates.c": {"0x1ff": "an event of eight bits and its extension"},
    "fuse-msr/host/cpuid.c": {"0x1012": "Linux's ARCH_SET_CPUID"},
}

LITERAL = re.compile(r"(?<![\w.])(0[xX][0-9a-fA-F]{2,}|\d+)(?:[uUlL]*)(?![\w.])")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')


def blank(match):
    """Keeps the lines, drops the text."""
    return re.sub(r"[^\n]", " ", match[0])


def code_of(path):
    return STRING.sub(blank, COMMENT.sub(blank, path.read_text()))


def numbers_of(models):
    """Those of two digits: small ones mean too many things."""
    return {int(literal[1], 16) for model in models for path in model.glob("*.c")
            for literal in re.finditer(r"(?<![\w.])(0[xX][0-9a-fA-F]{2})(?![\w.])", code_of(path))
            if int(literal[1], 16) > 0x3f}


def is_fact(literal, known):
    if not literal.lower().startswith("0x"):
        return literal in WIDTHS
    return len(literal) > 4 or int(literal, 16) in known


def wrong_literals(root, path, known):
    name = str(path.relative_to(root))
    allowed = {**ALLOWED["*"], **ALLOWED.get(name, {})}
    text = code_of(path)
    for number, line in enumerate(text.splitlines(), 1):
        for match in LITERAL.finditer(line):
            if is_fact(match[1], known) and match[1].lower() not in allowed:
                yield f"{name}:{number}: {match[1]} looks like a fact of a CPU model"


def unused(root):
    for name, literals in ALLOWED.items():
        if name == "*":
            continue
        text = (root / name).read_text() if (root / name).exists() else ""
        for literal in literals:
            if literal.lower() not in text.lower():
                yield f"facts.py: {name} has no {literal} any more"


def main():
    root = pathlib.Path(sys.argv[1])
    models = [path for path in (root / "src/arch").iterdir() if path.is_dir()]
    paths = [path for room in ("src", "sim", "fuse-msr") for path in sorted(root.glob(f"{room}/**/*.[ch]"))
             if not any(path.is_relative_to(model) for model in models)]
    known = numbers_of(models)
    wrong = [line for path in paths for line in wrong_literals(root, path, known)] + list(unused(root))
    print("\n".join(wrong) or f"no fact of {len(models)} models in {len(paths)} files")
    return 1 if wrong or not models else 0


sys.exit(main())
