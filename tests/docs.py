#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when README or another guide names a file, a test or a Meson option that there is not, or
is too wide to read.

usage: docs.py SOURCE-ROOT BUILD-ROOT
"""
import json
import os
import pathlib
import re
import sys

GUIDES = ["README.md", "fixtures/README.md", "fuse-msr/CI.md", "src/arch/MODELS.md"]

# Where a guide speaks of files, it speaks of these folders.
FOLDERS = ("src", "sim", "fuse-msr", "fixtures", "tests", "fuzz", "ci", ".ci")
N_COLUMNS = 120
# stands for the name of any model, fixture …
ANY = re.compile(r"\b(?:MODEL|FOLDER|NAME)\b")


def missing_files(root, guide, text):
    names = re.findall(r"`([\w./-]+)`", text)
    for target in re.findall(r"\]\(([^):#]+)\)", text):
        if not (root / guide).parent.joinpath(target).exists():
            yield f"{guide}: links to {target}, which is not there"
    for name in names:
        if not ANY.search(name) and name.split("/")[0] in FOLDERS and "/" in name and \
                not (root / name).exists():
            yield f"{guide}: there is no {name}"


def missing_tests(guide, text, tests):
    for words in re.findall(r"\bmeson test((?: -?[\w-]+)*)", text):
        # an option's value is no test
        for name in re.sub(r"-C \S+|--\w+ \w+", "", words).split():
            if name not in tests:
                yield f"{guide}: there is no test {name}"


def missing_options(guide, text, options):
    for name in re.findall(r"-D([a-z]\w+)=", text):
        if name not in options:
            yield f"{guide}: Meson has no option {name}"


def wide_lines(guide, text):
    for number, line in enumerate(text.splitlines(), 1):
        # a row of a table cannot be broken
        if len(line) > N_COLUMNS and (guide == "README.md" or not line.startswith("|")):
            yield f"{guide}:{number}: {len(line)} columns, more than {N_COLUMNS}"


def untold_formats(root):
    """Whatever import takes is in the table of its page."""
    table = (root / "fuse-msr/fuse-msr.1.scd").read_text().split("\n## Formats\n")[1].split("\n# ")[0]
    options = "".join((root / "fuse-msr" / name).read_text() for name in ("import.c", "trace_options.c"))
    lines = "".join((root / "sim/import" / name).read_text() for name in ("msrlines.c", "turbostat.c"))
    for name in re.findall(r'\{"([\w-]+)", \w+, "(?:\S*FILE|FOLDER)"', options):
        if f"*--{name}*" not in table:
            yield f"fuse-msr.1.scd: the table of formats has no --{name}"
    for name in re.findall(r'^\t\{?"([\w.-]+)", \w+,', lines, re.M):
        if name not in table:
            yield f"fuse-msr.1.scd: the table of formats has no {name}"


def main():
    root, build = map(pathlib.Path, sys.argv[1:])
    intro = build / "meson-info"
    tests = {test["name"] for test in json.loads((intro / "intro-tests.json").read_text())}
    # a build that lacks a library lacks its parts' tests, and says nothing of their names
    is_whole = "examples" in tests
    options = {option["name"]
        for option in json.loads((intro / "intro-buildoptions.json").read_text())}
    wrong = []
    for guide in GUIDES:
        text = (root / guide).read_text()
        wrong += [*missing_files(root, guide, text), *(missing_tests(guide, text, tests) if is_whole else ()),
            *missing_options(guide, text, options), *wide_lines(guide, text)]
    wrong += untold_formats(root)
    if not is_whole:
        print("skipped: names of tests in the guides: this build lacks parts, and their tests")
    print("\n".join(wrong) or "what the guides name is there")
    # where all tests must run that is a failure
    must_run = os.environ.get("MSRD_TESTS_MUST_RUN", "0") != "0"
    return 1 if wrong or (must_run and not is_whole) else 0


sys.exit(main())
