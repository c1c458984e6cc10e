#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lines that tests have reached, by room: from what gcov knows of a build's objects.

Fails when a room has less than 95 % of its lines covered, when a line that is not covered stands
in a function without a reason in the file of reasons, or when a reason is not needed any more.

usage: coverage.py SOURCE-ROOT BUILD-FOLDER REASONS
"""
import collections
import json
import pathlib
import subprocess
import sys

ROOMS = ["src/wire", "src/policy", "src/daemon", "src/device", "src/node"]
WANTED = 95.0


def counts_of(root, build):
    """{file: {line: (count, function)}}: of all the programs that a file is in, together."""
    counts = collections.defaultdict(dict)
    objects = sorted(str(path) for path in build.rglob("*.gcda") if path.stat().st_size > 0)
    for start in range(0, len(objects), 50):
        run = subprocess.run(["gcov", "--json-format", "--stdout", *objects[start:start + 50]],
                             cwd=build, check=True, capture_output=True, text=True)
        for line in run.stdout.splitlines():
            for file in json.loads(line)["files"]:
                path = (build / file["file"]).resolve()
                if not path.is_relative_to(root):
                    continue
                lines = counts[str(path.relative_to(root))]
                for entry in file["lines"]:
                    number = entry["line_number"]
                    before = lines.get(number, (0, ""))
                    lines[number] = (before[0] + entry["count"], entry.get("function_name") or before[1])
    return counts


def read_reasons(path):
    """{(file, function): reason}: lines 'src/room/file.c:function  reason'."""
    reasons = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        place, _, reason = line.partition(" ")
        if place.count(":") != 1 or not reason.strip():
            sys.exit(f"{path}:{number}: wanted: FILE:FUNCTION REASON")
        reasons[tuple(place.split(":"))] = reason.strip()
    return reasons


def ranges(numbers):
    """[3, 4, 5, 9] -> 3-5, 9"""
    texts, first, last = [], None, None
    for number in [*sorted(numbers), None]:
        if first is not None and number != last + 1 if number is not None else first is not None:
            texts.append(f"{first}-{last}" if last > first else f"{first}")
            first = None
        if number is not None:
            first = number if first is None else first
            last = number
    return ", ".join(texts)


def main():
    root, build = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    counts, reasons = counts_of(root, build), read_reasons(pathlib.Path(sys.argv[3]))
    wrong, used, missed = [], set(), []

    print(f"{'room':12} {'lines':>6} {'covered':>8} {'%':>7}")
    for room in ROOMS:
        files = {name: lines for name, lines in counts.items() if name.startswith(room + "/")}
        n = sum(len(lines) for lines in files.values())
        n_covered = sum(count > 0 for lines in files.values() for count, _ in lines.values())
        percent = 100 * n_covered / n if n else 0.0
        print(f"{room:12} {n:6} {n_covered:8} {percent:7.1f}")
        if percent < WANTED:
            wrong.append(f"{room}: {percent:.1f} % of its lines are covered, {WANTED:.0f} % are wanted")
        seen = {str(path.relative_to(root)) for path in (root / room).glob("*.c")}
        wrong += [f"{name}: in no program that ran" for name in sorted(seen - set(files))
                  if (name, "*") not in reasons]
        used |= {(name, "*") for name in seen - set(files)}
        for name, lines in sorted(files.items()):
            by_function = collections.defaultdict(list)
            for number, (count, function) in lines.items():
                if count == 0:
                    by_function[function].append(number)
            missed += [(name, function, numbers) for function, numbers in by_function.items()]

    print("\nnot covered:")
    for name, function, numbers in missed:
        reason = reasons.get((name, function))
        used.add((name, function))
        print(f"{name}:{ranges(numbers)}: {function}: {reason or 'NO REASON'}")
        if not reason:
            wrong.append(f"{name}:{ranges(numbers)}: {function}: not covered, and no reason is given")
    wrong += [f"{':'.join(place)}: has a reason, and is covered" for place, reason in reasons.items()
              if place not in used and not reason.startswith("perhaps: ")]
    print("\n" + ("\n".join(wrong) or "every room is covered, and what is not has its reason"))
    return 1 if wrong else 0


sys.exit(main())
